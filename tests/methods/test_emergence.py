"""The emergence statistic: no look ahead, alarms on what emerges and not on batches or volume."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.methods.emergence import emergence


def weeks(seed: int, series: int = 40, time: int = 260, volume: float = 20, share: float = 0.03, rho: float = 0.02):
    r = np.random.default_rng(seed)
    n = r.poisson(volume, (series, time))
    p = r.beta(share * (1 / rho - 1), (1 - share) * (1 / rho - 1), n.shape)
    return r.binomial(n, p), n


def test_later_weeks_change_nothing() -> None:
    y, n = weeks(1)
    whole = emergence(y, n).score
    for upto in (1, 30, 118, 200, 259):
        np.testing.assert_allclose(emergence(y[:, :upto], n[:, :upto]).score, whole[:, :upto], rtol=1e-12)


def test_the_order_of_series_does_not_matter() -> None:
    y, n = weeks(2)
    order = np.random.default_rng(0).permutation(len(y))
    np.testing.assert_allclose(emergence(y[order], n[order]).score, emergence(y, n).score[order], rtol=1e-9)


def test_watching_the_last_weeks_agrees_with_watching_all() -> None:
    y, n = weeks(3)
    np.testing.assert_allclose(emergence(y, n, watch=1).score, emergence(y, n).score[:, -1:], atol=0.35)


def test_what_emerges_stands_out_and_what_only_grows_in_volume_does_not() -> None:
    y, n = weeks(4, series=60)
    r = np.random.default_rng(5)
    y[:20, 240:] = r.binomial(n[:20, 240:], 0.2)  # emerges
    grown = r.poisson(80, (20, 20))
    n[20:40, 240:], y[20:40, 240:] = grown, r.binomial(grown, r.beta(0.03 * 49, 0.97 * 49, grown.shape))
    score = emergence(y, n).score
    null = score[40:, 150:]
    level = np.quantile(null, 0.995)
    assert (score[:20, 240:249].max(axis=1) > level).mean() >= 0.95
    assert (score[20:40, 240:] > level).mean() <= 0.02


def test_batches_raise_the_bar() -> None:
    """The same five positives mean less where earlier positives came in clumps."""
    n = np.full((2, 208), 10.0)
    y = np.zeros_like(n)
    y[0, 10::10] = 1  # singly
    y[1, 10::50] = 5  # by the batch
    y[:, -1] = 4
    prior = np.full(7, 1 / 7)
    alone, batched = emergence(y, n, prior=prior).score[:, -1]
    assert alone > batched + 1


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_history_raises(data: st.DataObject) -> None:
    series, time = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 60))
    n = np.array(data.draw(st.lists(st.integers(0, 10**6), min_size=series * time, max_size=series * time)), float)
    y = np.array(data.draw(st.lists(st.integers(0, 10**6), min_size=series * time, max_size=series * time)), float)
    result = emergence(y.reshape(series, time), n.reshape(series, time))
    assert result.score.shape == (series, time)
    assert np.isfinite(result.score).all()


@pytest.mark.parametrize(("y", "n"), [(0, 0), (0, 9), (9, 9), (12, 9), (np.nan, 9), (3, np.nan), (3, -1), (3, np.inf)])
def test_degenerate_weeks_say_something_finite(y: float, n: float) -> None:
    assert np.isfinite(emergence(np.full((2, 120), y), np.full((2, 120), n)).score).all()


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one table"):
        emergence(np.zeros((2, 3)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="ratio"):
        emergence(np.zeros((2, 3)), np.zeros((2, 3)), ratio=0.5)
