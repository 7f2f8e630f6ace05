"""Prevalence: are more of the recent samples positive than the baseline explains?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from detectors.methods.beta_binomial import beta_binomial_tail

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WindowTest:
    """probability: P(as many positives or more | nothing changed). expected: positives expected in the window.

    ratio, low, high: prevalence now ÷ before, with 95 % limits. All of the shape of the counts given.
    """

    probability: Floats
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats


def shapes(x0: ArrayLike, n0: ArrayLike, rho: ArrayLike) -> tuple[Floats, Floats]:
    """Beta shapes of what the baseline says of the next window: Jeffreys' ½, precision at most 1/ρ − 1."""
    x, n, r = (np.asarray(v, np.float64) for v in (x0, n0, rho))
    a, b = np.minimum(x, n) + 0.5, np.maximum(n - x, 0) + 0.5
    scale = np.minimum(1.0, (1 / np.maximum(r, 1e-9) - 1) / (a + b))
    return a * scale, b * scale


def window_test(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike, rho: ArrayLike) -> WindowTest:
    """Beta-binomial predictive test of x1 positives among n1 recent samples against x0 among n0 earlier ones.

    Shapes broadcast, e.g. (series, time). rho: intra-batch correlation, "how lumpy". The predictive distribution with
    Jeffreys' prior is textbook (Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 2); capping its precision at
    1/ρ − 1 keeps a long baseline from pretending that samples of one batch are independent. x1 above n1 counts as n1.
    The ratio is of (x + ½)/(n + 1), its limits by the delta method on logs with the window's design effect.
    """
    x1_, n1_, x0_, n0_, r = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x1, n1, x0, n0, rho)))
    n1_, n0_ = np.maximum(n1_, 0), np.maximum(n0_, 0)
    x1_, x0_ = np.clip(x1_, 0, n1_), np.clip(x0_, 0, n0_)
    a, b = shapes(x0_, n0_, r)
    tail = beta_binomial_tail(x1_, n1_, a, b)
    p1, p0 = (x1_ + 0.5) / (n1_ + 1), (x0_ + 0.5) / (n0_ + 1)
    spread1 = (1 - p1) / (p1 * (n1_ + 1)) * (1 + n1_ * r)
    # Batches last weeks, not years: the baseline is hundreds of batches, the window a few, so only the window's counts.
    spread0 = (1 - p0) / (p0 * (n0_ + 1))
    reach = ndtri(0.975) * np.sqrt(spread1 + spread0)
    ratio = p1 / p0
    return WindowTest(tail, n1_ * a / (a + b), ratio, ratio * np.exp(-reach), ratio * np.exp(reach))


def smallest_count(n1: int, x0: int, n0: int, rho: float, alpha: float, least: int = 1) -> int | None:
    """The least number of positives among n1 samples with probability at most alpha; None if not even all would do."""
    a, b = shapes(float(x0), float(n0), rho)
    low, high = max(least, 1), n1
    if n1 < low or beta_binomial_tail(high, n1, a, b) > alpha:
        return None
    while low < high:
        middle = (low + high) // 2
        if beta_binomial_tail(middle, n1, a, b) <= alpha:
            high = middle
        else:
            low = middle + 1
    return low
