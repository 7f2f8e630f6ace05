"""The false-discovery rate at which each signal of a method still stands, among all that it was asked that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from detectors.methods.hierarchical import hierarchical
from detectors.signal import Signal


def with_q(signals: Sequence[Signal], tested: Mapping[str, int]) -> list[Signal]:
    """The signals of one method on one day with their q, in the same order.

    tested: substance (a family) → in how many series it was tested; those without a signal count as p = 1, so that a
    question put to four hundred substances in sixty counties pays for all of them. Families first, then places within
    each chosen family (`hierarchical`: Benjamini & Bogomolov 2014). A signal without a p-value keeps q = None.
    """
    calibrated = [i for i, s in enumerate(signals) if s.probability is not None]
    if not calibrated:
        return list(signals)
    names = sorted({signals[i].substance for i in calibrated})
    label = [names.index(signals[i].substance) for i in calibrated]
    # What spoke was tested, whether or not it was counted.
    each = [max(tested.get(name, 0), label.count(k)) for k, name in enumerate(names)]
    every = len(set(tested) | set(names))
    found = hierarchical([float(signals[i].probability or 0.0) for i in calibrated], label, tested=each, families=every)
    result = list(signals)
    for i, q in zip(calibrated, found.q.tolist(), strict=True):
        result[i] = replace(result[i], q=q)
    return result
