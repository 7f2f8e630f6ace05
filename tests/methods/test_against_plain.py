"""Every reference method beside the same said plainly, on series that no reference run has seen: sparse and busy ones,
with gaps, constant, short, huge, with shares of none and all."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from detectors.methods import location_shift, multiple_testing, proportion
from detectors.methods.cusum import binomial_cusum
from detectors.methods.ears import ears
from detectors.methods.essence import Colour
from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_reference import reference_weeks
from detectors.methods.farrington_settings import Farrington
from detectors.methods.quasibinomial import quasibinomial
from detectors.methods.rnssp_ewma import rnssp_ewma
from detectors.methods.rnssp_regression import rnssp_regression
from detectors.methods.rnssp_switch import rnssp_switch
from tests.methods import plain

Floats = NDArray[np.float64]


def kinds(length: int, seed: int) -> dict[str, Floats]:
    r = np.random.default_rng(seed)
    lumpy = r.poisson(4 * r.gamma(2, 0.5, length)).astype(float)
    burst = r.poisson(2, length).astype(float)
    burst[length // 2 : length // 2 + 4] += 25
    rise = r.poisson(np.linspace(1, 20, length)).astype(float)
    return {
        "zero": np.zeros(length), "constant": np.full(length, 7.0), "rare": r.poisson(0.05, length).astype(float),
        "sparse": r.poisson(0.7, length).astype(float), "busy": r.poisson(60, length).astype(float), "lumpy": lumpy,
        "burst": burst, "rise": rise, "huge": r.poisson(3e8, length).astype(float),
        "weekly": r.poisson(np.tile([9, 10, 11, 9, 8, 2, 1], length // 7 + 1)[:length]).astype(float),
    }  # fmt: skip


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize(("b", "least", "alpha"), [(7, 0.0, None), (8, 1.0, 0.01), (14, 0.5, 0.025), (3, 0.2, 0.1)])
def test_ears(method: str, b: int, least: float, alpha: float | None) -> None:
    for name, y in kinds(40, 1).items():
        ours = ears(y, method, baseline=b, min_sigma=least, alpha=alpha)  # type: ignore[arg-type]
        a = alpha if alpha is not None else {"C1": 0.001, "C2": 0.001, "C3": 0.025}[method]
        with np.errstate(divide="ignore", invalid="ignore"):
            theirs = [plain.ears_upper(y, t, method, b, least, a) for t in range(y.size)]
        usable = np.isfinite(theirs) & np.isfinite(ours.upper[0])
        # With no spread at all the excess of C3 is 0/0 or infinite: no limit can be said.
        assert least == 0 or (np.isfinite(theirs) == np.isfinite(ours.upper[0])).all(), name
        np.testing.assert_allclose(ours.upper[0][usable], np.array(theirs)[usable], rtol=1e-9, err_msg=name)


def test_ears_leaves_open_what_rests_on_a_missing_week() -> None:
    y = np.array([3.0, 4, 5, 3, np.nan, 4, 3, 5, 4, 3, 4, 5, 3, 4, 4, 3])
    upper = ears(y, "C1", baseline=7).upper[0]
    assert np.isnan(upper[:12]).all()
    assert np.isfinite(upper[12:]).all()


@pytest.mark.parametrize("sigma", [0.0, 0.02, 0.3])
def test_cusum(sigma: float) -> None:
    r = np.random.default_rng(4)
    for volume in (0.5, 6, 80, 2000):
        n = r.poisson(volume, 120).astype(float)
        for share in (0.0, 0.02, 0.4, 1.0):
            y = r.binomial(n.astype(int), share).astype(float)
            for low, high in ((0.02, 0.0755), (0.001, 0.5), (0.3, 0.35)):
                ours = binomial_cusum(y[None], n[None], low, pi1=high, h=3.0, dispersion=sigma)
                sums, alarms = plain.cusum(y, n, low, high, 3.0, sigma)
                np.testing.assert_allclose(ours.statistic[0], sums, rtol=1e-7, atol=1e-8)
                assert ours.alarm[0].tolist() == alarms


def test_essence() -> None:
    series = kinds(75, 9)
    series["shares"] = np.random.default_rng(2).uniform(0, 0.4, 75)
    for name, y in series.items():
        if name == "zero":
            assert (rnssp_ewma(y, compat="rnssp").colour[0, 9:] == Colour.BLUE).all()
            continue
        mean = rnssp_ewma(y, compat="rnssp")
        theirs = np.array(plain.ewma(y))
        np.testing.assert_allclose(mean.expected[0], theirs[:, 0], rtol=1e-9, err_msg=name)
        clear = ~(theirs[:, 2] <= 1e-15)
        np.testing.assert_allclose(mean.statistic[0][clear], theirs[clear, 1], rtol=1e-6, atol=1e-9, err_msg=name)
        np.testing.assert_allclose(mean.p[0], theirs[:, 2], rtol=1e-6, atol=1e-13, err_msg=name)
        line = rnssp_regression(y, first_weekday=3, compat="rnssp")
        theirs = np.array(plain.regression(y))
        scale = max(1.0, float(y.max()))
        np.testing.assert_allclose(line.expected[0], theirs[:, 0], rtol=1e-8, atol=1e-9 * scale, err_msg=name)
        if name != "constant":
            np.testing.assert_allclose(line.statistic[0], theirs[:, 1], rtol=1e-6, atol=1e-7, err_msg=name)
            np.testing.assert_allclose(line.p[0], theirs[:, 2], rtol=1e-6, atol=1e-13, err_msg=name)
        both = rnssp_switch(y, first_weekday=3, compat="rnssp")
        chosen = line.adjusted_r2[0] >= 0.6
        assert (both.by_regression[0] == chosen).all()
        np.testing.assert_array_equal(both.colour[0], np.where(chosen, line.colour[0], mean.colour[0]))


VARIANTS = {
    "delta, windows only": Farrington(
        b=3, w=3, no_periods=1, past_weeks_not_included=3, alpha=0.05, threshold_method="delta", p_threshold_trend=0.05
    ),
    "nbPlugin, ten levels": Farrington(p_threshold_trend=1.0),
    "nbPlugin, no trend": Farrington(trend=False, alpha=0.01),
    "muan": Farrington(p_threshold_trend=1.0, threshold_method="muan"),
    "few levels, low threshold of weights": Farrington(b=4, w=2, no_periods=5, weights_threshold=1.0),
    "weights that never act": Farrington(weights_threshold=1e6, alpha=0.05),
    "weights that always act": Farrington(weights_threshold=0.01, alpha=0.05, trend=False),
}


@pytest.mark.parametrize("chosen", VARIANTS.values(), ids=VARIANTS.keys())
@pytest.mark.parametrize("compat", [None, "surveillance"])
@pytest.mark.parametrize("offset", [False, True])
def test_farrington(chosen: Farrington, compat: str | None, offset: bool) -> None:
    r = np.random.default_rng(12)
    series = kinds(240, 5)
    layouts = reference_weeks(
        240, b=chosen.b, w=chosen.w, no_periods=chosen.no_periods,
        past_weeks_not_included=chosen.past_weeks_not_included, frequency=52,
    )  # fmt: skip
    volume = np.maximum(r.poisson(30, 240), 1).astype(float)
    compared = 0
    for name in ("constant", "sparse", "busy", "lumpy", "burst", "rise", "huge"):
        y = series[name]
        ours = farrington_flexible(
            y,
            chosen,
            population=volume[None] if offset else None,
            compat=compat,  # type: ignore[arg-type]
        )
        for t in (235, 239):
            lay = layouts[t]
            past = t + lay.offsets
            base = np.log(volume[past]) if offset else np.zeros(past.size)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                upper, mu, phi, kept = plain.farrington(
                    y[past], lay.times, lay.blocks, 0.0, base, float(np.log(volume[t])) if offset else 0.0,
                    trend=chosen.p_threshold_trend if chosen.trend else 0.0, threshold=chosen.weights_threshold,
                    alpha=chosen.alpha, method=chosen.threshold_method, compat=compat is not None,
                )  # fmt: skip
            # A slope that is zero in exact arithmetic has a p-value of rounding errors; nothing else hangs on it.
            if name == "constant" and kept != ours.trend[0, t]:
                continue
            where = (name, t)
            assert ours.trend[0, t] == kept, where
            assert ours.phi[0, t] == pytest.approx(phi, rel=1e-5), where
            assert ours.upper[0, t] == pytest.approx(upper, rel=1e-4), where
            if chosen.threshold_method == "nbPlugin":
                assert ours.mu0[0, t] == pytest.approx(mu, rel=1e-6), where
            compared += 1
    assert compared >= 12


@pytest.mark.parametrize("trend", [True, False])
def test_quasibinomial(trend: bool) -> None:
    r = np.random.default_rng(6)
    for volume, share in ((3, 0.4), (12, 0.1), (400, 0.02), (90000, 0.6)):
        t = np.arange(21.0) * 3 + 7
        n = np.maximum(r.poisson(volume, t.size), 1).astype(float)
        y = r.binomial(n.astype(int), np.clip(share * (1 + 0.3 * np.sin(t)), 0, 1)).astype(float)
        y[3] = np.nan
        ours = quasibinomial(y, n, t, 80.0, trend=trend)
        keep = np.isfinite(y)
        x = np.column_stack([np.ones(keep.sum()), t[keep] - 80.0][: 2 if trend else 1])
        beta, phi = plain.logistic_fit(y[keep] / n[keep], n[keep], x)
        assert ours.eta[0] == pytest.approx(beta[0], rel=1e-6)
        assert ours.phi[0] == pytest.approx(phi, rel=1e-5)
        if trend:
            assert ours.slope[0] == pytest.approx(beta[1], rel=1e-5)


def test_two_shares() -> None:
    r = np.random.default_rng(3)
    n1, n0 = r.integers(1, 60, 300), r.integers(1, 900, 300)
    x1, x0 = r.binomial(n1, r.choice([0.0, 0.05, 0.5, 1.0], 300)), r.binomial(n0, r.choice([0.0, 0.02, 0.9], 300))
    tails = {
        "fisher": proportion.fisher_tail(x1, n1, x0, n0), "binomial": proportion.binomial_tail(x1, n1, x0, n0),
        "rates": proportion.poisson_ratio_tail(x1, n1, x0, n0),
        "predictive": proportion.predictive_tail(x1, n1, x0, n0),
        "raised": proportion.probability_raised(x1, n1, x0, n0),
    }  # fmt: skip
    for i in range(300):
        a, m, b, k = int(x1[i]), int(n1[i]), int(x0[i]), int(n0[i])
        want = {
            "fisher": stats.hypergeom.sf(a - 1, m + k, a + b, m),
            # Where nothing was found before, a share of 0 forbids any positive: nothing can be said.
            "binomial": stats.binom.sf(a - 1, m, b / k) if b else np.nan,
            "rates": stats.binom.sf(a - 1, a + b, m / (m + k)),
            "predictive": stats.betabinom.sf(a - 1, m, b + 0.5, k - b + 0.5),
        }
        for name, tail in want.items():
            assert tails[name][i] == pytest.approx(tail, rel=1e-7, abs=1e-11, nan_ok=True), (name, a, m, b, k)
    # P(p1 > p0) by drawing, for the ten that are least sure.
    for i in np.argsort(np.abs(tails["raised"] - 0.5))[:10].tolist():
        p1 = r.beta(x1[i] + 0.5, n1[i] - x1[i] + 0.5, 400_000)
        p0 = r.beta(x0[i] + 0.5, n0[i] - x0[i] + 0.5, 400_000)
        assert tails["raised"][i] == pytest.approx(float((p1 > p0).mean()), abs=0.005)


def test_many_p_values() -> None:
    r = np.random.default_rng(8)
    for p in (r.random(1), r.random(40), np.round(r.random(60), 2), np.append(r.random(30), [0.0, 0.0, 1.0, 1.0])):
        m, order = p.size, np.argsort(p)
        for ours, name in ((multiple_testing.benjamini_hochberg, "bh"), (multiple_testing.benjamini_yekutieli, "by")):
            np.testing.assert_allclose(ours(p), stats.false_discovery_control(p, method=name))
        down = np.minimum(np.maximum.accumulate((m - np.arange(m)) * p[order]), 1)
        np.testing.assert_allclose(multiple_testing.holm(p)[order], down)
    # Hommel: the least level at which Simes' test rejects every set that holds the hypothesis, by its definition.
    p = np.round(r.beta(0.4, 1, 11), 3)
    sets = [[j for j in range(11) if code >> j & 1] for code in range(1, 2**11)]
    simes = [float(np.min(np.sort(p[s]) * len(s) / (np.arange(len(s)) + 1))) for s in sets]
    closed = [max(q for s, q in zip(sets, simes, strict=True) if j in s) for j in range(11)]
    np.testing.assert_allclose(multiple_testing.hommel(p), closed)


def test_shift_of_measurements() -> None:
    r = np.random.default_rng(7)
    for ties in (False, True):
        for m, n in ((2, 3), (8, 20), (30, 11), (60, 200)):
            x, y = r.lognormal(0.2, 1, m), r.lognormal(0, 1, n)
            if ties:
                x, y = np.round(x), np.round(y)
            ranks = location_shift.rank_sum(x, y)
            want = stats.mannwhitneyu(x, y, alternative="greater", method="asymptotic")
            assert ranks.u == pytest.approx(float(want.statistic))
            assert ranks.p == pytest.approx(float(want.pvalue), rel=1e-9)
            differences = float(np.median(np.subtract.outer(x, y)))
            assert location_shift.hodges_lehmann(x, y) == pytest.approx(differences)
            welch = stats.ttest_ind(x, y, equal_var=False, alternative="greater")
            if np.ptp(x) + np.ptp(y) > 0:
                assert location_shift.welch_tail(x, y) == pytest.approx(float(welch.pvalue), rel=1e-9)
            if not ties and m + n > 3:
                assert location_shift.mood_scale(x, y) == pytest.approx(float(stats.mood(x, y).pvalue), rel=1e-7)
            exact = stats.ks_2samp(x, y, alternative="less")
            assert location_shift.kolmogorov_tail(x, y) == pytest.approx(float(exact.pvalue), rel=1e-6)
