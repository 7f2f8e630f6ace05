"""The history as sorted columns per series, so that any window of any series is counted by two look-ups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detectors.history import History
from detectors.methods.confirmation import Confirmation, confirmation
from detectors.methods.denominators import Denominators
from detectors.methods.rows import Ints, Rows
from detectors.methods.sight import Sight
from detectors.sample import SampleKind


@dataclass(frozen=True)
class Columns:
    """A history laid out for a set of substances and places.

    A series is (substance, place, kind), a stratum is (place, kind); a county's sample stands in the strata of its
    county, its state and the nation, as far as those places were asked for. Deaths and powders never share a stratum.

    substances, places, kinds: the names that the numbers below stand for.
    findings: rows per series by event date, one per sample and substance however many methods reported it.
    trace: (m,) True where the finding is trace only. confirmation: (samples,) how well each sample was tested.
    tests: rows per stratum by event date, one per sample that could have shown any of the substances asked for: what
    lags and ways of testing are read from. least: the weakest confirmation that the method counts, of positives and of
    negatives alike. placed: (levels, samples) stratum of each sample, −1 where none. sight: who sees what.
    """

    history: History
    substances: tuple[str, ...]
    places: tuple[str, ...]
    kinds: tuple[str, ...]
    findings: Rows
    trace: NDArray[np.bool_]
    confirmation: NDArray[np.int8]
    tests: Rows
    least: Confirmation
    placed: Ints
    sight: Sight

    @classmethod
    def of(
        cls,
        history: History,
        substances: frozenset[str],
        places: tuple[str, ...],
        least: Confirmation = Confirmation.SCREENING,
    ) -> Columns:
        """Lay out, once for all methods that ask for the same; substances and places that the history does not know
        simply have no rows."""
        asked = "columns", substances, places, least
        done = history.laid.get(asked)
        if not isinstance(done, Columns):
            done = history.laid[asked] = cls._of(history, substances, places, least)
        return done

    @classmethod
    def _of(cls, history: History, substances: frozenset[str], places: tuple[str, ...], least: Confirmation) -> Columns:
        samples = history.samples
        coded = _coded(history)
        known_kinds, kind, grades = coded.kinds, coded.kind, coded.confirmation
        asked = {code: i for i, code in enumerate(places)}
        levels = np.stack(
            [
                np.array([asked.get(c, -1) if c != "US" else -1 for c in history.places] or [-1], dtype=np.int64)[
                    history.place
                ],
                np.array([asked.get(c[:2], -1) if len(c) > 2 else -1 for c in history.places] or [-1], dtype=np.int64)[
                    history.place
                ],
                np.full(len(samples), asked.get("US", -1), dtype=np.int64),
            ]
        )

        # Those that were found: what only an earlier part of a longer history holds must change nothing.
        found = {history.substances[i] for i in np.unique(history.finding_substance).tolist()}
        names = tuple(sorted(substances & found))
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

        # What somebody wrote is no test, whatever kinds of evidence a threshold was given.
        written = kind == (known_kinds.index(SampleKind.NOTICE) if SampleKind.NOTICE in known_kinds else -1)
        stratum = np.where((levels >= 0) & ~written, levels * max(len(known_kinds), 1) + kind, -1)
        strata = max(len(places) * len(known_kinds), 1)
        event = history.event.astype(np.int64)
        # A test strip shows its own drug only: a sample tested by nothing better says nothing about the others.
        able = grades != Confirmation.STRIP
        # Nor does a way that can see none of them, as infrared for nitazenes: its "nothing" would be false reassurance.
        sight = Sight.of(names, coded.ways, coded.way, history.classes, strata)
        able &= sight.any
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
            history=replace(history),  # one that does not hold these columns: a ring of the two would stay in memory
            substances=names,
            places=places,
            kinds=known_kinds,
            findings=Rows(series[sort], day[sort], row[sort]),
            trace=faint[sort],
            confirmation=grades.astype(np.int8),
            tests=tests,
            least=least,
            placed=stratum,
            sight=sight,
        )

    @cached_property
    def tested(self) -> Denominators:
        """How many samples could have shown each series' substance, by event date."""
        return self.tested_by(self.history.event.astype(np.int64))

    def tested_by(self, day: Ints) -> Denominators:
        """The same by another day of each sample, (samples,), as the one on which its result became known."""
        return Denominators.of(self.placed, day, self.sight, self.confirmation >= self.least, self.findings)

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
    """What is the same for every question put to a history: kinds, confirmation and ways of testing as numbers."""

    kinds: tuple[str, ...]
    kind: Ints
    confirmation: NDArray[np.int8]
    ways: tuple[tuple[str, ...], ...]
    way: Ints


def _coded(history: History) -> _Coded:
    done = history.laid.get("coded")
    if isinstance(done, _Coded):
        return done
    kinds, kind = _present(history.kinds, history.kind)
    ways, way = _present(history.ways, history.way)
    grade = np.array([int(confirmation(m)) for m in ways] or [0], dtype=np.int8)[way]
    # What a person reports from the field without naming a test is an observation, not a laboratory's result.
    reported = (grade == Confirmation.UNSTATED) & (kind == (kinds.index(REPORT) if REPORT in kinds else -1))
    grade = np.where(reported, np.int8(Confirmation.SCREENING), grade)
    coded = _Coded(kinds, kind, grade, ways, way)
    history.laid["coded"] = coded
    return coded


def _present(names: tuple[_Name, ...], number: NDArray[np.int32]) -> tuple[tuple[_Name, ...], Ints]:
    """The names that occur, sorted, and the numbers of their rows in them."""
    there = sorted(np.unique(number).tolist(), key=lambda i: names[i])
    to = np.full(max(len(names), 1), -1, dtype=np.int64)
    to[there] = np.arange(len(there))
    return tuple(names[i] for i in there), to[number]


REPORT = SampleKind.FIELD_REPORT
_Name = TypeVar("_Name", str, tuple[str, ...])
