"""Two real changes in laboratories: Allegheny County began to test for xylazine in 2023, and isomers are renamed."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from detectors import history as seen
from detectors.registry import methods
from detectors.signal import Signal
from detectors.words.lexicon import Lexicon
from tests.shared import shared

LAG = 60
PLACE = "42003"
RENAMED = date(2022, 1, 1).toordinal()
"""The day from which, in the second story, the laboratory writes `fluorofentanyl` where it wrote the para isomer."""


@cache
def deaths() -> tuple[seen.Tested, ...]:
    """Allegheny County's deaths, each with the substances as its laboratory named them, known 60 days later."""
    lexicon = Lexicon.load()
    found: dict[tuple[str, str], list[str]] = {}
    with shared("data/allegheny_me/deaths_long.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = lexicon.name(row["substance"]).substances
            found.setdefault((row["case_ref"], row["death_date"]), []).extend(names)
    return tuple(
        seen.Tested(f"me/{key}", "death", PLACE, (n := date.fromisoformat(day[:10]).toordinal()) + LAG, n,
               tuple(dict.fromkeys(names)))
        for (key, day), names in found.items()
    )  # fmt: skip


def said(samples: tuple[seen.Tested, ...], method: str, first: date, last: date, *names: str) -> dict[date, Signal]:
    """What a method said of these substances on each Monday, with its own defaults."""
    whole = seen.History.of(samples, date.max)
    found: dict[date, Signal] = {}
    day = first
    while day <= last:
        history = whole.between(day - timedelta(days=1850), day)
        for signal in methods()[method].run(history, {}, frozenset(names), (PLACE,)):
            found.setdefault(day, signal)
        day += timedelta(days=7)
    return found


def test_xylazine_in_allegheny_2023_is_a_panel_change_and_says_so() -> None:
    """It was in one death of 2021 and in none of 2022; from June 2023 it was looked for, and was in every fourth."""
    told = said(deaths(), "panel", date(2023, 5, 1), date(2023, 12, 25), "xylazine")
    assert told, "nobody is told that the laboratory changed"
    first, signal = next(iter(told.items()))
    assert signal.labels[0] == "panel change"
    assert date(2023, 5, 15) <= signal.window.first <= date(2023, 6, 30)
    assert first <= date(2023, 9, 4)
    assert signal.baseline_positives is not None
    assert signal.baseline_positives <= 1
    # A substance that truly spread in the same record is none: acetylfentanyl came in 2015, case by case.
    assert said(deaths(), "panel", date(2015, 1, 5), date(2016, 6, 27), "acetylfentanyl") == {}


def test_an_isomer_that_loses_its_prefix_moves_nothing_when_counted_with_its_family() -> None:
    lexicon = Lexicon.load()
    renamed = tuple(
        replace(s, substances=tuple("fluorofentanyl" if n == "para-fluorofentanyl" else n for n in s.substances))
        if s.event >= RENAMED
        else s
        for s in deaths()
    )

    def rolled(samples: tuple[seen.Tested, ...]) -> tuple[seen.Tested, ...]:
        return tuple(
            replace(s, substances=tuple(dict.fromkeys(lexicon.rolled_up(n) for n in s.substances))) for s in samples
        )

    names = ("fluorofentanyl", "para-fluorofentanyl")
    span = date(2021, 12, 6), date(2022, 12, 26)
    # Counted by name, one falls and the other rises on the same day: the notice names what was renamed.
    told = said(renamed, "panel", *span, *names)
    assert any("renamed: para-fluorofentanyl" in s.labels for s in told.values())
    assert any(s.substance == "fluorofentanyl" for s in said(renamed, "novelty", *span, *names).values())
    # Counted with its family nothing moves, and no method says other than it said without the renaming.
    assert any("para-fluorofentanyl" in s.substances for s in deaths())
    for method in ("panel", "novelty", "emergence", "watchlist"):
        assert said(rolled(renamed), method, *span, *names) == said(rolled(deaths()), method, *span, *names)
    assert said(rolled(renamed), "panel", *span, *names) == {}
    assert said(rolled(renamed), "novelty", *span, *names) == {}
