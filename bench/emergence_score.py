"""How well a detector's scores tell emergences from quiet weeks: episodes, not weeks, are counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.emergence_set import FIRST_WATCHED, EmergenceSet

QUIET = 4
"""An alarm is new after this many weeks without one."""
PATIENCE = 8
"""Weeks after the onset in which an emergence must be found."""


@dataclass(frozen=True, slots=True)
class Quality:
    """At one threshold. found: share of emergences with a new alarm in the onset week or the eight after it.

    delay: mean weeks to it, nine where there is none. found_new: found among substances never seen before.
    found_sparse: among series with at most ten tests a week. after_jump: false alarms per year after a volume jump,
    divided by those elsewhere. evaluable: share of series-weeks in which the detector can say something.
    """

    threshold: float
    false_per_year: float
    found: float
    delay: float
    found_new: float
    found_sparse: float
    after_jump: float
    evaluable: float


def new_alarms(alarm: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(series, weeks) the first alarm of each episode."""
    out = np.zeros_like(alarm)
    last = np.full(alarm.shape[0], -QUIET - 1)
    for week in range(alarm.shape[1]):
        out[:, week] = alarm[:, week] & (week - last > QUIET)
        last[alarm[:, week]] = week
    return out


def score(truth: EmergenceSet, scores: NDArray[np.float64], false_per_year: float) -> Quality:
    """scores: (series, weeks − FIRST_WATCHED), larger is more alarming, NaN cannot say. One threshold for all."""
    scores = np.where(np.isnan(scores), -np.inf, scores)
    weeks = np.arange(FIRST_WATCHED, truth.y.shape[1])
    null = (truth.onset[:, None] < 0) | (weeks < truth.onset[:, None])
    years = null.sum() / 52
    values = np.unique(scores[null & np.isfinite(scores)])
    low, high = 0, values.size - 1
    while low < high:  # the lowest threshold that keeps the promise
        middle = (low + high) // 2
        if (new_alarms(scores > values[middle]) & null).sum() / years > false_per_year:
            low = middle + 1
        else:
            high = middle
    new = new_alarms(scores > values[high])
    emergences = np.flatnonzero(truth.onset >= 0)
    delay = np.full(emergences.size, PATIENCE + 1)
    for i, series in enumerate(emergences):
        at = truth.onset[series] - FIRST_WATCHED
        hits = np.flatnonzero(new[series, at : at + PATIENCE + 1])
        delay[i] = hits[0] if hits.size else PATIENCE + 1
    hit = delay <= PATIENCE
    after = null & (truth.jump[:, None] >= 0) & (weeks >= truth.jump[:, None])
    rest = null & ~after
    rate = lambda where: (new & where).sum() / (where.sum() / 52)  # noqa: E731
    share = lambda which: float(hit[which].mean()) if which.any() else float("nan")  # noqa: E731
    return Quality(
        threshold=float(values[high]),
        false_per_year=float((new & null).sum() / years),
        found=float(hit.mean()),
        delay=float(delay.mean()),
        found_new=share(truth.prevalence[emergences] == 0),
        found_sparse=share(truth.volume[emergences] <= 10),
        after_jump=float(rate(after) / rate(rest)),
        evaluable=float(np.isfinite(scores).mean()),
    )
