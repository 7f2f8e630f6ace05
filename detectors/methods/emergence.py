"""Emergence: the odds that a substance has, at some unknown week, become materially more common.

A quickest-change statistic over positives among samples, for all series at once; derived in docs/methods.md.
Shiryaev (1963) and Roberts (1966) sum the likelihood ratio over all possible onsets; Fuh & Mei (2015), Quickest change
detection and Kullback-Leibler divergence for two-state hidden Markov models, IEEE Trans. Signal Process. 63, allow the
state after the change to move; here it is the new prevalence, which may climb and may end. Batches make samples alike:
the likelihood is beta-binomial, with a dispersion learnt from all series together (empirical Bayes, Robbins 1956).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, gammaln, logit

Floats = NDArray[np.float64]

DISPERSIONS: Floats = np.array([0.0005, 0.005, 0.01, 0.02, 0.03, 0.045, 0.07])
"""Intra-batch correlations thought possible: 0.0005 is as good as none; with 0.07, 15 samples say as much as 8."""
PREVALENCES: Floats = expit(np.linspace(logit(0.01), logit(0.97), 18))
"""Prevalences after an emergence: evenly spaced in log-odds, half a unit apart."""
BLOCK = 13
"""Weeks after which baseline and dispersion of the dispersion's own likelihood are brought up to date: a quarter."""
TELLING = 10
"""Positives in the baseline from which a series has something to say about batches."""
MEMORY = 26
"""Weeks that the recursion runs in before the first week that is asked for."""
WEEK_CAP = 4096
"""Samples a week beyond which no more is learnt: with the least dispersion, 1/0.0005 samples hold all information."""
_FINE: Floats = np.geomspace(DISPERSIONS[0], DISPERSIONS[-1], 25)
_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class EmergenceResult:
    """Columns are the last `watch` weeks.

    score: (series, watch) log odds of an emergence against none, up to the prior; larger is more alarming, never NaN.
    baseline: (series, watch) prevalence expected. precision: (series, watch) tests that this knowledge is worth.
    dispersion: (series, watch) intra-batch correlation used.
    """

    score: Floats
    baseline: Floats
    precision: Floats
    dispersion: Floats


def emergence(
    y: ArrayLike,
    n: ArrayLike,
    *,
    watch: int | None = None,
    weeks: int = 208,
    gap: int = 4,
    ratio: float = 2.0,
    climb: float = 0.2,
    end: float = 0.05,
    prior: ArrayLike | None = None,
) -> EmergenceResult:
    """Score every series in each of the last `watch` weeks (all, if None), using what was known up to that week only.

    y, n: (series, time) positives and samples tested a week, oldest first; NaN counts as a week without tests, y above
    n as n. weeks, gap: the baseline is the `weeks` weeks that ended `gap` weeks ago. ratio: least odds ratio worth an
    alarm. climb: chance a week that an emerged prevalence moves up by one step of half a log-odds. end: chance a week
    that the emergence is over. prior: (7,) weights of DISPERSIONS; None learns them from the series given.

    With π₀ the baseline, ρ the dispersion and f the beta-binomial probability of a week, for each prevalence k:
        Rₖ ← (wₖ + (1 − end)·(moved R)ₖ) · f(y; n, πₖ, ρ) / f(y; n, baseline, ρ),   score = log Σₖ Rₖ
    where w is uniform over the prevalences with odds at least `ratio` times the baseline's.
    Raises ValueError for shapes that differ or parameters out of bounds.
    """
    y_, n_ = _clean(y, n)
    if not (weeks >= 1 and gap >= 0 and ratio >= 1 and 0 <= climb < 1 and 0 <= end < 1):
        raise ValueError("emergence needs weeks ≥ 1, gap ≥ 0, ratio ≥ 1, and climb and end from 0 to below 1")
    series, time = y_.shape
    watch = time if watch is None else min(watch, time)
    first = max(time - watch - MEMORY, 0)
    x0, n0, n2 = (_windowed(v, weeks, gap) for v in (y_, n_, n_ * n_))
    mean = (x0 + 0.5) / (n0 + 1.0)
    index = _dispersion_index(y_, n_, mean, x0, weeks, gap, first, prior)
    out = EmergenceResult(*(np.empty((series, watch)) for _ in range(4)))
    tables = _Tables.upto(int(n_[:, first:].max(initial=0)))
    for start in range(0, series, _CHUNK):
        part = slice(start, start + _CHUNK)
        rho = _FINE[index[part]]
        m = mean[part, first:]
        # A baseline of batches knows less than its count of tests: divide by the design effect (Kish 1965).
        effect = 1 + np.maximum(n2[part, first:] / np.maximum(n0[part, first:], 1) - 1, 0) * rho
        known = (n0[part, first:] + 1) / effect
        precision = 1 / (rho / (1 - rho) + 1 / known)
        yy, nn = y_[part, first:], n_[part, first:]
        null = betaln(yy + m * precision, nn - yy + (1 - m) * precision) - betaln(m * precision, (1 - m) * precision)
        score = _recursion(yy, nn, index[part], m, null, tables, ratio, climb, end)
        keep = slice(time - watch - first, None)
        out.score[part], out.baseline[part] = score[:, keep], m[:, keep]
        out.precision[part], out.dispersion[part] = known[:, keep], rho[:, keep]
    return out


def _clean(y: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    y_, n_ = np.atleast_2d(np.asarray(y, np.float64)), np.atleast_2d(np.asarray(n, np.float64))
    if y_.shape != n_.shape or y_.ndim != 2:
        raise ValueError(f"positives {y_.shape} and tests {n_.shape} must be one table of (series, weeks)")
    n_ = np.where(np.isfinite(n_) & np.isfinite(y_), np.maximum(np.floor(n_), 0), 0)
    y_ = np.clip(np.where(n_ > 0, np.round(np.nan_to_num(y_)), 0), 0, n_)
    big = n_ > WEEK_CAP
    if big.any():
        y_ = np.where(big, np.round(y_ * WEEK_CAP / np.maximum(n_, 1)), y_)
        n_ = np.minimum(n_, WEEK_CAP)
    return y_, n_


def _windowed(v: Floats, weeks: int, gap: int) -> Floats:
    """(series, time) sums over the `weeks` weeks that ended `gap` weeks before each week."""
    total = np.zeros((v.shape[0], v.shape[1] + 1))
    np.cumsum(v, axis=1, out=total[:, 1:])
    t = np.arange(v.shape[1])
    out: Floats = total[:, np.maximum(t - gap, 0)] - total[:, np.maximum(t - gap - weeks, 0)]
    return out


def _dispersion_index(
    y: Floats, n: Floats, mean: Floats, x0: Floats, weeks: int, gap: int, first: int, prior: ArrayLike | None
) -> NDArray[np.intp]:
    """(series, time − first) index into _FINE of each series' posterior mean dispersion, brought up to date by block.

    The evidence is prequential: each week judged by the baseline known before its block. The population of dispersions
    is learnt by EM over the series with at least TELLING positives.
    """
    series, time = y.shape
    blocks = -(-time // BLOCK)
    evidence = np.zeros((blocks, DISPERSIONS.size, series))
    for block in range(2, blocks):  # half a year without judgement: there is no baseline yet
        span = slice(block * BLOCK, min((block + 1) * BLOCK, time))
        yy, nn, m = y[:, span], n[:, span], mean[:, block * BLOCK, None]
        hit = yy > 0
        for g, rho in enumerate(DISPERSIONS):
            c = 1 / rho - 1
            a, b = m * c, (1 - m) * c
            total = gammaln(nn - yy + b) - gammaln(b) - _rising(nn, c)
            total[hit] += (
                gammaln(yy[hit] + np.broadcast_to(a, yy.shape)[hit]) - np.broadcast_to(gammaln(a), yy.shape)[hit]
            )
            evidence[block, g] = total.sum(axis=1)
    weight = np.full(DISPERSIONS.size, 1 / DISPERSIONS.size) if prior is None else np.asarray(prior, np.float64)
    index = np.empty((series, time - first), dtype=np.intp)
    delay, span_blocks = -(-(gap + 4) // BLOCK), max(weeks // BLOCK, 1)
    for block in range(first // BLOCK, blocks):
        upto = max(block - delay + 1, 0)
        log = evidence[max(upto - span_blocks, 0) : upto].sum(axis=0)
        likelihood = np.exp(log - log.max(axis=0))
        telling = likelihood[:, x0[:, block * BLOCK] >= TELLING]
        if prior is None and telling.shape[1] >= 5:
            for _ in range(20):
                share = weight[:, None] * telling
                weight = 0.99 * (share / share.sum(axis=0)).mean(axis=1) + 0.01 / DISPERSIONS.size
        posterior = weight[:, None] * likelihood
        believed = (DISPERSIONS @ posterior) / posterior.sum(axis=0)
        nearest = np.clip(
            np.round(np.interp(np.log(believed), np.log(_FINE), np.arange(_FINE.size))), 0, _FINE.size - 1
        )
        index[:, max(block * BLOCK - first, 0) : (block + 1) * BLOCK - first] = nearest[:, None].astype(np.intp)
    return index


def _rising(n: Floats, c: float) -> Floats:
    """log of c (c+1) … (c+n−1), by table: n is a whole number up to WEEK_CAP."""
    table = gammaln(np.arange(int(n.max(initial=0)) + 1) + c) - gammaln(c)
    out: Floats = table[n.astype(np.intp)]
    return out


@dataclass(frozen=True, slots=True)
class _Tables:
    """Log rising factorials, so that a week's likelihood under each prevalence is three look-ups instead of six gammas.

    positive, negative: (count + 1, dispersion, prevalence) flattened on the first two; tested: (count + 1, dispersion).
    """

    positive: Floats
    negative: Floats
    tested: Floats

    @classmethod
    def upto(cls, most: int) -> _Tables:
        c = 1 / _FINE - 1
        counts = np.arange(most + 1)[:, None, None]
        a, b = c[:, None] * PREVALENCES, c[:, None] * (1 - PREVALENCES)
        flat = (-1, PREVALENCES.size)
        return cls(
            (gammaln(counts + a) - gammaln(a)).reshape(flat),
            (gammaln(counts + b) - gammaln(b)).reshape(flat),
            (gammaln(counts[:, :, 0] + c) - gammaln(c)).ravel(),
        )


def _recursion(
    y: Floats,
    n: Floats,
    index: NDArray[np.intp],
    mean: Floats,
    null: Floats,
    tables: _Tables,
    ratio: float,
    climb: float,
    end: float,
) -> Floats:
    """(series, time) log Σ R; see `emergence`."""
    size = _FINE.size
    at_y, at_miss = y.astype(np.intp) * size + index, (n - y).astype(np.intp) * size + index
    base = tables.tested[n.astype(np.intp) * size + index] + null
    odds = logit(PREVALENCES)
    # The lowest prevalence worth an alarm; where even the highest is not, only the highest is watched for.
    lowest = np.minimum(np.searchsorted(odds, logit(mean) + np.log(ratio) - 1e-9), odds.size - 1)
    steps = np.arange(odds.size)
    entry = (steps >= np.arange(odds.size)[:, None]) / (odds.size - np.arange(odds.size)[:, None])
    state = np.zeros((y.shape[0], odds.size))
    score = np.empty(y.shape)
    for t in range(y.shape[1]):
        gain = tables.positive[at_y[:, t]]
        gain += tables.negative[at_miss[:, t]]
        gain -= base[:, t, None]
        moved = state * ((1 - end) * (1 - climb))
        moved[:, 1:] += state[:, :-1] * ((1 - end) * climb)
        moved[:, -1] += state[:, -1] * ((1 - end) * climb)
        moved += entry[lowest[:, t]]
        state = moved * np.exp(np.clip(gain, -230, 230, out=gain), out=gain)
        np.clip(state, 1e-200, 1e200, out=state)
        score[:, t] = np.log(state.sum(axis=1))
    return score
