"""How many samples could have shown a substance: the denominator of every share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.methods.rows import Ints, Rows
from detectors.methods.sight import Sight

NONE = Rows(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


@dataclass(frozen=True)
class Denominators:
    """Samples tested in a way that could have found the series' substance, by day.

    A strip for fentanyl, an infrared spectrum and a mass spectrum do not see the same; "none of 200" by infrared says
    nothing of a nitazene. Most ways of testing see every substance asked for, so rows are kept once for those
    (`common`, by stratum), once for each set of substances that a narrower way tells apart (`narrow`, by set and
    stratum), and once for samples in which a substance was found by a way that is not known to see it (`own`, by
    series): what was found could be found.

    strata: number of (place, kind). group: (substances,) the set of each substance in `narrow`.
    """

    strata: int
    group: Ints
    common: Rows
    narrow: Rows
    own: Rows

    @classmethod
    def of(cls, placed: Ints, day: Ints, sight: Sight, able: NDArray[np.bool_], found: Rows) -> Denominators:
        """placed: (levels, samples) stratum of each sample, −1 where none. day: (samples,). able: (samples,) False for
        samples whose results the method leaves out. found: every finding by series, whatever the method makes of it."""
        strata = sight.strata
        whole = sight.all[sight.way]
        narrow = [
            _spread(placed, day, able & ~whole & row[sight.way], i * strata)
            for i, row in enumerate(sight.rows)
            if not whole.all()
        ]
        unexpected = np.flatnonzero(able[found.sample] & ~whole[found.sample])
        blind = ~sight.rows[sight.group[found.series[unexpected] // strata], sight.way[found.sample[unexpected]]]
        series, sample = found.series[unexpected[blind]], found.sample[unexpected[blind]]
        return cls(
            strata=strata,
            group=sight.group,
            common=Rows.of(*_spread(placed, day, able & whole, 0)),
            narrow=Rows.of(*(np.concatenate(parts) for parts in zip(*narrow, strict=True))) if narrow else NONE,
            own=Rows.of(series, day[sample], sample),
        )

    def start(self, series: Ints, day: Ints) -> Ints:
        """Running number of tests before each day: differences between two days of one series are counts."""
        stratum = series % self.strata
        number = self.common.start(stratum, day)
        if self.narrow.day.size:
            number = number + self.narrow.start(self.group[series // self.strata] * self.strata + stratum, day)
        return number + self.own.start(series, day) if self.own.day.size else number

    def count(self, series: Ints, first: Ints, last: Ints) -> Ints:
        """Samples that could have shown each series' substance, from `first` to `last`, both inclusive."""
        between: Ints = self.start(series, last + 1) - self.start(series, first)
        return np.maximum(between, 0).astype(np.int64)


def _spread(placed: Ints, day: Ints, chosen: NDArray[np.bool_], first: int) -> tuple[Ints, Ints, Ints]:
    there = (placed >= 0) & chosen
    sample = np.broadcast_to(np.arange(day.size, dtype=np.int64), placed.shape)
    return placed[there] + first, np.broadcast_to(day, placed.shape)[there], sample[there]
