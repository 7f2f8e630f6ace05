"""What was known on a day: samples and their findings as columns, sorted by the day each became known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int32]
"""Calendar dates as proleptic ordinals (`date.toordinal`)."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One sample as a detector sees it: no person, no site, no free text.

    ref: "feed/key". known: ordinal of the day its result could be known; event: ordinal of collection or death.
    place: FIPS code. substances: ids found above trace; traces: ids found as trace only. methods: how it was tested.
    quantities: (substance, value, unit, way of measuring) of what was measured. sold_as: what it was
    sold as: ids where the words name a substance, else the words in small letters.
    """

    ref: str
    kind: str
    place: str
    known: int
    event: int
    substances: tuple[str, ...]
    traces: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    feed: str = ""
    quantities: tuple[tuple[str, float, str, str], ...] = ()
    sold_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """Tested samples as known at `today`, in the order they became known.

    samples: (n,) tuple. known, event: (n,) ordinals. The findings are flattened: finding i is of sample
    `finding_sample[i]` and of substance `substances[finding_substance[i]]`, and `finding_trace[i]` says "trace only".
    classes: class of substances that staff named and the shipped tables lack: whether a way of testing sees them.
    """

    today: date
    samples: tuple[Tested, ...]
    known: Days
    event: Days
    substances: tuple[str, ...]
    finding_sample: NDArray[np.int32]
    finding_substance: NDArray[np.int32]
    finding_trace: NDArray[np.bool_]
    classes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, samples: Iterable[Tested], today: date, classes: Mapping[str, str] | None = None) -> History:
        """Build from samples in any order; those known after `today` are left out, so nothing later is ever seen."""
        limit = today.toordinal()
        kept = tuple(sorted((s for s in samples if s.known <= limit), key=lambda s: (s.known, s.event, s.ref)))
        index: dict[str, int] = {}
        owner: list[int] = []
        what: list[int] = []
        trace: list[bool] = []
        for i, sample in enumerate(kept):
            for names, is_trace in ((sample.substances, False), (sample.traces, True)):
                for name in names:
                    owner.append(i)
                    what.append(index.setdefault(name, len(index)))
                    trace.append(is_trace)
        return cls(
            today=today,
            samples=kept,
            known=np.array([s.known for s in kept], dtype=np.int32),
            event=np.array([s.event for s in kept], dtype=np.int32),
            substances=tuple(index),
            finding_sample=np.array(owner, dtype=np.int32),
            finding_substance=np.array(what, dtype=np.int32),
            finding_trace=np.array(trace, dtype=np.bool_),
            classes=classes or {},
        )

    def between(self, since: date, today: date) -> History:
        """The part that became known from `since` to `today`, both inclusive, as known at `today`: a view, so that a
        backtest of years need not lay out each day anew. The names may be more than the part holds."""
        low, high = np.searchsorted(self.known, [since.toordinal(), today.toordinal() + 1]).tolist()
        first, last = np.searchsorted(self.finding_sample, [low, high]).tolist()
        return History(
            today=today,
            samples=self.samples[low:high],
            known=self.known[low:high],
            event=self.event[low:high],
            substances=self.substances,
            finding_sample=self.finding_sample[first:last] - np.int32(low),
            finding_substance=self.finding_substance[first:last],
            finding_trace=self.finding_trace[first:last],
            classes=self.classes,
        )
