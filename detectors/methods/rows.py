"""Rows sorted by series and day, so that any window of any series is counted by two look-ups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

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
