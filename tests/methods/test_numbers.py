"""Every method's signal gives its numbers: how much more often, with limits, and the least count that would have
done."""

from __future__ import annotations

import random

import pytest

from detectors.methods.drift import drift
from detectors.methods.effect import with_effect
from detectors.methods.novelty import novelty
from detectors.methods.panel import panel
from tests.methods.told import Story, known_on, negatives, sample

XYLAZINE = frozenset({"xylazine"})
PLACE = ("42003",)


def rising() -> Story:
    """More than two years at 4 %, then half a year at 14 %."""
    r = random.Random(4)
    return [
        sample(f"{d}.{i}", d, *(["xylazine"] if r.random() < (0.14 if d >= 820 else 0.04) else []))
        for d in range(1000)
        for i in range(2)
    ]


def test_the_least_count_of_a_drift_is_the_least_that_still_alarms() -> None:
    story = rising()
    on, signal = next((n, s) for n in range(826, 1000) for s in drift(known_on(story, n), {}, XYLAZINE, PLACE))
    assert signal.smallest is not None
    assert signal.smallest <= signal.observed
    positives = [i for i, s in enumerate(story) if s.substances and s.known <= known_on(story, on).today.toordinal()]
    for missing in (signal.observed - signal.smallest, signal.observed - signal.smallest + 1):
        without = set(positives[len(positives) - missing :])
        fewer = [sample(s.ref[4:], s.event - story[0].event) if i in without else s for i, s in enumerate(story)]
        said = drift(known_on(fewer, on), {"fresh_days": 60}, XYLAZINE, PLACE)
        assert bool(said) == (missing == signal.observed - signal.smallest)
    effect = with_effect(signal).effect
    assert effect is not None
    assert 1 < effect[1] < effect[0] < effect[2]


@pytest.mark.parametrize("missing", [0, 1])
def test_the_least_count_of_a_panel_change(missing: int) -> None:
    """Twelve tests a month: the least count that is told is what the signal says, and one less is silent."""
    before = negatives(0, 400)
    month = [sample(f"m{i}", 402 + i * 2, *(["xylazine"] if i < 12 else [])) for i in range(20)]
    (signal,) = panel(known_on([*before, *month], 440), {"fresh_days": 60}, XYLAZINE, PLACE)
    assert signal.smallest == 5
    fewer = [sample(f"m{i}", 402 + i * 2, *(["xylazine"] if i < signal.smallest - missing else [])) for i in range(20)]
    said = panel(known_on([*before, *fewer], 440), {"fresh_days": 60}, XYLAZINE, PLACE)
    assert bool(said) == (missing == 0)


def test_a_novelty_says_how_much_more_often_and_a_given_effect_stays() -> None:
    story = [*negatives(0, 400), *(sample(f"x{i}", 380 + i, "xylazine") for i in range(4))]
    (signal,) = novelty(known_on(story, 384), {}, XYLAZINE, PLACE)
    assert signal.effect is None
    told = with_effect(signal)
    assert told.effect is not None
    estimate, low, high = told.effect
    assert (signal.observed, signal.baseline_positives) == (4, 0)
    assert signal.tested is not None
    assert signal.baseline_tested is not None
    assert estimate == pytest.approx(4.5 / (signal.tested + 1) / (0.5 / (signal.baseline_tested + 1)))
    assert low < estimate < high
    assert with_effect(told) == told
