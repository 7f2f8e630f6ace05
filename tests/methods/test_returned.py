"""What is back after a long, well-watched absence is said to be back; what never left, or was never here, is not."""

from __future__ import annotations

from detectors.methods.returned import returned
from detectors.signal import Signal
from tests.methods.told import Story, day, known_on, negatives, sample


def looked(events: tuple[int, ...], on: int, tests: Story | None = None) -> list[Signal]:
    story = [*(negatives(0, 1000) if tests is None else tests), *(sample(f"c{e}", e, "carfentanil") for e in events)]
    return list(returned(known_on(story, on), {}, frozenset({"carfentanil"}), ("42003",)))


def test_back_after_a_year() -> None:
    (signal,) = looked((10, 20, 30, 800, 830), 830)
    assert (signal.observed, signal.window.first, signal.baseline_positives) == (2, day(800), 0)
    assert looked((10, 20, 30, 800, 830), 829) == []


def test_never_gone_never_here_or_never_watched_is_no_return() -> None:
    assert looked((10, 20, 30, 500, 800, 830), 830) == []
    assert looked((10, 800, 830), 830) == []
    assert looked((10, 20, 30, 800, 830), 830, tests=[]) == []
