"""Novelty wants several samples in a short time after a year that was long enough watched and nearly empty."""

from __future__ import annotations

from detectors.methods.novelty import novelty
from detectors.signal import Signal
from tests.methods.told import day, known_on, negatives, sample

NEW = frozenset({"bromazolam"})


def looked(samples: list, on: int, places: tuple[str, ...] = ("42003",), **parameters: object) -> list[Signal]:
    return list(novelty(known_on(samples, on), parameters, NEW, places))  # type: ignore[arg-type]


def three(*events: int, lag: int = 0) -> list:
    return [sample(f"b{e}", e, "bromazolam", known=e + lag) for e in events]


def test_the_third_sample_in_ninety_days_speaks() -> None:
    story = [*negatives(0, 600), *three(500, 530, 560)]
    assert looked(story, 559) == []
    (signal,) = looked(story, 560)
    assert (signal.observed, signal.smallest, signal.baseline_positives) == (3, 3, 0)
    assert signal.evidence == ("lab/b500", "lab/b530", "lab/b560")
    assert (signal.window.first, signal.window.last) == (day(471), day(560))
    assert signal.baseline is not None
    assert (signal.baseline.first, signal.baseline.last) == (day(106), day(470))
    assert signal.baseline_tested == len([n for n in range(0, 600, 3) if 106 <= n <= 470])
    assert signal.first_seen == day(500)
    assert "first in place" in signal.labels


def test_too_slow_is_not_an_appearance() -> None:
    assert looked([*negatives(0, 600), *three(400, 450, 500)], 500) == []


def test_one_stray_is_borne_two_are_not() -> None:
    story = [*negatives(0, 600), *three(500, 520, 540)]
    assert looked([*story, *three(200)], 540)[0].baseline_positives == 1
    assert looked([*story, *three(200, 300)], 540) == []
    assert looked([*story, *three(200)], 540, strays=0) == []


def test_a_new_site_has_no_novelties() -> None:
    assert looked([*negatives(480, 600), *three(500, 520, 540)], 540) == []
    assert looked([*negatives(480, 600), *three(500, 520, 540)], 540, min_earlier=0) != []


def test_a_strip_programme_that_could_not_have_seen_it_gives_no_reassurance() -> None:
    strips = negatives(0, 600, methods=("fentanyl test strip",))
    assert looked([*strips, *three(500, 520, 540)], 540) == []


def test_a_constant_lag_moves_the_signal_and_changes_nothing_else() -> None:
    for lag in (0, 20, 60):
        tests = [sample(f"n{n}", n, known=n + lag) for n in range(0, 600, 3)]
        story = [*tests, *three(500, 530, 560, lag=lag)]
        assert looked(story, 559 + lag) == []
        (signal,) = looked(story, 560 + lag)
        assert (signal.observed, signal.lag_days) == (3, float(lag))
        assert signal.window.last == day(560)


def test_a_late_result_that_completes_an_earlier_window_is_news() -> None:
    story = [*negatives(0, 700), *three(500, 520), sample("late", 510, "bromazolam", known=600)]
    assert looked(story, 599) == []
    assert looked(story, 600)[0].observed == 3
    assert looked(story, 607) == []


def test_what_comes_back_after_years_is_said_to_return() -> None:
    story = [*negatives(0, 1200), *three(10, 20, 30, 1100, 1110, 1120)]
    assert "returned" in looked(story, 1120)[0].labels


def test_what_stays_is_no_longer_new() -> None:
    story = [*negatives(0, 900), *three(*range(500, 900, 10))]
    assert looked(story, 580) != []
    assert looked(story, 700) == []


def test_a_volume_that_jumps_does_not_make_a_stray_new() -> None:
    """One in a year of 120 tests, then three in a quarter: news among 30 tests, none among 400."""
    before = [*negatives(0, 360), sample("stray", 200, "xylazine")]
    found = [sample(f"x{i}", 380 + 20 * i, "xylazine") for i in range(3)]
    few = [sample(f"f{i}", 365 + 2 * i) for i in range(27)]
    many = [sample(f"m{i}", 365 + i % 55) for i in range(397)]
    asked = frozenset({"xylazine"}), ("42003",)
    (signal,) = novelty(known_on([*before, *few, *found], 420), {}, *asked)
    assert (signal.observed, signal.baseline_positives, signal.smallest) == (3, 1, 3)
    assert novelty(known_on([*before, *many, *found], 420), {}, *asked) == ()
    (loud,) = novelty(known_on([*before, *many, *found], 420), {"max_chance": 1.0}, *asked)
    assert loud.observed == 3
    # With as many as would be news among so many it speaks again, and says how many that takes.
    more = [sample(f"y{i}", 365 + i, "xylazine") for i in range(40)]
    (again,) = novelty(known_on([*before, *many, *found, *more], 420), {}, *asked)
    assert again.smallest is not None
    assert 3 < again.smallest <= 43
