"""The watchlist speaks at the first finding, keeps quiet while it goes on, and never announces old news."""

from __future__ import annotations

import pytest

from detectors.methods.watchlist import watchlist
from detectors.signal import Signal
from tests.methods.told import day, known_on, negatives, sample

LIST = frozenset({"carfentanil"})


def looked(samples: list, on: int, places: tuple[str, ...] = ("42003",), **parameters: object) -> list[Signal]:
    return list(watchlist(known_on(samples, on), parameters, LIST, places))  # type: ignore[arg-type]


def test_one_finding_is_enough_and_brings_its_evidence() -> None:
    story = [*negatives(0, 30), sample("a", 20, "fentanyl", "carfentanil", known=30)]
    assert looked(story, 29) == []
    (signal,) = looked(story, 30)
    assert (signal.substance, signal.place, signal.kind, signal.observed) == ("carfentanil", "42003", "drug", 1)
    assert signal.evidence == ("lab/a",)
    assert (signal.first_seen, signal.lag_days, signal.smallest) == (day(20), 10.0, 1)
    assert {"lab-confirmed", "first in place"} <= set(signal.labels)
    assert signal.tested == 1 + len([n for n in range(0, 30, 3) if n >= 24])


def test_news_is_news_for_a_week() -> None:
    story = [sample("a", 20, "carfentanil")]
    assert [bool(looked(story, n)) for n in (19, 20, 26, 27)] == [False, True, True, False]


def test_goes_on_quietly_and_rearms_after_quiet_days() -> None:
    story = [sample("a", 20, "carfentanil"), sample("b", 45, "carfentanil"), sample("c", 80, "carfentanil")]
    assert looked(story, 45) == []
    (again,) = looked(story, 80)
    assert again.evidence == ("lab/c",)
    assert "seen before in place" in again.labels
    assert looked(story, 45, quiet_days=20) != []


def test_a_county_counts_for_its_state_and_the_nation() -> None:
    story = [sample("a", 20, "carfentanil")]
    found = looked(story, 20, ("US", "42", "42003", "42101", "09"))
    assert sorted(s.place for s in found) == ["42", "42003", "US"]


def test_deaths_and_powders_are_never_counted_together() -> None:
    story = [sample("a", 20, "carfentanil"), sample("b", 20, "carfentanil", kind="death")]
    assert sorted((s.kind, s.observed) for s in looked(story, 20)) == [("death", 1), ("drug", 1)]


def test_traces_and_screening_wait_unless_asked_for() -> None:
    trace = [sample("a", 20, traces=("carfentanil",))]
    assert looked(trace, 20) == []
    assert "trace only" in looked(trace, 20, count_traces=True)[0].labels
    strip = [sample("a", 20, "carfentanil", methods=("carfentanil test strip",))]
    assert looked(strip, 20) == []
    assert "test strip only" in looked(strip, 20, confirmed_only=False)[0].labels
    assert "method not stated" in looked([sample("a", 20, "carfentanil", methods=())], 20)[0].labels


def test_old_news_is_not_an_alarm() -> None:
    assert looked([sample("a", 20, "carfentanil", known=201)], 201) == []
    assert looked([sample("a", 21, "carfentanil", known=201)], 201) != []


def test_years_of_history_read_in_on_one_day_do_not_announce_what_was_always_there() -> None:
    story = [sample(f"a{n}", n, "carfentanil", known=800) for n in range(0, 800, 10)]
    assert looked(story, 800) == []


def test_two_methods_reporting_one_sample_are_one_finding() -> None:
    assert looked([sample("a", 20, "carfentanil", "carfentanil", traces=("carfentanil",))], 20)[0].observed == 1


def test_wrong_parameters_are_named() -> None:
    with pytest.raises(ValueError, match="quiet_weeks"):
        looked([], 20, quiet_weeks=3)
    with pytest.raises(ValueError, match="from 0 to 3650 days"):
        looked([], 20, quiet_days=-1)


def test_first_of_its_kind_needs_tests_that_did_not_find_it() -> None:
    """A single finding is the first in five years only where there was something to find it in."""
    five = {"quiet_days": 1826, "min_earlier": 20}
    story = [*negatives(0, 30), sample("a", 40, "carfentanil")]
    assert looked(story, 40, **five) == []  # ten tests say nothing
    long = [*negatives(0, 90), sample("a", 100, "carfentanil")]
    (signal,) = looked(long, 100, **five)
    assert (signal.baseline_positives, signal.baseline_tested, signal.expected) == (0, 30, 0.0)
    assert signal.baseline is not None
    assert (signal.baseline.last, (signal.baseline.last - signal.baseline.first).days) == (day(99), 1825)
    assert looked([*long, sample("b", 200, "carfentanil")], 200, **five) == [], "the second one is not the first"
