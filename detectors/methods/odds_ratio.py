"""How many times higher are the odds of being positive now? The conditional odds ratio with exact limits.

Source: Fisher's noncentral hypergeometric distribution of x1 given x0 + x1; the estimate is the conditional
maximum-likelihood value, the limits invert the exact one-sided tests (Cornfield 1956; Breslow & Day 1980, Statistical
Methods in Cancer Research I, §4.2). R's `fisher.test` solves the same equations only to a tolerance of 1.2e-4;
`compat="R"` repeats its steps, so that its printed figures come out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from detectors.methods.brent import EPS, brent_root
from detectors.methods.proportion import table

R_TOLERANCE = EPS**0.25


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """estimate, low, high: arrays of one shape; 0 and infinity where the data set no bound."""

    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def odds_ratio(
    x1: ArrayLike,
    n1: ArrayLike,
    x0: ArrayLike,
    n0: ArrayLike,
    *,
    confidence: float = 0.95,
    compat: Literal["R"] | None = None,
) -> OddsRatio:
    """Conditional odds ratio of x1 of n1 (recent) against x0 of n0 (before), with exact two-sided limits.

    Arrays that broadcast, of counts. confidence: in (0, 1). compat="R": stop where `fisher.test` stops.
    Raises ValueError for negative or missing counts or a confidence outside (0, 1).
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, not {confidence}")
    counts = table(x1, n1, x0, n0)
    tolerance = R_TOLERANCE if compat == "R" else 1e-15
    a, b, c, d = (cell.ravel().tolist() for cell in counts)
    alpha = (1 - confidence) / 2
    cells = zip(a, b, c, d, strict=True)
    flat = np.array([_one(x, n, y, m, alpha, tolerance) for x, n, y, m in cells]).reshape(-1, 3)
    shape = counts[0].shape
    return OddsRatio(flat[:, 0].reshape(shape), flat[:, 1].reshape(shape), flat[:, 2].reshape(shape))


def _one(x1: float, n1: float, x0: float, n0: float, alpha: float, tolerance: float) -> tuple[float, float, float]:
    total = x1 + x0
    low, high = max(0.0, total - n0), min(total, n1)
    support = np.arange(low, high + 1)
    weight = -(
        gammaln(support + 1)
        + gammaln(n1 - support + 1)
        + gammaln(total - support + 1)
        + gammaln(n0 - total + support + 1)
    )

    def shares(odds: float) -> NDArray[np.float64]:
        power = weight + np.log(odds) * support
        unscaled = np.exp(power - power.max())
        return np.asarray(unscaled / unscaled.sum())

    def mean(odds: float) -> float:
        return low if odds == 0 else float(support @ shares(odds))

    def at_most(odds: float) -> float:
        return float(x1 >= low) if odds == 0 else float(shares(odds)[support <= x1].sum())

    def at_least(odds: float) -> float:
        return float(x1 <= low) if odds == 0 else float(shares(odds)[support >= x1].sum())

    estimate = 0.0 if x1 == low else np.inf if x1 == high else _solve(mean, x1, tolerance)
    lower = 0.0 if x1 == low else _solve(at_least, alpha, tolerance)
    upper = np.inf if x1 == high else _solve(lambda odds: -at_most(odds), -alpha, tolerance)
    return estimate, lower, upper


def _solve(rising: Callable[[float], float], target: float, tolerance: float) -> float:
    """The odds at which a rising function meets its target, sought between 0 and 1 or as an inverse of that."""
    at_one = rising(1.0)
    if at_one == target:
        return 1.0
    if at_one > target:
        return brent_root(lambda t: rising(t) - target, 0.0, 1.0, tolerance)
    return 1 / brent_root(lambda t: rising(1 / t) - target, EPS, 1.0, tolerance)
