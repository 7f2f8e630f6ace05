"""Silence: a place or source that used to report and does no more; regular ones are missed sooner than bursty ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from detectors.explain import explain
from detectors.methods.silence import silence, wait
from tests.methods.told import Story, day, known_on, negatives, sample

ANY = frozenset({"xylazine"})


def every(step: int, last: int, place: str = "06001", feed: str = "lab", kind: str = "drug") -> Story:
    return [
        replace(s, feed=feed, ref=f"{feed}/{s.ref}")
        for s in negatives(last % step, last + 1, step=step, place=place, kind=kind)
    ]


def told(story: Story, on: int, places: tuple[str, ...] = ("06001",), **p: float) -> list[tuple[str, str, str]]:
    return [(s.place, s.kind, s.labels[1]) for s in silence(known_on(story, on), p, ANY, places)]


def first_told(story: Story, last: int, most: int = 200) -> int:
    return next((n for n in range(last, last + most) if told(story, n)), -1) - last


def test_a_weekly_county_is_missed_within_three_weeks() -> None:
    assert 8 <= first_told(every(7, 700), 700) <= 21


def test_the_sentence_says_since_when_and_that_it_is_no_comfort() -> None:
    (signal,) = silence(known_on(every(7, 700), 730), {}, ANY, ("06001",))
    assert signal.substance == ""
    assert signal.last_seen == day(700)
    assert signal.observed == 0
    assert signal.expected == pytest.approx(30 / 7)
    sentence = explain(signal, {}, {"06001": "Alameda County"})
    assert sentence.startswith("No results on drug samples have come from Alameda County for 30 days")
    assert "does not mean that nothing is in the supply" in sentence


def test_who_reports_in_bursts_is_given_more_time() -> None:
    bursts = [
        sample(f"b{n}", d, place="06001")
        for n, d in enumerate(d for m in range(12) for d in (m * 60, m * 60 + 2, m * 60 + 5))
    ]
    last = 665
    assert first_told(bursts, last) > 55  # longer than every gap before


def test_one_of_two_laboratories_is_named() -> None:
    story = every(7, 700, feed="one") + every(5, 760, feed="two")
    assert told(story, 760) == [("06001", "drug", "source: one")]
    both = every(7, 700, feed="one") + every(5, 700, feed="two")
    assert told(both, 760) == [("06001", "drug", "the whole place")]


def test_deaths_that_stop_are_not_hidden_by_powders() -> None:
    story = every(7, 700, kind="death") + every(3, 760)
    assert told(story, 760) == [("06001", "death", "the whole place")]


def test_a_state_is_not_silent_while_one_county_reports() -> None:
    story = every(7, 700) + every(7, 763, place="06013", feed="lab")
    assert told(story, 763, ("06", "06001", "06013")) == [("06001", "drug", "the whole place")]


def test_nothing_is_expected_of_a_newcomer_and_nothing_told_for_ever() -> None:
    assert told(every(7, 42), 100) == []
    assert told(every(7, 700), 1100) == []


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), later=st.integers(0, 100))
def test_a_longer_wait_is_never_less_surprising(seed: int, later: int) -> None:
    random = np.random.default_rng(seed)
    reports = random.random((5, 300)) < random.choice([0.02, 0.1, 0.5], (5, 1))
    short = wait(reports, np.full(5, 10)).p
    long = wait(reports, np.full(5, 10 + later)).p
    judged = np.isfinite(short)
    assert np.all(long[judged] <= short[judged] + 1e-12)
    assert np.all((short[judged] >= 0) & (short[judged] <= 1))


def test_the_chance_is_the_predictive_one_where_gaps_are_exponential() -> None:
    reports = np.zeros((1, 101))
    reports[0, [0, 5, 15, 35, 100]] = 1  # 4 gaps, sum 100
    found = wait(reports, [50])
    k = float(found.shape[0])
    simulated = np.random.default_rng(4)
    rates = simulated.gamma(4 * k, 1, 400_000) / 100.0
    waits = simulated.gamma(k, 1, 400_000) / rates
    assert found.p[0] == pytest.approx(float(np.mean(waits > 50)), abs=0.003)
    assert (found.mean[0], found.longest[0], found.gaps[0]) == (25, 65, 4)


def test_quiet_sources_raise_few_false_alarms() -> None:
    """200 simulated sources of each habit over three years: false silences per year stay near what was asked for."""
    random = np.random.default_rng(7)
    for shape in (0.5, 1.0, 8.0):
        alarms = years = 0
        for _ in range(200):
            days = np.cumsum(
                np.maximum(1, np.round(stats.gamma.rvs(shape, scale=9 / shape, size=200, random_state=random)))
            )
            came = np.zeros(1096 + 365)
            came[days[days < came.size].astype(int)] = 1
            lasts = np.flatnonzero(came)
            for last, following in pairwise(lasts):
                if last < 365 or following - last < 7:
                    continue
                past = wait(came[None, last - 365 : last + 1], [following - last])
                alarms += bool(past.p[0] <= 0.1 * past.mean[0] / 365 and following - last > past.longest[0])
            years += 3
        assert 0.01 <= alarms / years <= 0.16, shape


def test_waits_must_fit_the_series() -> None:
    with pytest.raises(ValueError, match="2 series"):
        wait(np.ones((2, 5)), [1])


def test_thin_series_are_not_judged() -> None:
    found = wait([[0, 0, 0], [1, 0, 0], [1, 0, 1], [np.nan, 1, 1]], [5, 5, 5, 5])
    assert np.all(np.isnan(found.p))
    assert np.isnan(wait(np.zeros((1, 0)), [5]).p[0])
