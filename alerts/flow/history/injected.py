"""A past into which something was put that did not happen, to see what thresholds make of it."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.app import App
from alerts.flow.history.past import OPEN, Past
from detectors.injection import Injection, inject


def injected(app: App, past: Past, changes: Sequence[Injection], seed: int) -> Past:
    """The past with these changes, one after the other, drawn with the seed. What was changed or withdrawn in truth
    still is; samples that are made up stand. Raises ValueError for a shape that there is not."""
    until = {(t.ref, t.known): end for t, end in zip(past.editions, past.until, strict=True)}
    latest = {t.ref: end for t, end in zip(past.editions, past.until, strict=True)}
    samples = past.editions
    for number, change in enumerate(changes):
        samples = inject(samples, change, seed + number)
    # Of a result that a backlog holds back, the last edition's end still holds.
    return Past.of(app, samples, [until.get((t.ref, t.known), latest.get(t.ref, OPEN)) for t in samples])
