"""What was known on a day: samples and their findings as columns, sorted by the day each became known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress
from typing import TypeVar

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

    samples: (n,) tuple. known, event: (n,) ordinals. place, kind, way: (n,) numbers of each sample's place, kind and
    ways of testing in `places`, `kinds` and `ways`. The findings are flattened: finding i is of sample
    `finding_sample[i]` and of substance `substances[finding_substance[i]]`, and `finding_trace[i]` says "trace only".
    The four tables of names may hold more than the samples do, where this is a part of a longer history.
    classes: class of substances that staff named and the shipped tables lack: whether a way of testing sees them.
    laid: what was laid out of it by the first method that was asked, for those that are asked after it; never
    part of its value.
    """

    today: date
    samples: tuple[Tested, ...]
    known: Days
    event: Days
    substances: tuple[str, ...]
    finding_sample: NDArray[np.int32]
    finding_substance: NDArray[np.int32]
    finding_trace: NDArray[np.bool_]
    places: tuple[str, ...]
    place: NDArray[np.int32]
    kinds: tuple[str, ...]
    kind: NDArray[np.int32]
    ways: tuple[tuple[str, ...], ...]
    way: NDArray[np.int32]
    classes: Mapping[str, str] = field(default_factory=dict)
    laid: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, samples: Iterable[Tested], today: date, classes: Mapping[str, str] | None = None) -> History:
        """Build from samples in any order; those known after `today` are left out, so nothing later is ever seen."""
        limit = today.toordinal()
        seen = sorted((s for s in samples if s.known <= limit), key=order)
        return cls(today, (), *_NOTHING, classes or {})._with(seen)

    def grown(self, arrived: Iterable[Tested]) -> History:
        """This history and what came since, in any order: only that is laid out where all of it became known after
        the rest, as it mostly does."""
        new = sorted(arrived, key=order)
        if new and self.samples and order(new[0]) < order(self.samples[-1]):
            return History.of((*self.samples, *new), date.max, self.classes)
        return self._with(new) if new else self

    def between(self, since: date, today: date, classes: Mapping[str, str] | None = None) -> History:
        """The part that became known from `since` to `today`, both inclusive, as known at `today`: a view, so that
        neither a backtest of years nor the running system lays out each day anew."""
        low, high = np.searchsorted(self.known, [since.toordinal(), today.toordinal() + 1]).tolist()
        first, last = np.searchsorted(self.finding_sample, [low, high]).tolist()
        return replace(
            self,
            today=today,
            samples=self.samples[low:high],
            known=self.known[low:high],
            event=self.event[low:high],
            finding_sample=self.finding_sample[first:last] - np.int32(low),
            finding_substance=self.finding_substance[first:last],
            finding_trace=self.finding_trace[first:last],
            place=self.place[low:high],
            kind=self.kind[low:high],
            way=self.way[low:high],
            classes=self.classes if classes is None else classes,
        )

    def of_kinds(self, kinds: Iterable[str]) -> History:
        """The part that is of these kinds; itself where all is, so that rules for different kinds share what was laid
        out."""
        wanted = frozenset(kinds)
        chosen = np.array([k in wanted for k in self.kinds] or [True], dtype=bool)
        if chosen.all():
            return self
        keep = chosen[self.kind]
        if keep.all():
            return self
        key = "of kinds", tuple(k for k in self.kinds if k in wanted)
        part = self.laid.get(key)
        if not isinstance(part, History):
            part = self.laid[key] = self._where(keep)
        return part

    def holding(self, substance: str) -> tuple[Tested, ...]:
        """The samples with a substance, as trace or more, in the order they became known."""
        if substance not in self.substances:
            return ()
        mine = self.finding_sample[self.finding_substance == self.substances.index(substance)]
        return tuple(self.samples[i] for i in np.unique(mine).tolist())

    def _where(self, keep: NDArray[np.bool_]) -> History:
        number = np.cumsum(keep, dtype=np.int32) - np.int32(1)
        findings = keep[self.finding_sample]
        return replace(
            self,
            samples=tuple(compress(self.samples, keep.tolist())),
            known=self.known[keep],
            event=self.event[keep],
            finding_sample=number[self.finding_sample[findings]],
            finding_substance=self.finding_substance[findings],
            finding_trace=self.finding_trace[findings],
            place=self.place[keep],
            kind=self.kind[keep],
            way=self.way[keep],
        )

    def _with(self, new: Sequence[Tested]) -> History:
        """The history with more samples at its end."""
        substances, places, kinds = (_numbered(names) for names in (self.substances, self.places, self.kinds))
        ways = _numbered(self.ways)
        owner: list[int] = []
        what: list[int] = []
        trace: list[bool] = []
        for i, sample in enumerate(new, len(self.samples)):
            for names, is_trace in ((sample.substances, False), (sample.traces, True)):
                for name in names:
                    owner.append(i)
                    what.append(substances.setdefault(name, len(substances)))
                    trace.append(is_trace)
        place = [places.setdefault(s.place, len(places)) for s in new]
        kind = [kinds.setdefault(s.kind, len(kinds)) for s in new]
        way = [ways.setdefault(s.methods, len(ways)) for s in new]
        return replace(
            self,
            samples=(*self.samples, *new),
            known=_joined(self.known, [s.known for s in new]),
            event=_joined(self.event, [s.event for s in new]),
            substances=tuple(substances),
            finding_sample=_joined(self.finding_sample, owner),
            finding_substance=_joined(self.finding_substance, what),
            finding_trace=np.concatenate([self.finding_trace, np.array(trace, dtype=np.bool_)]),
            places=tuple(places),
            place=_joined(self.place, place),
            kinds=tuple(kinds),
            kind=_joined(self.kind, kind),
            ways=tuple(ways),
            way=_joined(self.way, way),
        )


def order(tested: Tested) -> tuple[int, int, str]:
    """The order in which samples stand in a history."""
    return tested.known, tested.event, tested.ref


def _joined(before: NDArray[np.int32], new: Sequence[int]) -> NDArray[np.int32]:
    return np.concatenate([before, np.array(new, dtype=np.int32)])


def _numbered(names: tuple[_Name, ...]) -> dict[_Name, int]:
    return {name: i for i, name in enumerate(names)}


_Name = TypeVar("_Name")
_NONE = np.zeros(0, dtype=np.int32)
_NOTHING = (_NONE, _NONE, (), _NONE, _NONE, np.zeros(0, dtype=np.bool_), (), _NONE, (), _NONE, (), _NONE)
