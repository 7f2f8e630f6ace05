"""False discoveries over families and places: the promised share, kept in simulation with lumpy samples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from bench.bench_quality import by_emergence
from bench.emergence_set import simulate
from detectors.methods import tolerance
from detectors.methods.hierarchical import hierarchical
from detectors.methods.multiple_testing import benjamini_hochberg
from detectors.methods.prevalence import window_test

FAMILIES, PLACES, RISING, RHO = 120, 8, 12, 0.02


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(p allowing for batches, p ignoring them, family, truth): twelve families rise in half of their places."""
    r = np.random.default_rng(seed)
    family = np.repeat(np.arange(FAMILIES), PLACES)
    truth = (family < RISING) & (np.tile(np.arange(PLACES), FAMILIES) < PLACES // 2)
    share = np.repeat(r.choice([0.01, 0.03, 0.1, 0.3], FAMILIES), PLACES)
    n1, n0 = r.integers(15, 90, share.size), r.integers(400, 2000, share.size)
    now = np.where(truth, np.minimum(share * 3 + 0.2, 0.9), share)
    c = 1 / RHO - 1
    x1 = r.binomial(n1, r.beta(now * c, (1 - now) * c))
    x0 = r.binomial(n0, share)  # a baseline is of hundreds of batches
    return window_test(x1, n1, x0, n0, RHO).probability, binom.sf(x1 - 1, n1, (x0 + 0.5) / (n0 + 1)), family, truth


def realised(column: int, rate: float) -> tuple[float, float]:
    """(average share of false places over the chosen families, share of true places found), over 40 days."""
    false, found = [], []
    for seed in range(40):
        day = drawn(seed)
        inside = hierarchical(day[column], day[2], rate=rate).inside
        chosen = np.unique(day[2][inside])
        shares = [(inside & ~day[3])[day[2] == f].sum() / inside[day[2] == f].sum() for f in chosen]
        false.append(float(np.mean(shares)) if shares else 0.0)
        found.append(float(inside[day[3]].mean()))
    return float(np.mean(false)), float(np.mean(found))


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_the_share_of_false_discoveries_is_as_promised(rate: float) -> None:
    false, found = realised(0, rate)
    assert false <= rate
    assert found > 0.5


def test_it_is_worthless_with_p_values_that_ignore_batches() -> None:
    assert realised(1, 0.1)[0] > 0.2


def test_in_one_heap_a_family_with_many_true_places_pays_for_false_ones_of_others() -> None:
    heap, tree = [], []
    for seed in range(40):
        p, _, family, truth = drawn(seed)
        for chosen, into in ((benjamini_hochberg(p) <= 0.2, heap), (hierarchical(p, family, rate=0.2).inside, tree)):
            into += [float((~truth)[chosen & (family == f)].mean()) for f in np.unique(family[chosen])]
    assert np.mean(tree) < np.mean(heap)
    assert np.mean(tree) <= 0.2


def test_by_hand() -> None:
    p, family = [0.001, 0.04, 0.9, 0.6, 0.7], [0, 0, 0, 1, 1]
    found = hierarchical(p, family, rate=0.1)
    assert found.family_p == pytest.approx([0.003, 0.7])  # 3 · .001; 2 · .7 / 2
    assert found.inside.tolist() == [True, False, False, False, False]  # within the first at .1 · 1/2: .003, .06
    assert not hierarchical(p, family, rate=0.1, families=50).inside.any()
    assert not hierarchical(p, family, rate=0.1, tested=[200, 2]).inside.any()
    assert hierarchical([], [], rate=0.1).inside.shape == (0,)
    for wrong in ({"rate": 0.0}, {"families": 1}, {"tested": [2, 2]}):
        with pytest.raises(ValueError, match=r"rate|tested"):
            hierarchical(p, family, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one length"):
        hierarchical([0.1], [1, 2])


def test_the_tolerance_that_staff_set_is_the_rate_that_quiet_series_keep() -> None:
    truth = simulate(31, each=25)
    scores = by_emergence(truth)
    quiet = truth.onset < 0
    years = scores.shape[1] / 52.18
    for per_month, series in ((0.1, 5), (0.1, 12)):
        wanted = tolerance.sensitivity(per_month, series, places=58)
        above = scores[quiet] > wanted.threshold
        # An alert is new after four quiet weeks.
        before = np.cumsum(np.pad(above, ((0, 0), (5, 0))), axis=1)
        new = above & (before[:, 4:-1] - before[:, :-5] == 0)
        rate = new.sum() / (quiet.sum() * years)
        assert wanted.per_series_year == pytest.approx(per_month * 12 / series)
        assert 0.6 <= rate / wanted.per_series_year <= 1.5
        assert wanted.per_year == pytest.approx(0.1 * 12 * 58)
        assert 0 < wanted.alpha < 0.1
    with pytest.raises(ValueError, match="at least one"):
        tolerance.sensitivity(0.1, 0)
