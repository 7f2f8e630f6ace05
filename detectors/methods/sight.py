"""Which of the ways in which samples were tested sees which of the substances asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.methods.rows import Ints
from detectors.panels import could_see


@dataclass(frozen=True)
class Sight:
    """Way of testing × substance. way: (samples,) number of the way of each sample.

    rows: (groups, ways) True where the group's substances are seen. group: (substances,). all: (ways,) sees all asked
    for. strata: number of (place, kind).
    """

    way: Ints
    rows: NDArray[np.bool_]
    group: Ints
    all: NDArray[np.bool_]
    strata: int

    @classmethod
    def of(
        cls,
        names: tuple[str, ...],
        ways: tuple[tuple[str, ...], ...],
        way: Ints,
        classes: Mapping[str, str],
        strata: int,
    ) -> Sight:
        """names: substances asked for. ways: methods as printed. classes: class of substances that are not shipped."""
        own = tuple(sorted((name, classes[name]) for name in names if name in classes))
        sees = _sees(names, ways, own)
        rows, group = np.unique(sees, axis=0, return_inverse=True) if names else (sees, np.zeros(0, np.int64))
        return cls(way, rows, group.ravel().astype(np.int64), np.logical_and.reduce(sees, axis=0), strata)

    @property
    def any(self) -> NDArray[np.bool_]:
        """(samples,) whether the sample's way sees any substance asked for; all True where none is asked for."""
        some: NDArray[np.bool_] = np.logical_or.reduce(self.rows, axis=0) if self.rows.size else self.all
        return some[self.way]


@lru_cache(maxsize=32)  # asked anew for each day of a backtest, with the same names and nearly always the same ways
def _sees(
    names: tuple[str, ...], ways: tuple[tuple[str, ...], ...], classes: tuple[tuple[str, str], ...]
) -> NDArray[np.bool_]:
    kind = dict(classes)
    table = [[could_see(way, name, kind.get(name, "")) for way in ways] for name in names]
    return np.array(table, dtype=bool).reshape(len(names), len(ways))
