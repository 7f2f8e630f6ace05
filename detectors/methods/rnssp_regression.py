"""Adaptive multiple regression of ESSENCE: is today's count above what trend and day of the week lead one to expect?

Source: Burkom, Elbert, Magruder et al. (2007), Johns Hopkins APL Technical Digest 27(4); the R package Rnssp of the
CDC, whose numbers these are. A line plus six weekday effects is fitted by least squares to the L days (11 …
`baseline`) that end `guard` days before:

    expected = max(0, forecast for today),   T = (y − expected) / σ,   p = P(t with L − 8 degrees of freedom > T)
    σ = max(s · √((L + 7)(L − 4) / (L (L − 7))), 0.01 / t.95),   s² = residual sum of squares / (L − 8)

A red or yellow day whose count is below the mean of its last seven days becomes blue, on Saturdays and Sundays only if
it is also below the mean of the last seven such weekdays.

The design repeats every seven days, so the forecast is one fixed weighting of the L baseline days whatever weekday
they begin on: all series and days of one L are judged by one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from detectors.methods.essence import SHORTEST_REGRESSION, Colour, colours

WEEK = 7
COEFFICIENTS = 8
ROWS_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class RegressionResult:
    """All (series, time). expected, statistic, p, sigma: as in the formula. adjusted_r2: share of variance explained,
    0 where undefined.

    colour: 0 grey (cannot be said), 1 blue, 2 yellow, 3 red, as in `essence.Colour`.
    """

    expected: NDArray[np.float64]
    statistic: NDArray[np.float64]
    p: NDArray[np.float64]
    sigma: NDArray[np.float64]
    adjusted_r2: NDArray[np.float64]
    colour: NDArray[np.int8]

    @property
    def alarm(self) -> NDArray[np.bool_]:
        """(series, time) red days."""
        return np.asarray(self.colour == Colour.RED)


def rnssp_regression(
    y: ArrayLike,
    *,
    first_weekday: int = 0,
    baseline: int = 28,
    guard: int = 2,
    compat: Literal["rnssp"] | None = None,
) -> RegressionResult:
    """ESSENCE's regression for every day of every series.

    y: (series, time) daily counts or shares without gaps in time; a missing value leaves what rests on it grey.
    first_weekday: weekday of the first column, 0 = Monday (`date.weekday`). baseline: longest baseline, a multiple of
    7. guard: days between baseline and test day. compat="rnssp": p rounded as `1 - pt(T)` is, and grey weekdays below
    their seven-day mean turn blue, as they do there. Raises ValueError for a baseline below 14 or no multiple of 7,
    guard < 0 or a weekday outside 0-6.
    """
    if baseline < 2 * WEEK or baseline % WEEK or guard < 0 or not 0 <= first_weekday < WEEK:
        raise ValueError(
            "regression needs a baseline of 14, 21, 28 … days, guard ≥ 0 and a weekday 0-6, "
            f"not {baseline}, {guard}, {first_weekday}"
        )
    values = np.atleast_2d(np.asarray(y, dtype=np.float64))
    out = {name: np.full(values.shape, np.nan) for name in ("expected", "statistic", "p", "sigma", "adjusted_r2")}
    length = values.shape[1]
    first = SHORTEST_REGRESSION + guard
    for t in range(first, min(baseline + guard, length)):
        _judge(values, out, slice(t, t + 1), t - guard, guard, compat)
    if length > baseline + guard:
        for start in range(0, values.shape[0], ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            part = {name: column[rows] for name, column in out.items()}
            _judge(values[rows], part, slice(baseline + guard, length), baseline, guard, compat)
    colour = colours(out["p"])
    _calm(colour, values, first_weekday, compat)
    return RegressionResult(**out, colour=colour)


@dataclass(frozen=True, slots=True)
class _Design:
    """forecast: (L,) weights of the baseline days.

    explained: (L, 7), unexplained: (L, L − 8) orthonormal directions.
    """

    forecast: NDArray[np.float64]
    explained: NDArray[np.float64]
    unexplained: NDArray[np.float64]


@lru_cache(maxsize=64)
def _design(size: int, ahead: int) -> _Design:
    day = np.arange(size)
    columns = [np.ones(size), day - day.mean()] + [(day % WEEK == k).astype(float) for k in range(WEEK - 1)]
    matrix = np.column_stack(columns)
    q, r = np.linalg.qr(matrix, mode="complete")
    test = size - 1 + ahead
    target = np.array([1.0, test - day.mean()] + [float(test % WEEK == k) for k in range(WEEK - 1)])
    forecast = q[:, :COEFFICIENTS] @ np.linalg.solve(r[:COEFFICIENTS].T, target)
    return _Design(forecast, np.ascontiguousarray(q[:, 1:COEFFICIENTS]), np.ascontiguousarray(q[:, COEFFICIENTS:]))


def _judge(
    values: NDArray[np.float64],
    out: dict[str, NDArray[np.float64]],
    days: slice,
    size: int,
    guard: int,
    compat: str | None,
) -> None:
    design = _design(size, guard + 1)
    begin, end = days.start - guard - size, days.stop - guard - 1
    windows = sliding_window_view(values[:, begin:end], size, axis=1)
    flat = np.ascontiguousarray(windows).reshape(-1, size)
    shape = windows.shape[:2]
    df = size - COEFFICIENTS
    rss = np.square(flat @ design.unexplained).sum(axis=1).reshape(shape)
    mss = np.square(flat @ design.explained).sum(axis=1).reshape(shape)
    expected = np.maximum(0, (flat @ design.forecast).reshape(shape))
    widen = np.sqrt((size + 7) * (size - 4) / (size * (size - 7)))
    least = 0.01 / round(float(stdtrit(df, 0.95)), 5)
    sigma = np.maximum(np.sqrt(rss / df) * widen, least)
    statistic = (values[:, days] - expected) / sigma
    with np.errstate(divide="ignore", invalid="ignore"):
        adjusted = 1 - rss / (rss + mss) * ((size - 1) / df)
    # A constant baseline leaves only rounding errors on both sides of the fraction: nothing is explained.
    adjusted[rss + mss <= 1e-24 * np.square(flat).sum(axis=1).reshape(shape)] = 0.0
    out["expected"][:, days] = expected
    out["sigma"][:, days] = sigma
    out["statistic"][:, days] = statistic
    out["adjusted_r2"][:, days] = adjusted
    out["p"][:, days] = 1 - stdtr(df, statistic) if compat == "rnssp" else stdtr(df, -statistic)


def _calm(colour: NDArray[np.int8], y: NDArray[np.float64], first_weekday: int, compat: str | None) -> None:
    """Turn alarms below the recent level blue, in place."""
    length = y.shape[1]
    if length < WEEK:
        return
    loud = colour[:, WEEK - 1 :] >= Colour.YELLOW
    if compat == "rnssp":
        loud |= colour[:, WEEK - 1 :] == Colour.GREY
    below = loud & (y[:, WEEK - 1 :] < sliding_window_view(y, WEEK, axis=1).mean(axis=2))
    weekday = (first_weekday + np.arange(WEEK - 1, length)) % WEEK
    for weekend in (5, 6):
        for j in np.flatnonzero(weekday == weekend):
            t = j + WEEK - 1
            if t < WEEK * (WEEK - 1):
                below[:, j] = False
            else:
                same = y[:, t - WEEK * (WEEK - 1) : t + 1 : WEEK]
                below[:, j] &= y[:, t] < same.mean(axis=1)
    colour[:, WEEK - 1 :][below] = Colour.BLUE
