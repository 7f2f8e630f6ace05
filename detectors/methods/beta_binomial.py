"""Upper tail of the beta-binomial distribution, fast and right far into the tail.

P(X ≥ x) for X ~ BetaBin(n, a, b) is summed from its largest term by the ratio of neighbouring probabilities

    f(k + 1) / f(k) = (n − k)(k + a) / ((k + 1)(n − k − 1 + b))

on whichever side of the mean is shorter. Summing the tail itself keeps it right where one minus the distribution
function is only rounding error (below 1e-10), which is where alerts are decided (Johnson, Kemp & Kotz 2005, Univariate
Discrete Distributions, ch. 6).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaln

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-17
"""A further term this small beside the sum so far cannot change it."""


def beta_binomial_tail(x: ArrayLike, n: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """P(X ≥ x), X ~ BetaBin(n, a, b), elementwise for arrays that broadcast; 1 where x ≤ 0, 0 where x > n.

    Raises ValueError where a or b is not positive.
    """
    xs, ns, shape_a, shape_b = (
        np.array(v, dtype=np.float64)
        for v in np.broadcast_arrays(*(np.asarray(w, dtype=np.float64) for w in (x, n, a, b)))
    )
    if not bool(np.all((shape_a > 0) & (shape_b > 0))):
        raise ValueError("the beta-binomial shapes a and b must be above 0")
    result = np.where(xs <= 0, 1.0, 0.0)
    inside = (xs > 0) & (xs <= ns)
    upper = inside & (xs > ns * shape_a / (shape_a + shape_b))
    lower = inside & ~upper
    result[upper] = _sum(xs[upper], ns[upper], shape_a[upper], shape_b[upper])
    # Below the mean: count the failures instead, n − x + 1 of which would be too many.
    result[lower] = 1 - _sum(ns[lower] - xs[lower] + 1, ns[lower], shape_b[lower], shape_a[lower])
    return np.clip(result, 0.0, 1.0)


def log_probability(k: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    """Natural logarithm of P(X = k), elementwise."""
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(choose + betaln(k + a, n - k + b) - betaln(a, b), dtype=np.float64)


def _sum(x: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    total = np.zeros(x.shape)
    if not x.size:
        return total
    where = np.arange(x.size)
    k = x.copy()
    scale = np.exp(log_probability(x, n, a, b))
    term = np.ones(x.shape)
    sums = np.ones(x.shape)
    rounds = 0
    while where.size:
        term = term * ((n - k) * (k + a) / ((k + 1) * (n - k - 1 + b)))
        k = k + 1
        sums = sums + term
        rounds += 1
        if rounds % 8 == 0 or where.size < 64:
            going = (k < n) & (term > NEGLIGIBLE * sums)
            if not going.all():
                done = ~going
                total[where[done]] = sums[done]
                where = where[going]
                k, n, a, b, term, sums = (v[going] for v in (k, n, a, b, term, sums))
    return total * scale
