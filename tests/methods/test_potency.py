"""Stronger drugs are told, one strong batch tested often is not, and methods are not mixed."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from detectors import history as seen
from detectors.explain import explain
from detectors.methods.potency import potency, ratio_with_limits
from detectors.signal import Signal
from tests.methods.told import day, known_on, sample

FENTANYL = frozenset({"fentanyl"})
PLACE = ("42003", "42")


def measured(n: int, event: int, value: float, *also: str, way: str = "qNMR", unit: str = "%") -> seen.Tested:
    base = sample(f"q{n}", event, "fentanyl", *also)
    return replace(base, quantities=(("fentanyl", value, unit, way),))


def story(seed: int, factor: float, recent: int = 14, **also: str) -> list[seen.Tested]:
    """Forty batches around 8 % in a year, then some that are `factor` times as strong; no two of one make-up."""
    r = random.Random(seed)
    days = [r.randrange(0, 340) for _ in range(40)] + [r.randrange(346, 398) for _ in range(recent)]
    return [
        measured(n, d, 8 * r.lognormvariate(0, 0.3) * (factor if d > 343 else 1), f"cut{n}", **also)
        for n, d in enumerate(days)
    ] + [measured(99, 398, 8.0 * factor, "cut99", **also)]


def said(samples: list[seen.Tested], **parameters: float) -> list[Signal]:
    return list(potency(known_on(samples, 399), parameters, FENTANYL, PLACE))


def test_a_doubling_is_found_and_no_change_is_not() -> None:
    found = [said(story(seed, 2.0)) for seed in range(10)]
    assert all(len(f) == 2 for f in found)  # the county and its state
    one = next(s for s in found[0] if s.place == "42003")
    assert one.effect is not None
    assert one.effect[1] <= 2.0 <= one.effect[2]
    assert one.probability is not None
    assert one.probability < 0.01
    assert "Fentanyl has become stronger in 42003" in explain(one)
    assert sum(bool(said(story(seed, 1.0))) for seed in range(60)) <= 3


def test_one_batch_tested_ten_times_counts_once() -> None:
    calm = story(3, 1.0, recent=7)
    batch = [measured(200 + i, 390 + i % 5, 30.0, "same cut") for i in range(10)]
    assert said([*calm, *batch]) == []
    spread = [measured(200 + i, 390 + i % 5, 30.0, f"another cut {i}") for i in range(10)]
    assert said([*calm, *spread]) != []


def test_too_few_values_or_another_way_of_measuring_says_nothing() -> None:
    assert said(story(1, 3.0, recent=6)) == []
    mixed = [s for s in story(1, 1.0) if s.event < day(343).toordinal()] + [
        s for s in story(1, 3.0, way="LC-MS calibrated otherwise") if s.event > day(343).toordinal()
    ]
    assert said(mixed) == []


def test_a_hard_limit_speaks_at_once() -> None:
    lone = [measured(1, 396, 41.0)]
    assert said(lone) == []
    (state, county) = said(lone, hard_limit=40.0)
    assert (county.place, state.place, county.observed, county.smallest) == ("42003", "42", 1, 1)
    assert "hard limit" in county.labels
    assert said([replace(lone[0], quantities=(("fentanyl", 41.0, "mg", "qNMR"),))], hard_limit=40.0) == []


def test_limits_of_the_ratio_hold_it_as_often_as_they_should() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(300):
        ratio, low, high = ratio_with_limits(rng.normal(0.5, 0.4, 12), rng.normal(0, 0.4, 40))
        assert low <= ratio <= high
        held += low <= np.exp(0.5) <= high
    assert held / 300 == pytest.approx(0.95, abs=0.04)
