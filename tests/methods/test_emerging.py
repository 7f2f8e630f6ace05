"""Emergence over a history: the same truth under any lag, nothing from volume or one batch, and honest figures."""

from __future__ import annotations

import random

import pytest

from detectors.methods.emerging import emerging, prevalent
from detectors.signal import Signal
from tests.methods.told import Story, day, known_on, sample

XYLAZINE = frozenset({"xylazine"})


def story(
    lag: int = 0, before: float = 0.03, after: float = 0.03, volume: int = 2, jump: int = 1, seed: int = 1
) -> Story:
    """Two years and a half of `volume` samples a day; from day 800 the share may change and the volume may jump."""
    r = random.Random(seed)
    out: Story = []
    for d in range(900):
        for i in range(volume * (jump if d >= 800 else 1)):
            found = ["xylazine"] if r.random() < (after if d >= 800 else before) else []
            out.append(sample(f"{d}.{i}", d, *found, known=d + lag))
    return out


def looked(told: Story, on: int, run=emerging, **parameters: object) -> list[Signal]:  # type: ignore[no-untyped-def]
    return list(run(known_on(told, on), parameters, XYLAZINE, ("42003",)))


def first_day(told: Story, lag: int = 0, run=emerging) -> int | None:  # type: ignore[no-untyped-def]
    return next((n for n in range(780, 880) if looked(told, n + lag, run)), None)


def test_the_same_truth_is_found_as_soon_after_its_results_under_any_lag() -> None:
    days = {lag: first_day(story(lag, after=0.2), lag) for lag in (0, 20, 60)}
    assert days[0] is not None
    assert 800 <= days[0] <= 821
    assert set(days.values()) == {days[0]}


def test_the_one_window_test_finds_it_too() -> None:
    found = first_day(story(after=0.2), run=prevalent)
    assert found is not None
    assert 800 <= found <= 835


def test_more_samples_of_the_same_are_no_emergence() -> None:
    spoken = sum(bool(looked(story(jump=5, seed=s), n)) for s in range(4) for n in range(800, 900, 7))
    assert spoken <= 2


def test_a_backlog_released_in_one_day_is_no_emergence() -> None:
    told = story(seed=3)
    held = [s for s in told if s.event >= day(700).toordinal()]
    late = [sample(s.ref[4:], s.event - day(0).toordinal(), *s.substances, known=890) for s in held]
    assert not looked([s for s in told if s.event < day(700).toordinal()] + late, 890)


def test_the_figures_are_those_of_the_samples() -> None:
    told = story(after=0.2)
    (signal,) = looked(told, 840)
    first, last = signal.window.first.toordinal(), signal.window.last.toordinal()
    inside = [s for s in told if first <= s.event <= last]
    assert (last - first + 1, signal.tested) == (28, len(inside))
    assert signal.observed == sum("xylazine" in s.substances for s in inside) == len(signal.evidence)
    assert signal.baseline_tested is not None
    assert signal.baseline_positives is not None
    assert signal.expected == pytest.approx(
        signal.tested * signal.baseline_positives / signal.baseline_tested, rel=0.05
    )
    assert signal.effect is not None
    assert signal.effect[0] > signal.effect[1] > 1
    assert signal.probability is not None
    assert signal.probability < 0.05
    assert signal.smallest is not None
    assert 2 <= signal.smallest < signal.observed


def test_the_smallest_count_of_the_window_test_is_the_edge() -> None:
    told = story(after=0.2)
    (signal,) = looked(told, 840, prevalent)
    assert signal.smallest is not None
    spare = set(signal.evidence[signal.smallest :])
    fewer = [s if s.ref not in spare else sample(s.ref[4:], s.event - day(0).toordinal()) for s in told]
    (edge,) = looked(fewer, 840, prevalent, fresh_days=40)
    assert edge.observed == signal.smallest
    spare = set(signal.evidence[signal.smallest - 1 :])
    fewest = [s if s.ref not in spare else sample(s.ref[4:], s.event - day(0).toordinal()) for s in told]
    assert looked(fewest, 840, prevalent, fresh_days=40) == []


def test_living_with_more_false_alerts_finds_it_no_later() -> None:
    told = story(after=0.12)
    bold = next((n for n in range(800, 900) if looked(told, n, false_per_month=2.0)), 999)
    shy = next((n for n in range(800, 900) if looked(told, n, false_per_month=0.005)), 999)
    assert bold < 900
    assert bold <= shy
