"""EWMA of the CDC's syndromic surveillance (ESSENCE): is the recent average of a sparse daily series unusually high?

Source: Burkom (2017), Evolution of public health surveillance (Johns Hopkins APL Technical Digest 34); the R package
Rnssp of the CDC's National Syndromic Surveillance Program, whose numbers these are. Two exponentially weighted means,
one for gradual (ω = .4) and one for sudden change (ω = .9), are each compared with the mean m and standard deviation s
of a baseline of L days that ends `guard` days before, L growing from 7 to `baseline`:

    zₜ = ω yₜ + (1 − ω) zₜ₋₁,   T = (zₜ − m) / σ,   p = P(t with L − 1 degrees of freedom > T), the smaller of the two
    σ = max(σ_min, s·c + a),  c² = ω/(2−ω) + 1/L − 2(1−ω)^(guard+1)·(1 − (1−ω)^L)/L

with the small constants a and σ_min of ESSENCE. After an excursion beyond ± the 99 % point of t, z is set back to that
point, so that one spike does not echo. Red is p < .01, yellow p < .05. A series whose largest value is below 1
(shares) is divided by the median of its positive values first: that looks at the whole series, later days too.
`compat="rnssp"` does exactly so; by default only the past is used (see `scale_by`), because a history must read the
same when later days are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from detectors.methods.essence import SHORTEST_EWMA, Colour, colours

SMOOTHERS = (0.4, 0.9)


@dataclass(frozen=True, slots=True)
class EwmaResult:
    """All (series, time). expected: baseline mean (in scaled units for shares). statistic: T. p: its p-value.

    colour: 0 grey (cannot be said), 1 blue, 2 yellow, 3 red, as in `essence.Colour`.
    """

    expected: NDArray[np.float64]
    statistic: NDArray[np.float64]
    p: NDArray[np.float64]
    colour: NDArray[np.int8]

    @property
    def alarm(self) -> NDArray[np.bool_]:
        """(series, time) red days."""
        return np.asarray(self.colour == Colour.RED)


def rnssp_ewma(
    y: ArrayLike,
    *,
    baseline: int = 28,
    guard: int = 2,
    smoothers: tuple[float, float] = SMOOTHERS,
    scale_by: ArrayLike | None = None,
    compat: Literal["rnssp"] | None = None,
) -> EwmaResult:
    """ESSENCE's EWMA for every day (or week) of every series.

    y: (series, time) counts or shares; a missing value leaves its baselines grey. baseline: longest baseline, at least
    7. guard: days between baseline and test. scale_by: (series,) divisors for shares (the usual positive level, known
    from the past); None leaves the values as they are. compat="rnssp": divide a series that stays below 1 by the
    median of its positive values, wherever they lie, and round p as `1 - pt(T)` does (to 1e-16). An all-zero series,
    on which the original fails, is blue. Raises ValueError for baseline < 7, guard < 0 or smoothers outside (0, 1].
    """
    if baseline < SHORTEST_EWMA or guard < 0 or not all(0 < w <= 1 for w in smoothers):
        raise ValueError(
            f"EWMA needs baseline ≥ {SHORTEST_EWMA}, guard ≥ 0 and smoothers in (0, 1], "
            f"not {baseline}, {guard} and {smoothers}"
        )
    values = np.atleast_2d(np.asarray(y, dtype=np.float64))
    if compat == "rnssp":
        values = values / _positive_level(values)[:, None]
    elif scale_by is not None:
        values = values / np.asarray(scale_by, dtype=np.float64)[:, None]
    series, length = values.shape
    steps = np.ascontiguousarray(values.T)
    expected = np.full((length, series), np.nan)
    statistic = np.full((length, series), np.nan)
    p = np.full((length, series), np.nan)
    first = SHORTEST_EWMA + guard
    levels = [_start(steps[:first], w) for w in smoothers]
    for t in range(first, length):
        size = min(t - guard, baseline)
        window = steps[t - guard - size : t - guard]
        mean = window.sum(axis=0) / size
        deviation = np.sqrt(np.square(window - mean).sum(axis=0) / (size - 1))
        limit = round(float(stdtrit(size - 1, 0.99)), 5)
        warning = round(float(stdtrit(size - 1, 0.95)), 5)
        tests = []
        for i, w in enumerate(smoothers):
            scale = _scale(deviation, size, guard, w, warning)
            raw = w * steps[t] + (1 - w) * levels[i]
            test = (raw - mean) / scale
            levels[i] = mean + np.clip(test, -limit, limit) * scale
            inside = np.abs(test) <= limit
            levels[i][inside] = raw[inside]
            tests.append(test)
        expected[t] = mean
        statistic[t], p[t] = _smaller(tests[0], tests[1], size - 1, compat == "rnssp")
    return EwmaResult(expected=expected.T, statistic=statistic.T, p=p.T, colour=colours(p.T))


def _positive_level(values: NDArray[np.float64]) -> NDArray[np.float64]:
    level = np.ones(values.shape[0])
    for i in np.flatnonzero((values < 1).all(axis=1) & (values > 0).any(axis=1)):
        level[i] = np.median(values[i][values[i] > 0])
    return level


def _start(steps: NDArray[np.float64], w: float) -> NDArray[np.float64]:
    if not steps.shape[0]:
        return np.zeros(steps.shape[1])
    level: NDArray[np.float64] = steps[0].copy()
    for row in steps[1:]:
        level *= 1 - w
        level += w * row
    return level


def _scale(deviation: NDArray[np.float64], size: int, guard: int, w: float, warning: float) -> NDArray[np.float64]:
    # The decimals are ESSENCE's fit of the bias of a mean and deviation estimated from few days (Rnssp, alert_ewma).
    spread = np.sqrt(w / (2 - w) + 1 / size - 2 * (1 - w) ** (guard + 1) * (1 - (1 - w) ** size) / size)
    least = w / warning * (0.01 + 0.05 * (1 - w) ** 2)
    added = (0.1289 - (0.2414 - 0.1826 * (1 - w) ** 4) * np.log(0.5)) * w / warning
    result: NDArray[np.float64] = np.maximum(least, deviation * spread + added)
    return result


def _smaller(
    slow: NDArray[np.float64], fast: NDArray[np.float64], df: int, rounded: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not rounded:
        statistic = np.maximum(slow, fast)
        return statistic, np.asarray(stdtr(df, -statistic))
    p_slow, p_fast = 1 - stdtr(df, slow), 1 - stdtr(df, fast)
    slower = p_slow < p_fast
    return np.where(slower, slow, fast), np.where(slower, p_slow, p_fast)
