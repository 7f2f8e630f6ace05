"""The reference counts of many Farrington fits, and the sums of them that the iteration needs.

A step of the regression needs of the data only sums over each block of weeks; see `farrington_fit`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.methods.farrington_reference import Layout

Floats = NDArray[np.float64]
START = 0.1
"""The iteration starts from μ = y + this, as R's does."""


@dataclass(frozen=True)
class Design:
    """A layout as matrices. times: (points,). blocks: (points,).

    sums: (points, 3 · levels), which sums v, t·v and t²·v over each block.
    """

    times: Floats
    blocks: NDArray[np.int64]
    levels: int
    sums: Floats

    @classmethod
    def of(cls, layout: Layout) -> Design:
        levels = int(layout.blocks.max()) + 1
        member = (layout.blocks[:, None] == np.arange(levels)).astype(np.float64)
        t = layout.times[:, None]
        return cls(
            layout.times, layout.blocks, levels, np.ascontiguousarray(np.hstack([member, t * member, t**2 * member]))
        )


@dataclass(frozen=True)
class Points:
    """The reference counts of many fits, all (fits, points), with what is needed of each worked out beforehand; 0
    where a week is missing.

    y: counts. y_power: y^⅔. start: y + 0.1. start_log: start · log(start) − 0.1. own: y · log(y) − y. gap: own less y
    · log(start) − start. log_base: log population, None for 0. weight: prior weights, None for 1; 0 where a week is
    missing.
    """

    y: Floats
    y_power: Floats
    start: Floats
    start_log: Floats
    own: Floats
    gap: Floats
    log_base: Floats | None
    weight: Floats | None

    def rows(self, which: NDArray[np.int64]) -> Points:
        """The chosen fits only."""
        return Points(*(None if v is None else v[which] for v in self._values()))  # type: ignore[arg-type]

    def _values(self) -> tuple[Floats | None, ...]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


@dataclass(frozen=True)
class Moments:
    """What the iteration needs of the points, which fits with and without trend share.

    y, yt: (fits, levels) and (fits,) sums of y and of t·y. first: (fits, 3 · levels) sums of the first weights;
    first_z, first_tz: of weight times first response. own: (fits,) own deviance term. deviance: (fits,) at the start.
    base: (fits, points) population times prior weight, None for 1.
    """

    y: Floats
    yt: Floats
    first: Floats
    first_z: Floats
    first_tz: Floats
    own: Floats
    deviance: Floats
    base: Floats | None

    def rows(self, which: NDArray[np.int64]) -> Moments:
        """The chosen fits only."""
        chosen = (getattr(self, name) for name in self.__dataclass_fields__)
        return Moments(*(None if v is None else v[which] for v in chosen))  # type: ignore[arg-type]


def moments(points: Points, design: Design) -> Moments:
    """Sum the points up, once."""
    levels, weight, log_base = design.levels, points.weight, points.log_base

    def weighted(v: Floats) -> Floats:
        return v if weight is None else v * weight

    with np.errstate(over="ignore", invalid="ignore"):
        y = weighted(points.y)
        observed = y @ design.sums[:, : 2 * levels]
        response = points.start_log if log_base is None else points.start_log - points.start * log_base
        first_z = weighted(response) @ design.sums[:, : 2 * levels]
        own = weighted(points.own).sum(axis=1)
        if log_base is not None:
            own -= (y * log_base).sum(axis=1)
        base = weight if log_base is None else weighted(np.exp(log_base))
        return Moments(
            y=observed[:, :levels],
            yt=observed[:, levels:].sum(axis=1),
            first=weighted(points.start) @ design.sums,
            first_z=first_z[:, :levels],
            first_tz=first_z[:, levels:].sum(axis=1),
            own=own,
            deviance=2 * weighted(points.gap).sum(axis=1),
            base=base,
        )
