"""Has the level of a measurement shifted, for example the strength of a drug? Recent values against baseline values.

Mann-Whitney (Wilcoxon) rank sum with Hodges-Lehmann shift; Welch's t on logarithms; Mood's test of scale;
Kolmogorov-Smirnov. Strengths are skewed and have outliers: take the rank test, and the Hodges-Lehmann shift of the
logarithms as a ratio. All assume one value per batch: five samples of one pressing are one value. References: R's
wilcox.test, t.test, mood.test and ks.test; where these stop early or are wrong `compat="R"` gives their figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtr

from detectors.methods.brent import brent_root

Floats = NDArray[np.float64]
Compat = Literal["R"] | None
R_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class RankSum:
    """u: pairs in which the recent value is the higher one, ties counting half.

    p: P(U ≥ u | no shift), NaN without any pair or any spread.
    """

    u: float
    p: float


def rank_sum(recent: ArrayLike, baseline: ArrayLike) -> RankSum:
    """Mann-Whitney U, one-sided (recent higher): normal approximation with corrections for ties and continuity."""
    x, y = _values(recent), _values(baseline)
    if not x.size or not y.size:
        return RankSum(float("nan"), float("nan"))
    excess, spread = _rank_excess(x, y)
    p = float(ndtr(-(excess - 0.5) / spread)) if spread > 0 else float("nan")
    return RankSum(float(excess + x.size * y.size / 2), p)


def hodges_lehmann(recent: ArrayLike, baseline: ArrayLike, *, compat: Compat = None) -> float:
    """Median of all differences recent − baseline, in their unit; NaN without values.

    compat="R": the root that wilcox.test reports, ± 1e-4.
    """
    x, y = _values(recent), _values(baseline)
    if not x.size or not y.size:
        return float("nan")
    if compat is None:
        return float(np.median(np.subtract.outer(x, y)))

    def standardised(shift: float) -> float:
        excess, spread = _rank_excess(x - shift, y)
        return excess / spread if spread > 0 else 0.0

    return brent_root(standardised, float(x.min() - y.max()), float(x.max() - y.min()), R_TOLERANCE)


def welch_tail(recent: ArrayLike, baseline: ArrayLike) -> float:
    """P-value of Welch's t test, one-sided (recent mean higher); NaN with fewer than two values a side or no spread."""
    x, y = _values(recent), _values(baseline)
    if x.size < 2 or y.size < 2:
        return float("nan")
    vx, vy = x.var(ddof=1) / x.size, y.var(ddof=1) / y.size
    if vx + vy == 0:
        return float("nan")
    df = (vx + vy) ** 2 / (vx**2 / (x.size - 1) + vy**2 / (y.size - 1))
    return float(stdtr(df, -(x.mean() - y.mean()) / np.sqrt(vx + vy)))


def mood_scale(recent: ArrayLike, baseline: ArrayLike, *, compat: Compat = None) -> float:
    """Two-sided p-value of Mood's (1954) test of scale with Mielke's (1967) correction for ties; NaN with fewer than
    three values.

    compat="R": `mood.test` puts 15 (N − t)² where Mielke has 15 (N − S − S′)², S and S′ being the counts up to and
    before the tie.
    """
    x, y = _values(recent), _values(baseline)
    m, n = x.size, y.size
    total = m + n
    if total < 3 or not m or not n:
        return float("nan")
    _, which, tied = np.unique(np.concatenate([x, y]), return_inverse=True, return_counts=True)
    upto = np.cumsum(tied)
    squares = np.cumsum(np.square(np.arange(1, total + 1) - (total + 1) / 2))
    score = np.diff(np.concatenate([[0], squares[upto - 1]])) / tied
    offset = total - tied if compat == "R" else total - upto - (upto - tied)
    variance = m * n * (total + 1) * (total + 2) * (total - 2) / 180
    variance -= m * n / (180 * total * (total - 1)) * np.sum(tied * (tied**2 - 1) * (tied**2 - 4 + 15 * offset**2))
    if variance <= 0:
        return float("nan")
    z = (score[which[:m]].sum() - m * (total**2 - 1) / 12) / np.sqrt(variance)
    return float(2 * ndtr(-abs(z)))


def kolmogorov_tail(recent: ArrayLike, baseline: ArrayLike, *, compat: Compat = None) -> float:
    """One-sided Kolmogorov-Smirnov p-value (recent values higher), exact without ties; NaN without values.

    compat="R": Smirnov's limit exp(−2 D² mn / (m + n)), which `ks.test` gives where there are ties.
    """
    x, y = _values(recent), _values(baseline)
    if not x.size or not y.size:
        return float("nan")
    if compat is None:
        return float(scipy.stats.ks_2samp(x, y, alternative="less", method="auto").pvalue)
    points = np.concatenate([x, y])
    lower = np.searchsorted(np.sort(y), points, side="right") / y.size
    distance = max(0.0, float(np.max(lower - np.searchsorted(np.sort(x), points, side="right") / x.size)))
    return float(np.exp(-2 * distance**2 * x.size * y.size / (x.size + y.size)))


def _values(sample: ArrayLike) -> Floats:
    values = np.asarray(sample, dtype=np.float64).ravel()
    return values[np.isfinite(values)]


def _rank_excess(x: Floats, y: Floats) -> tuple[float, float]:
    """U less its mean under no shift, and its standard deviation corrected for ties."""
    m, n = x.size, y.size
    pooled = np.concatenate([x, y])
    ranks = scipy.stats.rankdata(pooled)
    tied = np.unique(pooled, return_counts=True)[1].astype(np.float64)
    total = m + n
    spread = np.sqrt(m * n / 12 * (total + 1 - np.sum(tied**3 - tied) / (total * (total - 1)))) if total > 1 else 0.0
    return float(ranks[:m].sum() - m * (m + 1) / 2 - m * n / 2), float(spread)
