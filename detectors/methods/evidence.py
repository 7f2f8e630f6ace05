"""What the samples behind a signal have in common: ids, lag, first date, and how well they were tested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from detectors.methods.columns import Columns
from detectors.methods.confirmation import SAYS, Confirmation
from detectors.methods.rows import Ints


@dataclass(frozen=True, slots=True)
class Evidence:
    """refs: "feed/key", oldest event first. lag_days: median days from event to knowledge.

    first_seen, last_seen: earliest and latest event. labels: see Confirmation.
    """

    refs: tuple[str, ...]
    lag_days: float
    first_seen: date
    last_seen: date
    labels: tuple[str, ...]


def evidence(columns: Columns, rows: Ints) -> Evidence:
    """Of one or more rows of `columns.findings` (indices)."""
    samples = columns.findings.sample[rows]
    history = columns.history
    event = history.event[samples].astype(np.int64)
    lag = history.known[samples].astype(np.int64) - event
    order = sorted(range(len(samples)), key=lambda i: (int(event[i]), history.samples[samples[i]].ref))
    best = Confirmation(int(columns.confirmation[samples].max()))
    labels = [SAYS[best]]
    if bool(columns.trace[rows].all()):
        labels.append("trace only")
    return Evidence(
        refs=tuple(history.samples[samples[i]].ref for i in order),
        lag_days=float(np.median(lag)),
        first_seen=date.fromordinal(int(event.min())),
        last_seen=date.fromordinal(int(event.max())),
        labels=tuple(labels),
    )
