"""How much samples of one week resemble one another, learnt from all series together.

ρ is the intra-batch correlation of the beta-binomial. One series seldom tells it; all together tell how it is spread
over series (empirical Bayes, Robbins 1956), and each takes from that what its own weeks make likely.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

DISPERSIONS: Floats = np.array([0.0005, 0.005, 0.01, 0.02, 0.03, 0.045, 0.07])
"""Intra-batch correlations thought possible: 0.0005 is as good as none; with 0.07, 15 samples say as much as 8."""
FINE: Floats = np.geomspace(DISPERSIONS[0], DISPERSIONS[-1], 25)
"""The values that a posterior mean is rounded to, so that likelihoods can be looked up."""
BLOCK = 13
"""Weeks after which what is believed of ρ is brought up to date: a quarter."""
TELLING = 10
"""Positives in the baseline from which a series has something to say about batches."""


def dispersion_evidence(y: Floats, n: Floats, mean: Floats) -> NDArray[np.float32]:
    """(blocks, dispersions, series) log likelihood of each quarter under each ρ, up to a constant.

    y, n, mean: (series, time) positives, tests and the prevalence that the baseline gave. Each quarter is judged by the
    baseline known before it (prequentially, Dawid 1984); the first half year is not judged, as there is none yet.
    """
    series, time = y.shape
    blocks = -(-time // BLOCK)
    out = np.zeros((blocks, DISPERSIONS.size, series), dtype=np.float32)
    c = (1 / DISPERSIONS - 1)[:, None, None]
    rising = _rising(int(n.max(initial=0)), c[:, :, 0])
    for block in range(2, blocks):
        span = slice(block * BLOCK, min((block + 1) * BLOCK, time))
        yy, nn, m = y[:, span], n[:, span], mean[:, block * BLOCK, None]
        # All dispersions at once: (dispersions, series, weeks).
        a, b = m * c, (1 - m) * c
        total = gammaln(nn - yy + b) - gammaln(b) - rising[:, nn.astype(np.intp)]
        # Most weeks have no positives, and then their term is nothing.
        row, week = np.nonzero(yy > 0)
        shape = a[:, row, 0]
        total[:, row, week] += gammaln(yy[row, week] + shape) - gammaln(shape)
        out[block] = total.sum(axis=2)
    return out


def believed_dispersion(
    evidence: NDArray[np.float32],
    telling: NDArray[np.bool_],
    *,
    weeks: int,
    gap: int,
    first: int,
    prior: Floats | None,
) -> NDArray[np.int8]:
    """(blocks, series) index into FINE of each series' posterior mean ρ, from the block of week `first` on (0 before).

    evidence: as from `dispersion_evidence`. telling: (blocks, series) whether the baseline at the block's start held
    TELLING positives. weeks, gap: length of the baseline and its distance. prior: (7,) weights of DISPERSIONS; None
    learns them by EM over the telling series, if there are five; they start out even.
    """
    blocks, size, series = evidence.shape
    weight = np.full(size, 1 / size) if prior is None else prior
    delay, span = -(-(gap + 4) // BLOCK), max(weeks // BLOCK, 1)
    out = np.zeros((blocks, series), dtype=np.int8)
    for block in range(first // BLOCK, blocks):
        upto = max(block - delay + 1, 0)
        log = evidence[max(upto - span, 0) : upto].sum(axis=0, dtype=np.float64)
        likelihood = np.exp(log - log.max(axis=0))
        says = likelihood[:, telling[block]]
        if prior is None and says.shape[1] >= 5:
            for _ in range(20):
                share = weight[:, None] * says
                weight = 0.99 * (share / share.sum(axis=0)).mean(axis=1) + 0.01 / size
        posterior = weight[:, None] * likelihood
        mean = (DISPERSIONS @ posterior) / posterior.sum(axis=0)
        out[block] = np.round(np.interp(np.log(mean), np.log(FINE), np.arange(FINE.size))).astype(np.int8)
    return out


def _rising(most: int, c: Floats) -> Floats:
    """(dispersions, most + 1) log of c (c+1) … (c+n−1) for each n up to `most`, which is not large. c: a column."""
    table: Floats = gammaln(np.arange(most + 1) + c) - gammaln(c)
    return table
