"""From what is expected to how many would be too many: the thresholds of the Farrington flexible algorithm.

Source: Farrington et al. (1996) for "delta", a normal limit on the ⅔ power of the count; Noufaily et al. (2013) for
"nbPlugin" and "muan", quantiles of a negative binomial with mean μ and variance φμ: at the estimated μ, or at its
upper confidence limit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc, ndtr, ndtri

Floats = NDArray[np.float64]
ThresholdMethod = Literal["delta", "nbPlugin", "muan"]
Power = Literal["2/3", "1/2", "none"]
EXPONENT: dict[str, float] = {"2/3": 2 / 3, "1/2": 0.5, "none": 1.0}
HIGHEST = 1e12
"""Counts above this are not searched: the limit is infinite for every purpose."""


def delta_limit(y: Floats, mu: Floats, error: Floats, phi: Floats, alpha: float, power: Power) -> tuple[Floats, Floats]:
    """Upper limit and p-value of y. mu: expected count, error: its standard error; arrays of one shape."""
    exponent = EXPONENT[power]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        tau = phi + error**2 / mu
        spread = exponent * np.sqrt(tau) * mu ** (exponent - 0.5)
        middle = mu**exponent
        upper = (middle + float(ndtri(1 - alpha)) * spread) ** (1 / exponent)
        p = ndtr(-(y**exponent - middle) / spread)
    return upper, p


def upper_tail(y: Floats, mu: Floats, phi: Floats) -> Floats:
    """P(Y ≥ y), Y negative binomial of mean mu and variance phi · mu, Poisson if phi = 1; NaN if mu is not finite."""
    counts, means, spreads = np.broadcast_arrays(np.asarray(y, float), np.asarray(mu, float), np.asarray(phi, float))
    tail = np.ones(counts.shape)
    tail[~(np.isfinite(means) & np.isfinite(spreads))] = np.nan
    some = np.isfinite(means) & (counts > 0) & np.isfinite(spreads)
    tail[some] = _tail(counts[some], means[some], spreads[some])
    return tail


def upper_quantile(mu: Floats, phi: Floats, alpha: float) -> Floats:
    """Smallest whole number q with P(Y > q) ≤ alpha, Y as in `upper_tail`; infinity above 1e12, NaN where mu is NaN or
    infinite.

    Found by bracketing and bisection on the upper tail; `scipy.stats.nbinom.ppf` can run for minutes on extreme
    parameters.
    """
    means, spreads = np.broadcast_arrays(np.asarray(mu, float), np.asarray(phi, float))
    result = np.full(means.shape, np.nan)
    known = np.isfinite(means) & np.isfinite(spreads)
    result[known] = _search(means[known], spreads[known], alpha * (1 + 64 * np.finfo(np.float64).eps))
    return result


def _tail(y: Floats, mu: Floats, phi: Floats) -> Floats:
    """P(Y ≥ y) for y ≥ 1."""
    tail = np.empty(y.shape)
    wide = phi > 1
    tail[~wide] = gammainc(y[~wide], mu[~wide])
    size = np.maximum(mu[wide] / (phi[wide] - 1), 1e-300)
    tail[wide] = betainc(y[wide], size, (phi[wide] - 1) / phi[wide])
    return tail


def _search(mu: Floats, phi: Floats, alpha: float) -> Floats:
    z = float(ndtri(min(max(1 - alpha, 1e-300), 1 - 1e-16)))
    deviation = np.sqrt(mu * phi)
    # Cornish-Fisher's second term: the skewness of the negative binomial is (2φ − 1) / sd.
    guess = np.maximum(0.0, np.floor(mu + z * deviation + (z * z - 1) / 6 * (2 * phi - 1)))
    result = np.full(mu.shape, np.inf)
    near = guess < HIGHEST
    which = np.flatnonzero(near)
    low = np.full(which.size, -1.0)
    high = np.full(which.size, np.inf)
    q, step = guess[near], np.ones(which.size)
    while which.size:
        enough = _tail(q + 1, mu[which], phi[which]) <= alpha
        high = np.where(enough, q, high)
        low = np.where(enough, low, q)
        found = high - low <= 1
        result[which[found]] = high[found]
        going = ~found & (low < HIGHEST)
        which, enough = which[going], enough[going]
        low, high, q, step = (v[going] for v in (low, high, q, step))
        bounded = np.isfinite(high)
        walk = np.where(enough, np.maximum(q - step, low), q + step)
        inside = (walk > low) & (walk < high)
        q = np.where(inside, walk, np.where(bounded, np.floor((low + high) / 2), walk))
        step = step * 2
    return result
