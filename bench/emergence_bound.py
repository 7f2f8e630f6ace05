"""How much could any detector find? One that knows all of a series but the week of its onset and its kind of emergence.

Its score is the sum, over the onsets of the last weeks and the three kinds, of the likelihood ratio of the true path of
the share against the true share before (Shiryaev 1963; Roberts 1966): what a detector that must learn these from the
counts cannot do better than on the whole, but for chance.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln

from bench.emergence_set import FIRST_WATCHED, EmergenceSet, Floats, Truth, risen

LONGEST = 16
"""Weeks since an onset beyond which it is found or missed."""
LEAST = 1e-4
"""A share that is never quite none, so that a first finding is a surprise and no certainty."""


def all_known(made: EmergenceSet, truth: Truth) -> Floats:
    """(series, watched weeks) the score."""
    y, n = made.y.astype(np.float64), made.n.astype(np.float64)
    before = np.maximum(np.clip(truth.before, 0, 1), LEAST)
    null = _log_likelihood(y, n, before, truth.rho)
    total = np.zeros(y.shape)
    for kind in (1, 2, 3):
        sums = np.zeros((LONGEST, *y.shape))
        for age in range(LONGEST):
            share = np.maximum(risen(before, truth.reached[:, kind - 1], kind, age), LEAST)
            gain = _log_likelihood(y, n, share, truth.rho) - null
            sums[age] = gain
            if age:
                sums[age, :, 0] = 0.0
                sums[age, :, 1:] = gain[:, 1:] + sums[age - 1, :, :-1]
        total += np.exp(np.clip(sums, -200, 200)).sum(axis=0) / 3
    return np.asarray(np.log(total)[:, FIRST_WATCHED:])


def _log_likelihood(y: Floats, n: Floats, share: Floats, rho: Floats) -> Floats:
    worth = (1 / rho - 1)[:, None]
    a, b = share * worth, (1 - share) * worth
    return np.asarray(betaln(y + a, n - y + b) - betaln(a, b))
