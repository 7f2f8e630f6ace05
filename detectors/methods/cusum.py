"""Binomial CUSUM: has the share of positives among samples drifted upwards, slowly enough that no single week shows it?

Source: Höhle (2010), Online change-point detection in categorical time series, in Kneib & Tutz (eds.), Statistical
Modelling and Regression Structures; Page (1954). The numbers equal `surveillance::categoricalCUSUM` with `dbinom`, or
with `dBB`.

    Sₜ = max(0, Sₜ₋₁ + log f(yₜ; nₜ, π₁) − log f(yₜ; nₜ, π₀)),  alarm where Sₜ > h, after which S starts again from 0

π₀ is the share expected, π₁ the share it matters to find. A week without tests adds nothing, so volume needs no
separate care. With `dispersion` σ > 0 f is beta-binomial with shapes π/σ and (1 − π)/σ, for samples that come in
batches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln


@dataclass(frozen=True, slots=True)
class CusumResult:
    """statistic: (series, time) S as it stood before any reset. alarm: (series, time) S > h."""

    statistic: NDArray[np.float64]
    alarm: NDArray[np.bool_]


def binomial_cusum(
    y: ArrayLike,
    n: ArrayLike,
    pi0: ArrayLike,
    *,
    odds_ratio: float = 4.0,
    pi1: ArrayLike | None = None,
    h: float = 4.0,
    dispersion: float = 0.0,
) -> CusumResult:
    """CUSUM of the log-likelihood ratio of a raised share of positives, for every series at once.

    y, n: (series, time) positives and samples tested; where y > n the week counts as n = y, as a source that reports
    more positives than tests has left out tests. NaN weeks add nothing. pi0: share of positives expected, in (0, 1), a
    number or (series,) or (series, time). pi1: share to find, likewise; None takes pi0 with its odds times
    `odds_ratio`. h: alarm threshold on S, in log-likelihood units. dispersion: σ of the beta-binomial, 0 for the
    binomial. Raises ValueError where pi0 or pi1 is outside (0, 1) or dispersion is negative.
    """
    positives = np.atleast_2d(np.asarray(y, dtype=np.float64))
    tested = np.atleast_2d(np.asarray(n, dtype=np.float64))
    if positives.shape != tested.shape:
        raise ValueError(f"y {positives.shape} and n {tested.shape} must have the same shape (series, time)")
    if dispersion < 0:
        raise ValueError(f"dispersion cannot be negative, as {dispersion} is")
    low = _shares("pi0", pi0, positives.shape)
    high = _shares("pi1", pi1, positives.shape) if pi1 is not None else low * odds_ratio / (1 - low + low * odds_ratio)
    ratio = _log_likelihood_ratio(positives, np.maximum(tested, positives), low, high, dispersion)
    steps = np.ascontiguousarray(ratio.T)
    np.nan_to_num(steps, copy=False, nan=0.0)
    alarm = np.empty(steps.shape, dtype=np.bool_)
    level = np.zeros(steps.shape[1])
    for t in range(steps.shape[0]):
        row = steps[t]
        row += level
        np.maximum(row, 0.0, out=row)
        np.greater(row, h, out=alarm[t])
        np.multiply(row, ~alarm[t], out=level)
    return CusumResult(statistic=steps.T, alarm=alarm.T)


def _shares(name: str, value: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    share = np.asarray(value, dtype=np.float64)
    if share.ndim == 1 and share.shape[0] == shape[0]:
        share = share[:, None]
    if not bool(np.all((share > 0) & (share < 1))):
        raise ValueError(f"{name} must lie strictly between 0 and 1")
    return share


def _log_likelihood_ratio(
    y: NDArray[np.float64],
    n: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    dispersion: float,
) -> NDArray[np.float64]:
    if dispersion == 0:
        missed = np.log1p(-high) - np.log1p(-low)
        found = np.log(high) - np.log(low) - missed
        ratio: NDArray[np.float64] = y * found
        ratio += n * missed
        return ratio
    result: NDArray[np.float64] = (
        betaln(y + high / dispersion, n - y + (1 - high) / dispersion)
        - betaln(high / dispersion, (1 - high) / dispersion)
        - betaln(y + low / dispersion, n - y + (1 - low) / dispersion)
        + betaln(low / dispersion, (1 - low) / dispersion)
    )
    return result
