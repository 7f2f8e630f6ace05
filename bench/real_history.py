"""Two real records of deaths, read into what a detector sees. Nothing of them is kept in the project."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detectors.history import Tested
from detectors.words.lexicon import Lexicon

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Record:
    """name: the jurisdiction. places: what is watched. samples: deaths with the day of death as event and known.

    file, preset: where the record lies and how `supplywatch replay` reads it.
    """

    name: str
    places: tuple[str, ...]
    first: date
    last: date
    samples: tuple[Tested, ...]
    file: Path
    preset: str


def records(lexicon: Lexicon) -> Iterator[Record]:
    """Those of the two that lie beside this checkout."""
    allegheny = SHARED / "allegheny_me" / "deaths_long.csv"
    if allegheny.exists():
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        with allegheny.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["case_ref"], row["death_date"]].update(_named(lexicon, row["substance"]))
        samples = (_death(key, day, "42003", names) for (key, day), names in found.items())
        yield Record(
            "Allegheny", ("42003",), date(2010, 1, 1), date(2025, 5, 31), tuple(samples), allegheny, "allegheny-me"
        )
    connecticut = SHARED / "connecticut_me" / "deaths.csv"
    if connecticut.exists():
        with connecticut.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        yield Record(
            "Connecticut",
            ("09",),
            date(2014, 1, 1),
            date(2024, 12, 31),
            tuple(
                _death(
                    row["case_ref"],
                    row["date"],
                    "09",
                    {
                        lexicon.rolled_up(m.id)
                        for m in lexicon.mentions(row["cause_of_death"] + " ; " + row["other_significant_conditions"])
                    },
                )
                for row in rows
                if row["date"]
            ),
            connecticut,
            "connecticut-me",
        )


def _named(lexicon: Lexicon, text: str) -> set[str]:
    return {lexicon.rolled_up(name) for name in lexicon.name(text).substances}


def _death(key: str, day: str, place: str, names: set[str]) -> Tested:
    event = date.fromisoformat(day[:10]).toordinal()
    return Tested(key, "death", place, event, event, tuple(sorted(names)))
