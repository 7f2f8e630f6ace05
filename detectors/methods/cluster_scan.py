"""The scans that `cluster` can ask, by name, and the least count that would have been told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.methods.scan import Scan, bernoulli_scan, expectation_scan, permutation_scan, population_scan
from detectors.methods.weekly import Floats

SCANS: dict[str, str] = {
    "bernoulli": "positives among tests, a zone's latest weeks against all else",
    "population": "counts against a zone's part of all tests, as Poisson",
    "expectation": "counts against what each place's own earlier share leads one to expect, as Poisson",
    "permutation": "findings alone, against the place's and the week's part of them",
}
"""Name → what is compared with what."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What is scanned, oldest row first. The first row holds all of the baseline's weeks together: clusters are
    compared with it and begin in none of them.

    tested: (1 + weeks, places) tests. zones: place numbers. earlier: how many weeks the first row holds.
    """

    tested: Floats
    zones: Sequence[tuple[int, ...]]
    earlier: int

    def scan(self, algorithm: str, positives: Floats, *, rho: float, replicates: int, hopeless: float) -> Scan:
        """positives: (1 + weeks, places). rho matters to "bernoulli" only: the others take chance to be Poisson."""
        if algorithm == "population":
            return population_scan(positives, self.tested, self.zones, replicates=replicates, hopeless=hopeless)
        if algorithm == "expectation":
            # Jeffreys' estimate, place by place: a place of which little is known expects much, and is no news.
            share = (positives[0] + 0.5) / (self.tested[0] + 1)
            return expectation_scan(
                positives[1:], self.tested[1:] * share, self.zones, replicates=replicates, hopeless=hopeless
            )
        if algorithm == "permutation":
            return permutation_scan(positives, self.zones, replicates=replicates, hopeless=hopeless)
        alike = self._alike(rho)
        return bernoulli_scan(
            positives, self.tested, self.zones, replicates=replicates, hopeless=hopeless, rho=alike
        )  # fmt: skip

    def _alike(self, rho: float) -> Floats:
        """rho of each cell. The first row is the sum of several weeks, each with batches of its own: with m tests a
        week the sum of n has the design effect 1 + (m − 1)·rho, as has one cell of n with (m − 1)·rho/(n − 1)."""
        out = np.full(self.tested.shape, rho)
        n = self.tested[0]
        out[0] = np.where(n > 1, np.maximum(n / self.earlier - 1, 0) * rho / np.maximum(n - 1, 1), 0.0)
        return out


def without_newest(positives: Floats, zone: Sequence[int], duration: int, missing: int) -> Floats:
    """The same grid with the `missing` newest positives of a zone's latest weeks taken away (and still tested); within
    a week from the zone's places in their order."""
    out = positives.copy()
    for week in range(1, duration + 1):
        for place in zone:
            less = min(missing, int(out[-week, place]))
            out[-week, place] -= less
            missing -= less
    return out


def least_count(
    told: Callable[[Floats], bool], positives: Floats, zone: Sequence[int], duration: int, floor: int
) -> int:
    """The smallest count in the cluster with which it would still have been told, by bisection between `floor` and what
    was observed. told: whether a grid of positives is told as a cluster that shares a place with this one."""
    observed = int(positives[-duration:, list(zone)].sum())
    enough, too_few = observed, min(floor, observed) - 1
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if told(without_newest(positives, zone, duration, observed - middle)):
            enough = middle
        else:
            too_few = middle
    return enough
