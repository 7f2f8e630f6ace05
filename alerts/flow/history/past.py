"""What was known on each day of the past, laid out once so that any day of it is at hand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from alerts.app import App
from alerts.flow.detection.detect import LOOK_BACK
from alerts.flow.scope.region import region_of
from alerts.flow.scope.rolled_up import rolled_up
from alerts.flow.scope.select import classes
from alerts.model.alert import Alert
from alerts.store import evidence, past
from detectors.history import History, Tested
from detectors.sample import Abundance, Sample

OPEN = date.max.toordinal()
"""The day on which an edition that stands was taken back."""


@dataclass(frozen=True)
class Past:
    """Editions of samples, rolled up to families. known: day each could first be known; until: day it was changed or
    withdrawn (ordinals; `OPEN` while it stands). classes: class of each substance."""

    editions: tuple[Tested, ...]
    until: tuple[int, ...]
    classes: Mapping[str, str] = field(default_factory=dict, repr=False)
    _histories: dict[tuple[str, ...], tuple[History, np.ndarray[tuple[int], np.dtype[np.int64]]]] = field(
        default_factory=dict, repr=False
    )
    _seen: dict[tuple[str, ...], History] = field(default_factory=dict, repr=False)

    @classmethod
    def of_store(cls, app: App) -> Past:
        """All that the store holds. What was imported as history is known from the day its result was out."""
        zone = app.configuration.programme.zone
        with app.store.read() as connection:
            found = past.editions(connection)
        ends = [OPEN if end is None else end.astimezone(zone).date().toordinal() for _, end in found]
        return cls.of(app, [t for t, _ in found], ends)

    @classmethod
    def of_samples(cls, app: App, feed: str, samples: Iterable[Sample], lag: timedelta) -> Past:
        """Samples of a document, named and placed, each known `lag` after its event (collection or death)."""
        made = [t for s in samples if s.place and (t := _tested(feed, s, lag)) is not None]
        return cls.of(app, made, [OPEN] * len(made))

    @classmethod
    def of(cls, app: App, editions: Sequence[Tested], until: Sequence[int]) -> Past:
        order = sorted(range(len(editions)), key=lambda i: _order(editions[i]))
        return cls(
            tuple(rolled_up(editions[i], app.lexicon) for i in order),
            tuple(until[i] for i in order),
            classes(app.lexicon),
        )

    def history(self, kinds: tuple[str, ...], today: date) -> History:
        """What detectors saw on a day: editions of these kinds that were believed then. Rules that are for the same
        kinds, of those that there are, get the very same."""
        kinds = tuple(k for k in self._kinds if k in kinds)
        seen = self._seen.get(kinds)
        if seen is None or seen.today != today:
            seen = self._seen[kinds] = self._laid_out(kinds, today)
        return seen

    def _laid_out(self, kinds: tuple[str, ...], today: date) -> History:
        if kinds not in self._histories:
            chosen = [i for i, t in enumerate(self.editions) if t.kind in kinds]
            whole = History.of((self.editions[i] for i in chosen), date.max, self.classes)
            self._histories[kinds] = whole, np.array([self.until[i] for i in chosen], dtype=np.int64)
        whole, until = self._histories[kinds]
        since, now = today - LOOK_BACK, today.toordinal()
        low, high = np.searchsorted(whole.known, [since.toordinal(), now + 1]).tolist()
        if (until[low:high] <= now).any():
            stood = (s for s, end in zip(whole.samples[low:high], until[low:high], strict=True) if end > now)
            return History.of(stood, today, self.classes)
        return whole.between(since, today)

    def believed(self, refs: Iterable[str], substances: frozenset[str], today: date) -> frozenset[str]:
        """Which of these samples were believed on a day to hold one of the substances."""
        return frozenset(r for r in refs if any(_holds(t, substances) for t in self._of_ref(r, today)))

    def named(self, refs: Iterable[str], today: date) -> frozenset[str]:
        """All that was believed on a day to be in these samples."""
        return frozenset(s for r in refs for t in self._of_ref(r, today) for s in (*t.substances, *t.traces))

    def changed_on(self, today: date) -> bool:
        """Whether something was changed or withdrawn on that day."""
        return today.toordinal() in self._ends

    def last_found(self, app: App, alert: Alert, counted: frozenset[str], today: date) -> date | None:
        """The day on which the newest finding of what is counted for an alert became known in its region."""
        rows = self._holding(counted, alert.kind)
        since = (today - LOOK_BACK).toordinal()
        for i in reversed(rows[: bisect_right(rows, today.toordinal(), key=lambda i: self.editions[i].known)]):
            if self.editions[i].known < since:
                return None
            if self.until[i] > today.toordinal() and region_of(self.editions[i].place, app.gazetteer) == alert.region:
                return date.fromordinal(self.editions[i].known)
        return None

    def found_since(self, alert: Alert, counted: frozenset[str], first: date, today: date) -> list[Tested]:
        """Samples with what is counted for an alert that became known from `first` on and were believed on a day."""
        rows = self._holding(counted, alert.kind)
        low = bisect_left(rows, first.toordinal(), key=lambda i: self.editions[i].known)
        high = bisect_right(rows, today.toordinal(), key=lambda i: self.editions[i].known)
        return [self.editions[i] for i in rows[low:high] if self.until[i] > today.toordinal()]

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        return tuple(sorted({t.kind for t in self.editions}))

    def _holding(self, substances: frozenset[str], kind: str) -> Sequence[int]:
        """Editions with any of these, in order."""
        found = [self._found.get((s, kind), []) for s in substances]
        return found[0] if len(found) == 1 else sorted({i for rows in found for i in rows})

    @cached_property
    def _found(self) -> dict[tuple[str, str], list[int]]:
        rows: dict[tuple[str, str], list[int]] = {}
        for i, t in enumerate(self.editions):
            for substance in (*t.substances, *t.traces):
                rows.setdefault((substance, t.kind), []).append(i)
        return rows

    @cached_property
    def _refs(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for i, t in enumerate(self.editions):
            rows.setdefault(t.ref, []).append(i)
        return rows

    @cached_property
    def _ends(self) -> frozenset[int]:
        return frozenset(self.until) - {OPEN}

    def _of_ref(self, ref: str, today: date) -> list[Tested]:
        now = today.toordinal()
        return [self.editions[i] for i in self._refs.get(ref, ()) if self.editions[i].known <= now < self.until[i]]


def _order(tested: Tested) -> tuple[int, int, str]:
    return tested.known, tested.event, tested.ref


def _holds(tested: Tested, substances: frozenset[str]) -> bool:
    return not substances.isdisjoint((*tested.substances, *tested.traces))


def _tested(feed: str, sample: Sample, lag: timedelta) -> Tested | None:
    event = sample.collected or sample.tested or sample.published
    if event is None:
        return None
    known = event + lag
    full = tuple(dict.fromkeys(f.substance for f in sample.findings if f.substance and f.abundance != Abundance.TRACE))
    traces = dict.fromkeys(f.substance for f in sample.findings if f.substance and f.abundance == Abundance.TRACE)
    measured = [
        (f.substance, f.quantity, f.unit, f.method) for f in sample.findings if f.substance and f.quantity is not None
    ]
    return Tested(
        ref=f"{feed}/{sample.key}", kind=str(sample.kind), place=sample.place, known=known.toordinal(),
        event=(sample.collected or sample.tested or known).toordinal(), substances=full,
        traces=tuple(t for t in traces if t not in full), methods=tuple(sample.methods), feed=feed,
        quantities=evidence.quantities(measured, sample.methods), sold_as=tuple(sample.sold_as),
    )  # fmt: skip
