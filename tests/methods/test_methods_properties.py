"""What must hold of every reference method: nothing later is seen, order of series is nothing, no data raise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.methods.cusum import binomial_cusum
from detectors.methods.ears import ears
from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_settings import Farrington
from detectors.methods.michigan import moving_mean
from detectors.methods.rnssp_ewma import rnssp_ewma
from detectors.methods.rnssp_regression import rnssp_regression
from detectors.methods.rnssp_switch import rnssp_switch

Floats = NDArray[np.float64]
YEARLY = Farrington(b=1, w=1, no_periods=3, past_weeks_not_included=4, frequency=20, trend=False)
TRENDED = Farrington(b=3, w=1, no_periods=1, past_weeks_not_included=2, frequency=12, threshold_method="delta")
MUAN = Farrington(
    b=3, w=1, no_periods=2, past_weeks_not_included=2, frequency=12, threshold_method="muan", p_threshold_trend=1
)
METHODS: dict[str, Callable[[Floats, Floats], Any]] = {
    "C1": lambda y, n: ears(y, "C1"),
    "C2": lambda y, n: ears(y, "C2", min_sigma=0),
    "C3": lambda y, n: ears(y, "C3"),
    "four weeks": lambda y, n: moving_mean(y),
    "CUSUM": lambda y, n: binomial_cusum(y, n, 0.1),
    "lumpy CUSUM": lambda y, n: binomial_cusum(y, n, 0.1, dispersion=0.02),
    "EWMA": lambda y, n: rnssp_ewma(y),
    "regression": lambda y, n: rnssp_regression(y, first_weekday=3),
    "switch": lambda y, n: rnssp_switch(y),
    "Farrington": lambda y, n: farrington_flexible(y, YEARLY),
    "Farrington with volume": lambda y, n: farrington_flexible(y, YEARLY, population=n),
    "Farrington delta": lambda y, n: farrington_flexible(y, TRENDED),
    "Farrington muan": lambda y, n: farrington_flexible(y, MUAN, population=n),
    "Farrington as surveillance": lambda y, n: farrington_flexible(y, MUAN, compat="surveillance"),
}
each = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())


def columns(result: Any) -> dict[str, NDArray[Any]]:
    return {name: np.asarray(getattr(result, name)) for name in result.__dataclass_fields__} | {"alarm": result.alarm}


@st.composite
def series(draw: st.DrawFn, shortest: int = 1) -> tuple[Floats, Floats]:
    """A few series of positives among samples: sparse, busy, empty, with more positives than samples, with gaps."""
    length = draw(st.integers(shortest, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = random.poisson(draw(st.sampled_from([0.5, 8.0, 60.0])), (4, length)).astype(float)
    y = random.binomial(n.astype(int), random.choice([0.0, 0.02, 0.5, 1.0], (4, 1))).astype(float)
    if draw(st.booleans()):
        y[0] += 3
    if draw(st.booleans()):
        y[1, random.integers(length)] = np.nan
    return y, n


@each
@settings(max_examples=8, deadline=None)
@given(data=series(), cut=st.integers(1, 59))
def test_later_weeks_change_nothing_earlier(method: Callable[..., Any], data: tuple[Floats, Floats], cut: int) -> None:
    y, n = data
    cut = min(cut, y.shape[1])
    whole, part = columns(method(y, n)), columns(method(y[:, :cut], n[:, :cut]))
    for name, values in part.items():
        np.testing.assert_allclose(whole[name][:, :cut], values, rtol=1e-7, atol=1e-9, err_msg=name)


@each
@settings(max_examples=5, deadline=None)
@given(data=series(), order=st.permutations(range(4)))
def test_order_of_series_is_nothing(method: Callable[..., Any], data: tuple[Floats, Floats], order: list[int]) -> None:
    y, n = data
    straight, shuffled = columns(method(y, n)), columns(method(y[order], n[order]))
    for name, values in straight.items():
        np.testing.assert_allclose(shuffled[name], values[order], rtol=1e-7, atol=1e-9, err_msg=name)


@each
@pytest.mark.parametrize("weeks", [1, 2, 8, 45])
def test_extreme_series_are_judged_or_left_open_but_never_raise(method: Callable[..., Any], weeks: int) -> None:
    n = np.full((5, weeks), 7.0)
    n[3] = 0
    y = np.zeros((5, weeks))
    y[1], y[2], y[4] = 7, 12, 1_000_000
    result = columns(method(y, n))
    assert all(values.shape == (5, weeks) for values in result.values())
    assert not result["alarm"][0].any(), "nothing found in any week, yet an alarm"


def test_a_jump_alarms_in_every_method() -> None:
    random = np.random.default_rng(5)
    n = np.full((1, 56), 40.0)
    y = random.binomial(40, 0.05, (1, 56)).astype(float)
    y[0, -1] = 38
    for name, method in METHODS.items():
        # C3 adds up the two weeks before: it speaks a week later, and the reference too.
        assert name == "C3" or method(y, n).alarm[0, -1], name


def test_c3_speaks_in_the_second_week_of_a_rise() -> None:
    y = np.array([[3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 30, 30]], dtype=float)
    assert ears(y, "C3").alarm[0, -2:].tolist() == [False, True]


@pytest.mark.parametrize("compat", [None, "surveillance"])
def test_the_first_case_ever_is_beyond_a_limit_of_zero(compat: Any) -> None:
    y = np.zeros((1, 200))
    y[0, 190] = 1
    result = farrington_flexible(y, Farrington(), compat=compat)
    assert result.upper[0, 190] == 0
    assert np.flatnonzero(result.alarm[0]).tolist() == [190]
    assert result.score[0, 190] > 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_volume_that_doubles_with_its_positives_is_no_news_to_the_offset(seed: int, trend: bool) -> None:
    random = np.random.default_rng(seed)
    n = np.repeat([[30.0, 300.0]], 30, axis=1)
    y = np.round(n * random.uniform(0.05, 0.1))
    chosen = Farrington(b=1, w=2, no_periods=1, past_weeks_not_included=2, frequency=20, trend=trend)
    assert not farrington_flexible(y, chosen, population=n).alarm.any()


def test_counting_years_by_date_equals_counting_weeks_while_no_leap_week_lies_between() -> None:
    random = np.random.default_rng(2)
    y = random.poisson(5, (2, 170)).astype(float)
    chosen = Farrington(b=2, w=3)
    days = [date(2021, 1, 4) + timedelta(weeks=week) for week in range(170)]
    by_date, by_week = farrington_flexible(y, chosen, dates=days), farrington_flexible(y, chosen)
    np.testing.assert_allclose(by_date.upper[:, 165], by_week.upper[:, 165])
    assert np.isfinite(by_date.upper[:, 165]).all()


def test_the_trend_is_kept_more_often_with_the_defect_of_the_reference() -> None:
    random = np.random.default_rng(3)
    y = random.poisson(6, (40, 220)).astype(float)
    chosen = Farrington(p_threshold_trend=0.05)
    right = farrington_flexible(y, chosen).trend[:, 160:].mean()
    wrong = farrington_flexible(y, chosen, compat="surveillance").trend[:, 160:].mean()
    assert right < 0.10 < 0.25 < wrong


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ears([[1.0]], "C4"), "C1, C2 and C3"),  # type: ignore[arg-type]
        (lambda: ears([[1.0]], baseline=2), "at least 3"),
        (lambda: moving_mean([[1.0]], weeks=1), "at least 2"),
        (lambda: binomial_cusum([[1.0]], [[2.0]], 1.0), "strictly between"),
        (lambda: binomial_cusum([[1.0]], [[2.0, 3.0]], 0.1), "same shape"),
        (lambda: rnssp_ewma([[1.0]], baseline=3), "baseline"),
        (lambda: rnssp_regression([[1.0]], baseline=20), "14, 21, 28"),
        (lambda: Farrington(alpha=0.7), "alpha"),
        (lambda: Farrington(limit54=(-1, 4)), "limit54"),
        (lambda: farrington_flexible([[1.0]], Farrington(b=0)), "b ≥ 1"),
        (lambda: farrington_flexible([[1.0]], dates=[]), "dates"),
    ],
)
def test_bad_settings_are_named(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
