"""The same truth reported after 0, 20 and 60 days: said later by the lag, not otherwise, and marked while immature."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest

from detectors.history import History
from detectors.registry import methods
from detectors.signal import Signal
from tests.methods.told import Story, day, sample

NAMES = frozenset({"xylazine", "bromazolam", "carfentanil"})
PLACE = ("42003",)
ONSET = 700
SPOKEN = ("watchlist", "novelty", "emergence", "drift")


@cache
def truth(seed: int) -> tuple[object, ...]:
    """Three samples a day; bromazolam arrives, xylazine goes from a twentieth to a quarter, one carfentanil."""
    r = random.Random(seed)
    made: Story = []
    for d in range(860):
        for i in range(3):
            late = d >= ONSET
            found = [
                n for n, p in (("xylazine", 0.25 if late else 0.05), ("bromazolam", 0.12 * late)) if r.random() < p
            ]
            made.append(sample(f"{d}.{i}", d, *found, *(["carfentanil"] if (d, i) == (ONSET + 3, 0) else [])))
    return tuple(made)


def first_said(name: str, lags: dict[str, int], until: int) -> dict[str, tuple[int, Signal]]:
    """Substance → (day, signal) of the first signal after the onset, each day being looked at."""
    known = [replace(s, known=s.event + lags[s.ref]) for s in truth(1)]  # type: ignore[type-var, attr-defined]
    whole = History.of(known, day(until))
    said: dict[str, tuple[int, Signal]] = {}
    for n in range(ONSET + min(lags.values()), until):
        for signal in methods()[name].run(whole.between(day(0), day(n)), {}, NAMES, PLACE):
            said.setdefault(signal.substance, (n, signal))
    return said


@cache
def constant(name: str, lag: int) -> dict[str, tuple[int, Signal]]:
    return first_said(name, {s.ref: lag for s in truth(1)}, ONSET + 61 + lag)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize("lag", [20, 60])
def test_a_constant_lag_delays_by_itself_and_changes_no_count(name: str, lag: int) -> None:
    at_once, late = constant(name, 0), constant(name, lag)
    assert at_once
    assert late.keys() == at_once.keys()
    for substance, (n, signal) in at_once.items():
        then, same = late[substance]
        assert then == n + lag
        assert (same.observed, same.tested, same.evidence) == (signal.observed, signal.tested, signal.evidence)
        assert same.lag_days == lag
        assert not any(label.startswith("immature") for label in (*signal.labels, *same.labels))


@pytest.mark.parametrize("lag", [20, 60])
def test_an_uneven_lag_is_marked_immature_and_costs_little_more_than_itself(lag: int) -> None:
    """Half of the results take a third of the lag, half of them twice that."""
    r = random.Random(lag)
    lags = {s.ref: r.choice([lag // 3, 2 * lag]) for s in truth(1)}  # type: ignore[attr-defined]
    late = first_said("emergence", lags, ONSET + 61 + 2 * lag)
    at_once = constant("emergence", 0)
    assert late.keys() == at_once.keys()
    for substance, (n, _) in at_once.items():
        then, signal = late[substance]
        assert then - n <= 2 * lag
        assert any(label.startswith("immature: ") for label in signal.labels)
