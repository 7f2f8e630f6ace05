"""Properties of the tests of shares, of many tests, of shifts and of scans."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from detectors.methods.farrington_threshold import upper_quantile, upper_tail
from detectors.methods.location_shift import hodges_lehmann, kolmogorov_tail, mood_scale, rank_sum, welch_tail
from detectors.methods.multiple_testing import benjamini_hochberg, benjamini_yekutieli, holm, hommel, storey
from detectors.methods.odds_ratio import odds_ratio
from detectors.methods.proportion import (
    binomial_tail,
    fisher_tail,
    poisson_ratio_tail,
    predictive_tail,
    probability_raised,
    score_tail,
)
from detectors.methods.quasibinomial import quasibinomial
from detectors.methods.scan import Scan, bernoulli_scan, expectation_scan, permutation_scan, population_scan
from detectors.methods.zones import nearest_zones

TAILS = (fisher_tail, binomial_tail, poisson_ratio_tail, score_tail, predictive_tail)
ADJUST = (benjamini_hochberg, benjamini_yekutieli, holm, hommel)
counts = st.integers(0, 300)


@settings(max_examples=60, deadline=None)
@given(counts, counts, counts, counts)
def test_more_positives_are_never_less_surprising(x1: int, n1: int, x0: int, n0: int) -> None:
    recent = np.arange(min(x1, n1) + 1)
    for tail in TAILS:
        p = tail(recent, n1, x0, n0)
        known = p[~np.isnan(p)]
        assert ((known >= 0) & (known <= 1 + 1e-12)).all(), tail.__name__
        assert (np.diff(known) <= 1e-9).all(), tail.__name__


@settings(max_examples=40, deadline=None)
@given(counts, counts, counts, counts, st.floats(0.001, 0.2))
def test_lumpiness_never_makes_a_far_tail_smaller(x1: int, n1: int, x0: int, n0: int, rho: float) -> None:
    plain, lumpy = predictive_tail(x1, n1, x0, n0), predictive_tail(x1, n1, x0, n0, rho=rho)
    share = (min(x0, n0) + 0.5) / (n0 + 1)
    if min(x1, n1) > 2 * n1 * share + 3:
        assert lumpy >= plain * (1 - 1e-9)


@settings(max_examples=25, deadline=None)
@given(counts, counts, counts, counts)
def test_odds_of_being_raised_and_lowered_sum_to_one(x1: int, n1: int, x0: int, n0: int) -> None:
    up, down = probability_raised(x1, n1, x0, n0), probability_raised(x0, n0, x1, n1)
    assert up + down == pytest.approx(1, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 60), st.integers(1, 60))
def test_limits_hold_the_odds_ratio_and_agree_with_fisher(x1: int, n1: int, x0: int, n0: int) -> None:
    ratio = odds_ratio(x1, n1, x0, n0)
    assert ratio.low <= ratio.estimate <= ratio.high
    p = float(fisher_tail(x1, n1, x0, n0))
    if abs(p - 0.025) > 1e-6:
        assert (float(ratio.low) > 1) == (p < 0.025)


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-6, 1e6), st.one_of(st.just(1.0), st.floats(1.0001, 1e4)), st.floats(1e-6, 0.2))
def test_quantile_is_the_first_count_whose_tail_is_small_enough(mu: float, phi: float, alpha: float) -> None:
    q = upper_quantile(np.array([mu]), np.array([phi]), alpha)
    assert upper_tail(q + 1, np.array([mu]), np.array([phi]))[0] <= alpha * (1 + 1e-9)
    if q[0] > 0:
        assert upper_tail(q, np.array([mu]), np.array([phi]))[0] >= alpha * (1 - 1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_p_values_keep_their_order_and_grow(p: list[float]) -> None:
    given_p = np.array(p)
    for adjust in ADJUST:
        out = adjust(given_p)
        assert (out >= given_p - 1e-12).all()
        assert (out <= 1).all()
        assert (np.diff(out[np.argsort(given_p, kind="stable")]) >= -1e-12).all()
    assert (hommel(given_p) <= holm(given_p) + 1e-12).all()
    assert (benjamini_hochberg(given_p) <= hommel(given_p) + 1e-12).all()


def test_not_tested_stays_not_tested() -> None:
    p = np.array([0.01, np.nan, 0.5, 0.9])
    for adjust in (*ADJUST, storey):
        out = adjust(p)
        assert np.isnan(out[1])
        assert out.shape == p.shape
    assert benjamini_hochberg(p)[0] == pytest.approx(0.03)


def test_storey_follows_the_share_of_true_nulls() -> None:
    random = np.random.default_rng(1)
    p = np.concatenate([random.uniform(size=700), random.uniform(0, 1e-4, 300)])
    assert storey(p)[-1] / benjamini_hochberg(p)[-1] == pytest.approx(0.7, abs=0.12)


def test_shift_of_samples_that_are_shifted_and_of_none() -> None:
    random = np.random.default_rng(4)
    before = random.lognormal(1, 0.4, 60)
    after = random.lognormal(1, 0.4, 25) * 2
    assert hodges_lehmann(np.log(after), np.log(before)) == pytest.approx(np.log(2), abs=0.2)
    assert max(rank_sum(after, before).p, welch_tail(np.log(after), np.log(before))) < 1e-3
    assert kolmogorov_tail(after, before) < 1e-3
    assert rank_sum(after, before).u == (after[:, None] > before).sum()
    assert np.isnan(rank_sum([], before).p)
    assert np.isnan(welch_tail([1.0], before))
    assert np.isnan(rank_sum([2.0, 2.0], [2.0]).p)
    wide = random.normal(0, 4, 40)
    assert mood_scale(wide, random.normal(0, 1, 40)) < 0.01 < mood_scale(wide[:20], wide[20:])


def test_quasibinomial_without_tests_or_with_too_few_weeks_gives_nothing_and_does_not_raise() -> None:
    t = np.arange(6.0)
    fit = quasibinomial([[0] * 6, [1, 0, 0, 0, 0, 0], [9] * 6], [[0] * 6, [3, 0, 0, 0, 0, 0], [4] * 6], t, 8.0)
    assert np.isnan(fit.eta[:2]).all()
    assert fit.weeks.tolist() == [0, 1, 6]
    assert fit.eta[2] > 5


def planted() -> tuple[np.ndarray, np.ndarray, tuple[tuple[int, ...], ...]]:
    random = np.random.default_rng(7)
    zones = nearest_zones(random.uniform(size=(12, 2)), 5)
    tested = random.poisson(30, (8, 12)) + 1
    cases = random.binomial(tested, 0.05)
    cases[-2:, list(zones[3])] = random.binomial(tested[-2:, list(zones[3])], 0.6)
    return cases, tested, zones


def test_every_scan_finds_the_planted_cluster_and_says_so_again() -> None:
    cases, tested, zones = planted()
    scans: tuple[Callable[[], Scan], ...] = (
        lambda: expectation_scan(cases, tested * 0.05, zones, replicates=99),
        lambda: population_scan(cases, tested, zones, replicates=99),
        lambda: permutation_scan(cases, zones, replicates=99),
        lambda: bernoulli_scan(cases, tested, zones, replicates=99),
    )
    for scan in scans:
        found = scan()
        assert set(zones[found.zone]) & set(zones[3])
        assert found.p == 0.01
        assert found.recurrence_interval == pytest.approx(100)
        assert scan().highest.tolist() == found.highest.tolist()


def test_scans_of_nothing_find_nothing() -> None:
    empty, zones = np.zeros((4, 3)), ((0,), (1, 2))
    for found in (
        expectation_scan(empty, empty, zones, replicates=19),
        population_scan(empty, empty, zones, replicates=19),
        permutation_scan(empty, zones, replicates=19),
        bernoulli_scan(empty, empty, zones, replicates=19),
    ):
        assert found.p == 1.0
        assert found.score.max() == 0


def test_bernoulli_scan_is_calibrated_when_nothing_happens() -> None:
    random = np.random.default_rng(11)
    zones = nearest_zones(random.uniform(size=(8, 2)), 4)
    p = []
    for seed in range(60):
        draw = np.random.default_rng(seed)
        tested = draw.poisson(12, (5, 8)) + 1
        p.append(bernoulli_scan(draw.binomial(tested, 0.1), tested, zones, replicates=49, rng=draw).p)
    assert stats.kstest(p, "uniform").pvalue > 0.01


@pytest.mark.parametrize("zones", [(), ((0, 9),), ((),)])
def test_zones_that_cannot_be_are_refused(zones: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ValueError, match="zone"):
        permutation_scan(np.ones((2, 3)), zones)
