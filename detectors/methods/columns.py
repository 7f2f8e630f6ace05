"""The history as sorted columns per series, so that any window of any series is counted by two look-ups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.history import History, Tested
from detectors.methods.confirmation import Confirmation, confirmation
from detectors.panels import could_see

Ints = NDArray[np.int64]

_DAY = (
    1 << 21
)  # more than any ordinal (date.max is 3,652,059 < 2**22, but event dates beyond year 5741 are refused earlier)


@dataclass(frozen=True)
class Rows:
    """Rows sorted by (series, day): `count` and `slice` answer for any span of days.

    series, day, sample: (m,) ints; sample is the row's index into `History.samples`.
    """

    series: Ints
    day: Ints
    sample: Ints

    @classmethod
    def of(cls, series: Ints, day: Ints, sample: Ints) -> Rows:
        order = np.lexsort((sample, day, series))
        return cls(series[order], day[order], sample[order])

    @cached_property
    def _key(self) -> Ints:
        return self.series * _DAY + self.day

    def start(self, series: Ints, day: Ints) -> Ints:
        """Index of the first row of each series on or after each day."""
        return np.searchsorted(self._key, series * _DAY + day, side="left").astype(np.int64)

    def count(self, series: Ints, first: Ints, last: Ints) -> Ints:
        """Rows of each series from `first` to `last`, both inclusive; 0 where last < first."""
        between: Ints = self.start(series, last + 1) - self.start(series, first)
        return np.maximum(between, 0).astype(np.int64)

    def take(self, keep: NDArray[np.bool_]) -> Rows:
        """The rows kept, still sorted."""
        return Rows(self.series[keep], self.day[keep], self.sample[keep])


@dataclass(frozen=True)
class Columns:
    """A history laid out for a set of substances and places.

    A series is (substance, place, kind), a stratum is (place, kind); a county's sample stands in the strata of its
    county, its state and the nation, as far as those places were asked for. Deaths and powders never share a stratum.

    substances, places, kinds: the names that the numbers below stand for.
    findings: rows per series by event date, one per sample and substance however many methods reported it.
    trace: (m,) True where the finding is trace only. confirmation: (samples,) how well each sample was tested.
    tests: rows per stratum by event date, one per sample that could have shown the substances asked for.
    """

    history: History
    substances: tuple[str, ...]
    places: tuple[str, ...]
    kinds: tuple[str, ...]
    findings: Rows
    trace: NDArray[np.bool_]
    confirmation: NDArray[np.int8]
    tests: Rows

    @classmethod
    def of(cls, history: History, substances: frozenset[str], places: tuple[str, ...]) -> Columns:
        """Lay out; substances and places that the history does not know simply have no rows."""
        samples = history.samples
        coded = _coded(_Same(samples))
        known_kinds, kind, grades = coded.kinds, coded.kind, coded.confirmation
        asked = {code: i for i, code in enumerate(places)}
        levels = np.stack(
            [
                np.array([asked.get(c, -1) if c != "US" else -1 for c in coded.places], dtype=np.int64)[coded.place],
                np.array([asked.get(c[:2], -1) if len(c) > 2 else -1 for c in coded.places], dtype=np.int64)[
                    coded.place
                ],
                np.full(len(samples), asked.get("US", -1), dtype=np.int64),
            ]
        )

        names = tuple(sorted(substances & set(history.substances)))
        number = {name: i for i, name in enumerate(names)}
        renumber = np.array([number.get(name, -1) for name in history.substances] or [-1], dtype=np.int64)
        substance = renumber[history.finding_substance] if history.finding_substance.size else np.zeros(0, np.int64)
        wanted = substance >= 0
        owner, substance, trace = (
            history.finding_sample[wanted].astype(np.int64),
            substance[wanted],
            history.finding_trace[wanted],
        )
        # One sample reported by GC-MS and again by derivatised GC-MS is one finding; a full finding outweighs a trace.
        order = np.lexsort((trace, substance, owner))
        owner, substance, trace = owner[order], substance[order], trace[order]
        first = np.ones(owner.size, dtype=bool)
        first[1:] = (owner[1:] != owner[:-1]) | (substance[1:] != substance[:-1])
        owner, substance, trace = owner[first], substance[first], trace[first]

        stratum = np.where(levels >= 0, levels * max(len(known_kinds), 1) + kind, -1)
        strata = max(len(places) * len(known_kinds), 1)
        event = history.event.astype(np.int64)
        # A test strip shows its own drug only: a sample tested by nothing better says nothing about the others.
        able = grades != Confirmation.STRIP
        # Nor does a way that can see none of them, as infrared for nitazenes: its "nothing" would be false reassurance.
        sees = np.array([any(could_see(way, name) for name in names) or not names for way in coded.ways], dtype=bool)
        able &= sees[coded.way] if len(samples) else True
        able[owner] |= grades[owner] != Confirmation.STRIP  # what was found could be found
        sample_rows = np.arange(len(samples), dtype=np.int64)
        spread = (stratum >= 0) & able
        tests = Rows.of(
            stratum[spread],
            np.broadcast_to(event, stratum.shape)[spread],
            np.broadcast_to(sample_rows, stratum.shape)[spread],
        )
        of_finding = stratum[:, owner]
        there = of_finding >= 0
        series = (substance[None, :] * strata + of_finding)[there]
        day = np.broadcast_to(event[owner], of_finding.shape)[there]
        row = np.broadcast_to(owner, of_finding.shape)[there]
        faint = np.broadcast_to(trace, of_finding.shape)[there]
        sort = np.lexsort((row, day, series))
        return cls(
            history=history,
            substances=names,
            places=places,
            kinds=known_kinds,
            findings=Rows(series[sort], day[sort], row[sort]),
            trace=faint[sort],
            confirmation=grades.astype(np.int8),
            tests=tests,
        )

    @property
    def strata(self) -> int:
        return max(len(self.places) * len(self.kinds), 1)

    def stratum(self, series: Ints) -> Ints:
        """The stratum (place, kind) of each series."""
        return series % self.strata

    def named(self, series: int) -> tuple[str, str, str]:
        """(substance, place, kind) of a series."""
        substance, stratum = divmod(series, self.strata)
        place, kind = divmod(stratum, len(self.kinds))
        return self.substances[substance], self.places[place], self.kinds[kind]


@dataclass(frozen=True, slots=True)
class _Coded:
    """What is the same for every question put to a history: kinds, places, confirmation and ways of testing as
    numbers."""

    kinds: tuple[str, ...]
    kind: Ints
    places: tuple[str, ...]
    place: Ints
    confirmation: NDArray[np.int8]
    ways: tuple[tuple[str, ...], ...]
    way: Ints


class _Same:
    """The samples of one history, equal only to themselves: comparing thousands would cost more than coding."""

    def __init__(self, samples: tuple[Tested, ...]) -> None:
        self.samples = samples

    def __hash__(self) -> int:
        return id(self.samples)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.samples is self.samples


@lru_cache(maxsize=4)  # several methods are asked about the same day's history one after the other
def _coded(same: _Same) -> _Coded:
    samples = same.samples
    size = len(samples)
    kinds = tuple(sorted({s.kind for s in samples}))
    kind_of = {name: i for i, name in enumerate(kinds)}
    places: dict[str, int] = {}
    ways: dict[tuple[str, ...], int] = {}
    kind = np.fromiter((kind_of[s.kind] for s in samples), np.int64, size)
    place = np.fromiter((places.setdefault(s.place, len(places)) for s in samples), np.int64, size)
    way = np.fromiter((ways.setdefault(s.methods, len(ways)) for s in samples), np.int64, size)
    grade = np.array([int(confirmation(m)) for m in ways] or [0], dtype=np.int8)[way] if size else np.zeros(0, np.int8)
    # What a person reports from the field without naming a test is an observation, not a laboratory's result.
    reported = (grade == Confirmation.UNSTATED) & (kind == kind_of.get("field report", -1))
    grade = np.where(reported, np.int8(Confirmation.SCREENING), grade)
    return _Coded(kinds, kind, tuple(places), place, grade, tuple(ways), way)
