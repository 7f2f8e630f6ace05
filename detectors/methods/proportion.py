"""Comparisons of two shares: x1 of n1 samples positive recently against x0 of n0 before. Could the recent share be
chance?

All p-values are one-sided, P(as many positives or more | nothing has changed), and all functions take arrays of any
one shape (or shapes that broadcast), of whole numbers. A count above its total is taken as the total. Where a p-value
has no meaning it is NaN.

Which to use: Fisher's exact test is exact given the total of positives, and conservative. The plug-in binomial takes
the old share as known, so it alarms too often when n0 is small, and cannot speak when x0 = 0. The Poisson ratio suits
rare positives. The score test needs large counts. The beta-binomial predictive tail carries the uncertainty of the old
share and, with `rho`, the lumpiness of samples from one batch: it is what the prevalence method uses. None of the
others knows about batches.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaln, expit, ndtr

from detectors.methods.beta_binomial import beta_binomial_tail

Floats = NDArray[np.float64]


def table(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """The four counts as float arrays of one shape, with 0 ≤ x ≤ n.

    Raises ValueError for negative or missing numbers.
    """
    arrays = [np.asarray(a, dtype=np.float64) for a in (x1, n1, x0, n0)]
    for name, a in zip(("x1", "n1", "x0", "n0"), arrays, strict=True):
        if not bool(np.all(a >= 0)):
            raise ValueError(f"{name} must be counts of 0 or more, with none missing")
    a, b, c, d = np.broadcast_arrays(*arrays)
    return np.minimum(a, b), b.copy(), np.minimum(c, d), d.copy()


def fisher_tail(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike) -> Floats:
    """Fisher's exact test, one-sided: P(X ≥ x1), X hypergeometric given x0 + x1 positives in all (Fisher 1934)."""
    a, b, c, d = table(x1, n1, x0, n0)
    return np.asarray(np.clip(scipy.stats.hypergeom.sf(a - 1, b + d, a + c, b), 0, 1), dtype=np.float64)


def binomial_tail(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike) -> Floats:
    """P(Bin(n1, x0/n0) ≥ x1), the old share taken as known.

    NaN where x0 = 0 or n0 = 0: a share of 0 forbids any positive.
    """
    a, b, c, d = table(x1, n1, x0, n0)
    share = np.divide(c, d, out=np.full(a.shape, np.nan), where=(d > 0) & (c > 0))
    return _binomial_sf(a, b, share)


def poisson_ratio_tail(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike) -> Floats:
    """Ratio of two Poisson rates (Przyborowski & Wilenski 1940): P(Bin(x0 + x1, n1/(n0 + n1)) ≥ x1).

    NaN where n0 + n1 = 0.
    """
    a, b, c, d = table(x1, n1, x0, n0)
    share = np.divide(b, b + d, out=np.full(a.shape, np.nan), where=b + d > 0)
    return _binomial_sf(a, a + c, share)


def score_tail(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike) -> Floats:
    """Score test of two shares (pooled variance, no continuity correction).

    NaN where all or none are positive, or a total is 0.
    """
    a, b, c, d = table(x1, n1, x0, n0)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (a + c) / (b + d)
        z = (a / b - c / d) / np.sqrt(pooled * (1 - pooled) * (1 / b + 1 / d))
    z[~np.isfinite(z)] = np.nan
    return np.asarray(ndtr(-z), dtype=np.float64)


def predictive_tail(
    x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike, *, rho: float = 0.0, prior: float = 0.5
) -> Floats:
    """Beta-binomial predictive tail P(BetaBin(n1, a, b) ≥ x1), a = x0 + prior, b = n0 − x0 + prior (Jeffreys: prior ½).

    rho: overdispersion in [0, 1): the correlation of two samples of one window. a + b is capped at 1/rho − 1, so that
    the predictive distribution is never less lumpy than that; 0 means no cap. Raises ValueError for rho outside [0, 1)
    or prior ≤ 0.
    """
    if not 0 <= rho < 1 or prior <= 0:
        raise ValueError(f"rho must be in [0, 1) and prior above 0, not {rho} and {prior}")
    a, b, c, d = table(x1, n1, x0, n0)
    positive, negative = c + prior, d - c + prior
    if rho > 0:
        shrink = np.minimum(1.0, (1 / rho - 1) / (positive + negative))
        positive, negative = positive * shrink, negative * shrink
    return beta_binomial_tail(a, b, positive, negative)


def probability_raised(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike, *, nodes: int = 800) -> Floats:
    """Bayes: P(p1 > p0 | data) with independent Jeffreys priors on both shares, by quadrature (relative error below
    1e-9, and below 1e-5 where one side has no test and the other thousands).

    The integral of the density of the recent share times the distribution function of the old one, over the log-odds,
    where both are smooth; the ends are where the integrand is 1e-18 of its peak. nodes: points of the trapezoid rule.
    """
    a, b, c, d = table(x1, n1, x0, n0)
    return _raised(a + 0.5, b - a + 0.5, c + 0.5, d - c + 0.5, nodes)


def _binomial_sf(x: Floats, n: Floats, p: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        tail = betainc(np.maximum(x, 1), n - x + 1, p)
    result: Floats = np.where(np.isnan(p), np.nan, np.where(x <= 0, 1.0, tail))
    return result


def _raised(a1: Floats, b1: Floats, a0: Floats, b0: Floats, nodes: int) -> Floats:
    def drawn(u: Floats, a1: Floats, b1: Floats, a0: Floats, b0: Floats) -> Floats:
        """Logarithm of the integrand over the log-odds u: density of the recent share, distribution of the old one."""
        with np.errstate(divide="ignore"):
            below = np.log(betainc(a0, b0, expit(u)))
        return np.asarray(-a1 * np.logaddexp(0, -u) - b1 * np.logaddexp(0, u) - betaln(a1, b1) + below)

    shapes = (a1, b1, a0, b0)
    recent, old = np.log(a1 / b1), np.log(a0 / b0)
    left, right = recent - 1.0, np.maximum(recent, old) + 1.0
    # The integrand is log-concave in u: golden-section search finds its peak, bisection where it has fallen by e^-42.
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(60):
        one, two = right - ratio * (right - left), left + ratio * (right - left)
        rising = drawn(one, *shapes) < drawn(two, *shapes)
        left, right = np.where(rising, one, left), np.where(rising, right, two)
    peak = (left + right) / 2
    height = drawn(peak, *shapes)
    ends = []
    for direction in (-1.0, 1.0):
        near, far = peak, peak + direction * 700.0
        for _ in range(40):
            middle = (near + far) / 2
            fallen = drawn(middle, *shapes) < height - 42
            near, far = np.where(fallen, near, middle), np.where(fallen, middle, far)
        ends.append(far)
    # For an analytic integrand that vanishes at both ends the plain trapezoid converges faster than any power of its
    # step.
    grid = np.linspace(0, 1, nodes)
    total = np.zeros(a1.shape)
    for share in grid:
        total += np.exp(drawn(ends[0] + share * (ends[1] - ends[0]), *shapes))
    return np.asarray(np.clip(total * (ends[1] - ends[0]) / (nodes - 1), 0, 1), dtype=np.float64)
