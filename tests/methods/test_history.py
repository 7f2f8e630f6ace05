"""A history that grew with the days is the history that is laid out anew each day."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from detectors import history as columns
from detectors.history import History
from detectors.registry import methods
from tests.methods.told import Story, crowd, day

NAMES = frozenset({"xylazine", "medetomidine", "carfentanil", "fentanyl", "bromazolam"})
PLACES = ("42003", "42", "09001", "US")
SPEAK = ("watchlist", "novelty", "emergence", "prevalence", "panel", "counts")
"""Methods that have something to say of this crowd."""
KINDS = ("drug", "death", "notice")


def told(seed: int) -> Story:
    """A crowd of three kinds, tested in three ways."""
    r = random.Random(seed)
    ways = (("GCMS",), ("FTIR", "fentanyl strip"), ())
    return [replace(s, kind=r.choice(KINDS), methods=r.choice(ways)) for s in crowd(seed, days=500)]


def meaning(
    history: History,
) -> list[tuple[columns.Tested, str, str, tuple[str, ...], int, int, list[tuple[str, bool]]]]:
    """All that the columns say, in names."""
    found: list[list[tuple[str, bool]]] = [[] for _ in history.samples]
    for i, what, trace in zip(
        history.finding_sample.tolist(), history.finding_substance.tolist(), history.finding_trace.tolist(), strict=True
    ):
        found[i].append((history.substances[what], trace))
    return [
        (s, history.places[p], history.kinds[k], history.ways[w], known, event, named)
        for s, p, k, w, known, event, named in zip(
            history.samples, history.place.tolist(), history.kind.tolist(), history.way.tolist(),
            history.known.tolist(), history.event.tolist(), found, strict=True,
        )
    ]  # fmt: skip


def grown(samples: Story, until: int, step: int) -> History:
    """Laid out first with what was known on day 100, then with each part as it came, within a part in any order."""
    history = History.of((s for s in samples if s.known <= day(100).toordinal()), date.max)
    for n in range(100, until, step):
        came = [s for s in samples if day(n).toordinal() < s.known <= day(min(n + step, until)).toordinal()]
        history = history.grown(came)
    return history.between(date.min, day(until))


@pytest.mark.parametrize("seed", range(4))
def test_a_grown_history_is_the_one_laid_out_anew(seed: int) -> None:
    samples = told(seed)
    anew, piecewise = History.of(samples, day(400)), grown(samples, 400, 1 + seed * 7)
    assert meaning(anew) == meaning(piecewise)
    assert [m[0] for m in meaning(anew)] == sorted(
        (s for s in samples if s.known <= day(400).toordinal()), key=lambda s: (s.known, s.event, s.ref)
    )
    assert all(
        (place, kind, way) == (s.place, s.kind, s.methods) and named == [*((n, False) for n in s.substances),
                                                                         *((n, True) for n in s.traces)]
        for s, place, kind, way, _, _, named in meaning(piecewise)
    )  # fmt: skip


def test_what_comes_late_is_put_in_its_place() -> None:
    samples = told(9)
    late, rest = samples[::5], [s for i, s in enumerate(samples) if i % 5]
    assert meaning(History.of(rest, date.max).grown(late)) == meaning(History.of(samples, date.max))


@pytest.mark.parametrize("kinds", [("drug",), ("death", "drug"), (), KINDS, ("drug", "seizure")])
def test_the_part_of_some_kinds(kinds: tuple[str, ...]) -> None:
    whole = grown(told(5), 400, 30)
    part = whole.of_kinds(kinds)
    assert meaning(part) == meaning(History.of((s for s in whole.samples if s.kind in kinds), day(400)))
    assert whole.of_kinds(kinds) is part, "rules for the same kinds share what was laid out"
    assert (part is whole) == (set(kinds) >= set(KINDS))


@pytest.mark.parametrize("name", sorted(methods()))
def test_each_method_says_the_same_of_a_part_of_a_longer_history(name: str) -> None:
    """Names, kinds and ways of testing that only an earlier part holds change nothing."""
    samples = told(2)
    samples += [
        replace(s, ref=f"{s.ref}-old", known=day(0).toordinal(), event=day(0).toordinal(), kind="biological",
                methods=("nitazene strip",), substances=("isotonitazene",))
        for s in samples[:50]
    ]  # fmt: skip
    said = 0
    for n in range(300, 500, 20):
        since = day(20)
        seen = [s for s in samples if since.toordinal() <= s.known <= day(n).toordinal()]
        anew = methods()[name].run(History.of(seen, day(n)), {}, NAMES | {"isotonitazene"}, PLACES)
        part = History.of(samples, date.max).between(since, day(n))
        assert methods()[name].run(part, {}, NAMES | {"isotonitazene"}, PLACES) == anew
        said += len(anew)
    assert said or name not in SPEAK


def test_the_samples_that_hold_something() -> None:
    history = grown(told(3), 400, 10)
    for name in (*NAMES, "aspirin"):
        assert history.holding(name) == tuple(
            s for s in history.samples if name in s.substances or name in s.traces
        )  # fmt: skip
