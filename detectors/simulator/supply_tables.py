"""The tables beside this file: what is sold, how common each substance is, and what comes along with it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FIRST_MONTH = (2022, 1)
"""Year and month that the first figure of every curve in prevalence.toml stands for."""
MONTHS = 36

_FOLDER = Path(__file__).parent / "supply"


@dataclass(frozen=True, slots=True)
class Archetype:
    """What people believed they bought; see archetypes.toml."""

    name: str
    weight: float
    follows: str
    sold_as: tuple[str, ...]
    textures: tuple[str, ...]
    colors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Share of all samples by month (MONTHS figures), and relative odds by archetype; see prevalence.toml."""

    substance: str
    share: tuple[float, ...]
    odds: dict[str, float]
    trace: float
    rides_on: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A by-product found only beside `of`; see companions.toml."""

    of: str
    substance: str
    share: float
    trace: float


@dataclass(frozen=True, slots=True)
class Chemical:
    """Identifiers, the UNC columns that a finding sets, and what an emergence of it is sold as; see chemicals.toml."""

    name: str
    pubchem: int | None
    cas: str
    unii: str
    columns: tuple[str, ...]
    carriers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SupplyTables:
    """All tables, in the files' order, which is the order of every draw."""

    archetypes: tuple[Archetype, ...]
    prevalences: tuple[Prevalence, ...]
    companions: tuple[Companion, ...]
    misspellings: dict[str, tuple[str, ...]]
    chemicals: dict[str, Chemical]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def supply_tables() -> SupplyTables:
    """The shipped tables, read once."""
    return SupplyTables(
        archetypes=tuple(
            Archetype(
                name=name,
                weight=row["weight"],
                follows=row.get("follows", ""),
                sold_as=tuple(row["sold_as"]),
                textures=tuple(row["textures"]),
                colors=tuple(row["colors"]),
            )
            for name, row in _read("archetypes.toml").items()
        ),
        prevalences=tuple(
            Prevalence(
                substance=name,
                share=tuple(row["share"]) if isinstance(row["share"], list) else (row["share"],) * MONTHS,
                odds=row["odds"],
                trace=row["trace"],
                rides_on=row.get("rides_on", ""),
            )
            for name, row in _read("prevalence.toml").items()
        ),
        companions=tuple(Companion(**row) for row in _read("companions.toml")["companion"]),
        misspellings={name: tuple(words) for name, words in _read("misspellings.toml").items()},
        chemicals={
            name: Chemical(
                name=name,
                pubchem=row.get("pubchem"),
                cas=row.get("cas", ""),
                unii=row.get("unii", ""),
                columns=tuple(row.get("columns", ())),
                carriers=tuple(row.get("carriers", ("dope",))),
            )
            for name, row in _read("chemicals.toml")["chemicals"].items()
        },
    )
