"""Emergence: the odds that a substance has, at some unknown week, become materially more common.

A quickest-change statistic over positives among samples, for all series at once; derived in docs/methods.md.
Shiryaev (1963) and Roberts (1966) sum the likelihood ratio over all possible onsets; Fuh & Mei (2015), Quickest change
detection and Kullback-Leibler divergence for two-state hidden Markov models, IEEE Trans. Signal Process. 63, allow the
state after the change to move; here it is the new prevalence, which may climb and may end. Batches make samples alike:
the likelihood is beta-binomial, with a dispersion learnt from all series together (empirical Bayes, Robbins 1956).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, gammaln, logit

from detectors.methods.dispersion import (
    BLOCK,
    DISPERSIONS,
    FINE,
    TELLING,
    Floats,
    believed_dispersion,
    dispersion_evidence,
)

PREVALENCES: Floats = expit(np.linspace(logit(0.01), logit(0.97), 18))
"""Prevalences after an emergence: evenly spaced in log-odds, half a unit apart."""
MEMORY = 26
"""Weeks that the recursion runs in before the first week that is asked for."""
WEEK_CAP = 4096
"""Samples a week beyond which no more is learnt: with the least dispersion, 1/0.0005 samples hold all information."""
_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class EmergenceResult:
    """score: (series, watch) log odds of an emergence against none, up to the prior; larger alarms more, never NaN.

    Of the last week: baseline: (series,) prevalence expected; precision: (series,) tests that this knowledge is worth;
    dispersion: (series,) intra-batch correlation used.
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
    raw_y, raw_n = np.atleast_2d(np.asarray(y)), np.atleast_2d(np.asarray(n))
    if raw_y.shape != raw_n.shape or raw_y.ndim != 2:
        raise ValueError(f"positives {raw_y.shape} and tests {raw_n.shape} must be one table of (series, weeks)")
    if not (weeks >= 1 and gap >= 0 and ratio >= 1 and 0 <= climb < 1 and 0 <= end < 1):
        raise ValueError("emergence needs weeks ≥ 1, gap ≥ 0, ratio ≥ 1, and climb and end from 0 to below 1")
    series, time = raw_y.shape
    watch = time if watch is None else min(watch, time)
    first = max(time - watch - MEMORY, 0)
    # In parts, twice over: first what each series says about batches, then, knowing what all say, the statistic.
    parts = [slice(start, start + _CHUNK) for start in range(0, series, _CHUNK)]
    blocks = -(-time // BLOCK)
    evidence = np.zeros((blocks, DISPERSIONS.size, series), dtype=np.float32)
    telling = np.zeros((blocks, series), dtype=np.bool_)
    weights = None if prior is None else np.asarray(prior, np.float64)
    # Who is certain of one dispersion has nothing to learn.
    for part in parts if weights is None or np.count_nonzero(weights) != 1 else ():
        yy, nn = _clean(raw_y[part], raw_n[part])
        x0, n0 = (_windowed(v, weeks, gap) for v in (yy, nn))
        evidence[:, :, part] = dispersion_evidence(yy, nn, (x0 + 0.5) / (n0 + 1.0))
        telling[:, part] = x0[:, ::BLOCK].T >= TELLING
    believed = believed_dispersion(evidence, telling, weeks=weeks, gap=gap, first=first, prior=weights)
    out = EmergenceResult(np.empty((series, watch)), np.empty(series), np.empty(series), np.empty(series))
    block_of = np.arange(first, time) // BLOCK
    for part in parts:
        yy, nn = _clean(raw_y[part], raw_n[part])
        x0, n0, n2 = (_windowed(v, weeks, gap)[:, first:] for v in (yy, nn, nn * nn))
        yy, nn = yy[:, first:], nn[:, first:]
        mean = (x0 + 0.5) / (n0 + 1.0)
        index = believed[:, part].T[:, block_of].astype(np.intp)
        rho = FINE[index]
        # A baseline of batches knows less than its count of tests: divide by the design effect (Kish 1965).
        known = (n0 + 1) / (1 + np.maximum(n2 / np.maximum(n0, 1) - 1, 0) * rho)
        precision = 1 / (rho / (1 - rho) + 1 / known)
        a, b = mean * precision, (1 - mean) * precision
        null = betaln(yy + a, nn - yy + b) - betaln(a, b)
        tables = _tables(min(1 << int(nn.max(initial=0)).bit_length(), WEEK_CAP))
        score = _recursion(yy, nn, index, mean, null, tables, ratio, climb, end)
        if watch:
            out.score[part] = score[:, -watch:]
            out.baseline[part], out.precision[part], out.dispersion[part] = mean[:, -1], known[:, -1], rho[:, -1]
    return out


def _clean(y: NDArray[np.generic], n: NDArray[np.generic]) -> tuple[Floats, Floats]:
    y_, n_ = y.astype(np.float64), n.astype(np.float64)
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
        c = 1 / FINE - 1
        counts = np.arange(most + 1)[:, None, None]
        a, b = c[:, None] * PREVALENCES, c[:, None] * (1 - PREVALENCES)
        flat = (-1, PREVALENCES.size)
        return cls(
            (gammaln(counts + a) - gammaln(a)).reshape(flat),
            (gammaln(counts + b) - gammaln(b)).reshape(flat),
            (gammaln(counts[:, :, 0] + c) - gammaln(c)).ravel(),
        )


@lru_cache(maxsize=4)  # the same few sizes are asked for at each look; the largest takes 30 MB
def _tables(most: int) -> _Tables:
    return _Tables.upto(most)


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
    size = FINE.size
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
