"""Reads the shipped tables of names: substances.toml and medicines.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from detectors.words.substance import Category, Substance

_ROLES = ("contaminant", "marker", "drug", "medicine", "cut")
_MEANINGS = ("pending", "negative", "untested", "ignore")


@dataclass(frozen=True, slots=True)
class Tables:
    """All that the lexicon is built from.

    pseudo: cell text → "pending", "negative", "untested" or "ignore".
    strangers: words that resemble a name and are none.
    """

    substances: tuple[Substance, ...]
    categories: Mapping[str, Category]
    pseudo: Mapping[str, str]
    strangers: tuple[str, ...] = ()


@cache
def read_tables() -> Tables:
    """The tables as shipped, read once. Raises ValueError, naming the entry, when a table contradicts itself."""
    folder = resources.files("detectors.words")
    main = tomllib.loads((folder / "substances.toml").read_text(encoding="utf-8"))
    medicines = tomllib.loads((folder / "medicines.toml").read_text(encoding="utf-8"))
    categories = {
        key: Category(key, row["name"], row["action"], row["tier"], row["role"]) for key, row in main["class"].items()
    }
    substances = [_substance(row, categories) for row in main["substance"]]
    substances += [
        _substance(
            {"id": name.replace(" ", "-"), "name": {"en": name}, "class": category, "synonyms": others}, categories
        )
        for category, names in medicines.items()
        for name, others in names.items()
    ]
    known = {s.id for s in substances}
    for substance in substances:
        if substance.parent and substance.parent not in known:
            raise ValueError(
                f"substances.toml: '{substance.id}' has the parent '{substance.parent}', which has no entry."
            )
    pseudo = {text: meaning for meaning in _MEANINGS for text in main["pseudo"][meaning]}
    return Tables(tuple(substances), categories, pseudo, tuple(main["strangers"]["words"]))


def _substance(row: Mapping[str, Any], categories: Mapping[str, Category]) -> Substance:
    category = categories.get(row["class"])
    if category is None:
        raise ValueError(f"substances.toml: '{row['id']}' has the class '{row['class']}', which is not in its list.")
    role = row.get("role", category.role)
    if role not in _ROLES:
        raise ValueError(f"substances.toml: '{row['id']}' has the role '{role}'. Use one of {', '.join(_ROLES)}.")
    return Substance(
        id=row["id"],
        name=row["name"],
        category=category.id,
        parent=row.get("parent", ""),
        tier=row.get("tier", category.tier),
        role=role,
        action=row.get("action", category.action),
        synonyms=tuple(row.get("synonyms", ())),
        alone=tuple(row.get("alone", ())),
        look_alikes=tuple(row.get("look_alikes", ())),
        unii=row.get("unii", ""),
        cas=row.get("cas", ""),
    )
