"""Many families in many places: which findings still mean something, family by family?

Source: Benjamini & Bogomolov (2014), JRSS B 76 (selective inference on multiple families of hypotheses); Simes (1986).
A family (a substance with its isomers) is judged by Simes' combined p of its places; Benjamini-Hochberg over families
selects R of M at `rate`; within each selected family Benjamini-Hochberg at rate · R/M tells which places. It controls
the expected average share of false places over the selected families. One heap of all series does not: there a family
with many true places pays for the false ones of others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.methods.multiple_testing import benjamini_hochberg


@dataclass(frozen=True, slots=True)
class Discoveries:
    """inside: (tests,) whether each is in the set. q: (tests,) the smallest rate at which it would be.
    family_p: (families,) Simes' p, in the order of `families`. families: (families,) their labels, sorted."""

    inside: NDArray[np.bool_]
    q: NDArray[np.float64]
    family_p: NDArray[np.float64]
    families: NDArray[np.int64]


def hierarchical(
    p: ArrayLike, family: ArrayLike, *, rate: float = 0.1, tested: ArrayLike | None = None, families: int | None = None
) -> Discoveries:
    """Discoveries among p-values that are uniform, or larger, when nothing happens (calibrated: allowing for batches).

    p: (tests,) values in [0, 1]. family: (tests,) whole numbers. tested: (families in p,) how many places each family
    was tested in, in the order of the sorted labels; None: as many as given. families: how many were tested in all;
    None: those given. What was tested but is not given counts as p = 1. Raises ValueError for shapes that differ, a
    rate outside (0, 1), or fewer tested than given.
    """
    values, label = np.asarray(p, dtype=np.float64), np.asarray(family, dtype=np.int64)
    if values.ndim != 1 or values.shape != label.shape:
        raise ValueError(f"p and family must be two rows of one length, not {values.shape} and {label.shape}")
    if not 0 < rate < 1:
        raise ValueError(f"a false-discovery rate lies between 0 and 1, not at {rate}")
    names, which, given = np.unique(label, return_inverse=True, return_counts=True)
    each = given if tested is None else np.asarray(tested, dtype=np.int64)
    every = names.size if families is None else families
    if each.shape != names.shape or bool(np.any(each < given)) or every < names.size:
        raise ValueError("fewer places or families were tested than p-values are given")
    rows = [np.flatnonzero(which == i) for i in range(names.size)]
    simes = np.array([_padded(values[r], int(m)).min() for r, m in zip(rows, each, strict=True)])
    q = np.ones(values.shape, dtype=np.float64)
    adjusted = _padded(simes, every) if names.size else simes
    for i, r in enumerate(rows):
        q[r] = np.maximum(adjusted[i], _rates(_padded(values[r], int(each[i])), adjusted, every))
    return Discoveries(q <= rate, q, simes, names)


def _rates(within: NDArray[np.float64], adjusted: NDArray[np.float64], every: int) -> NDArray[np.float64]:
    """The smallest rate t with within <= t · R(t) / every, where R(t) is how many families have adjusted p <= t.

    With r families chosen t must be at least the r-th smallest adjusted p, and at least within · every / r.
    """
    ranked = np.sort(adjusted)
    counts = np.arange(1, ranked.size + 1)
    least: NDArray[np.float64] = np.maximum(ranked, within[:, None] * every / counts).min(axis=1)
    return np.minimum(least, 1.0).astype(np.float64)


def _padded(p: NDArray[np.float64], tested: int) -> NDArray[np.float64]:
    """Benjamini-Hochberg's adjusted p-values of those given, among `tested` of which the others are 1."""
    return benjamini_hochberg(np.concatenate([p, np.ones(tested - p.size)]))[: p.size]
