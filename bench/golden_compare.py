"""One column of our numbers beside the reference's: how far apart, and which rows are exempt by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

RELATIVE = 1e-6
ABSOLUTE = 1e-12
"""What is left of a difference that is zero in exact arithmetic."""


@dataclass
class Comparison:
    """values: compared. unequal: outside the tolerance and not exempt. worst: largest relative difference of the
    others.

    exempt: rows outside the tolerance by the reason that exempts them. examples: first few unequal ones, in words.
    """

    name: str
    values: int = 0
    unequal: int = 0
    worst: float = 0.0
    exempt: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        exempt = "".join(f"; exempt: {count} ({reason})" for reason, count in self.exempt.items())
        return f"{self.name}: {self.values} values, {self.unequal} unequal, worst {self.worst:.1e}{exempt}"


class Comparisons:
    """Comparisons by name, growing as series after series is compared."""

    def __init__(self) -> None:
        self.by_name: dict[str, Comparison] = {}

    def add(
        self,
        name: str,
        reference: ArrayLike,
        ours: ArrayLike,
        *,
        exempt: Mapping[str, NDArray[np.bool_]] | None = None,
        absolute: float = ABSOLUTE,
        where: str = "",
    ) -> None:
        """Compare two columns of one length; numbers to 1e-6 relative, missing with missing, truths exactly."""
        known = np.atleast_1d(np.asarray(reference, dtype=np.float64))
        found = np.atleast_1d(np.asarray(ours, dtype=np.float64))
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            apart = np.abs(known - found)
            relative = np.where(apart <= absolute, 0.0, apart / np.abs(known))
        same = (known == found) | (np.isnan(known) & np.isnan(found))
        close = same | (relative <= RELATIVE)
        entry = self.by_name.setdefault(name, Comparison(name))
        entry.values += known.size
        pending = ~close
        for reason, rows in (exempt or {}).items():
            excused = pending & rows
            if excused.any():
                entry.exempt[reason] = entry.exempt.get(reason, 0) + int(excused.sum())
            pending &= ~rows
        entry.unequal += int(pending.sum())
        counted = relative[close & ~same]
        entry.worst = max(entry.worst, float(counted.max(initial=0.0)))
        for row in np.flatnonzero(pending)[: max(0, 5 - len(entry.examples))]:
            entry.examples.append(f"{where} row {row}: reference {known[row]!r}, ours {found[row]!r}")

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.by_name.values())
