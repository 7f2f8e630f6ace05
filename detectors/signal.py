"""What a method says it saw: one statistical statement with the evidence it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

ParameterValue = float | int | str | bool
Parameters = Mapping[str, ParameterValue]


@dataclass(frozen=True, slots=True)
class Window:
    """A span of calendar dates, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Signal:
    """One statement of one method about one substance in one place on one day.

    method, version: which method said it. parameters: every parameter it ran with.
    substance: id in substances.toml (or a class id). place: FIPS code.
    kind: what was tested ("drug", "death" …). on: the day the method looked, i.e. "as known on".
    window, observed: positives in the recent window. tested: samples in the window that could have shown it, None if
    unknown.
    baseline, expected: what the earlier span makes one expect in the window. baseline_positives, baseline_tested:
    its counts.
    probability: p-value under "nothing has changed", None for a rule. q: the smallest false-discovery rate, over all
    series that the method was asked about that day, at which this one is a discovery; None where p is not calibrated.
    effect: (estimate, low, high) ratio or None.
    smallest: smallest count of positives that would also have signalled. lag_days: median days from collection to
    knowledge.
    first_seen, last_seen: dates of the earliest and latest finding in the evidence. evidence: "feed/key" of samples,
    oldest first.
    labels: words of the method for its sentence and for rules ("lab-confirmed", "first in place" …).
    """

    method: str
    version: str
    substance: str
    place: str
    kind: str
    on: date
    window: Window
    observed: int
    evidence: tuple[str, ...]
    parameters: Parameters = field(default_factory=dict)
    tested: int | None = None
    baseline: Window | None = None
    baseline_positives: int | None = None
    baseline_tested: int | None = None
    expected: float | None = None
    probability: float | None = None
    effect: tuple[float, float, float] | None = None
    smallest: int | None = None
    lag_days: float | None = None
    first_seen: date | None = None
    labels: tuple[str, ...] = ()
    last_seen: date | None = None
    q: float | None = None
