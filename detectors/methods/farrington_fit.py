"""Thousands of quasi-Poisson regressions at once: log μ = level of the block (+ slope · time) (+ log population).

Source: McCullagh & Nelder (1989), Generalized Linear Models, ch. 2 and 6: iteratively re-weighted least squares (IRLS). To equal R's `glm` in the
last digits it starts from μ = y + 0.1, stops when the deviance D has changed by less than 1e-8 · (|D| + 0.1), after 25 steps at most, and keeps the
weights of its last step for variances and leverages.

Why it is fast: a step needs of the data only the sums of μ, tμ and t²μ in each block. The levels factor out of them, so one exponential per point and one
matrix product give all sums of all fits; the equations that remain are one slope and a diagonal. Points themselves are looked at only once, after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.methods.farrington_reference import Layout

Floats = NDArray[np.float64]
EPSILON = 1e-8
STEPS = 25
START = 0.1
TINY = float(np.finfo(np.float64).eps)
"""R holds μ at or above this."""


@dataclass(frozen=True)
class Design:
    """A layout as matrices. times: (points,). blocks: (points,). sums: (points, 3 · levels), which sums v, t·v and t²·v over each block."""

    times: Floats
    blocks: NDArray[np.int64]
    levels: int
    sums: Floats

    @classmethod
    def of(cls, layout: Layout) -> Design:
        levels = int(layout.blocks.max()) + 1
        member = (layout.blocks[:, None] == np.arange(levels)).astype(np.float64)
        t = layout.times[:, None]
        return cls(layout.times, layout.blocks, levels, np.ascontiguousarray(np.hstack([member, t * member, t**2 * member])))


@dataclass(frozen=True)
class Points:
    """The reference counts of many fits. y: (fits, points). start: y + 0.1. start_log: start · log(start) − 0.1, both with missing weeks as 0.

    base: (fits, points) population or None for 1. weight: (fits, points) prior weights or None for 1; 0 where a week is missing.
    """

    y: Floats
    start: Floats
    start_log: Floats
    base: Floats | None
    weight: Floats | None

    def rows(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Points:
        return Points(
            self.y[which],
            self.start[which],
            self.start_log[which],
            None if self.base is None else self.base[which],
            None if self.weight is None else self.weight[which],
        )


@dataclass
class Fit:
    """All (fits, …). alpha: (fits, levels) log levels, beta: slope (0 without trend), and both before the last step.

    weight, centre: (fits, levels) sum of the last step's weights in each block and their mean time. spread: (fits,) weighted sum of squares of time about
    the centres. The covariance of the estimates follows from these three. converged: the deviance settled.
    """

    alpha: Floats
    beta: Floats
    alpha_before: Floats
    beta_before: Floats
    weight: Floats
    centre: Floats
    spread: Floats
    converged: NDArray[np.bool_]

    @classmethod
    def empty(cls, fits: int, levels: int) -> Fit:
        grid = (fits, levels)
        return cls(
            np.zeros(grid), np.zeros(fits), np.zeros(grid), np.zeros(fits), np.zeros(grid), np.zeros(grid), np.zeros(fits),
            np.zeros(fits, dtype=np.bool_),
        )  # fmt: skip

    def put(self, rows: NDArray[np.int64], other: Fit, which: NDArray[np.bool_]) -> None:
        """Write the chosen rows of another set of fits into these rows."""
        for name in self.__dataclass_fields__:
            getattr(self, name)[rows] = getattr(other, name)[which]


@dataclass(frozen=True)
class _Step:
    """Solution of one weighted least-squares problem with its matrix."""

    alpha: Floats
    beta: Floats
    weight: Floats
    centre: Floats
    spread: Floats


def _divide(a: Floats, b: Floats) -> Floats:
    return np.divide(a, b, out=np.zeros(np.broadcast_shapes(a.shape, b.shape)), where=b > 0)


def _solve(sums: Floats, right: Floats, right_t: Floats, levels: int, trend: bool) -> _Step:
    """Least squares from block sums of w, tw, t²w (sums), of wz (right) and the total of twz (right_t)."""
    weight = sums[:, :levels]
    centre = _divide(sums[:, levels : 2 * levels], weight)
    level = _divide(right, weight)
    spread = (sums[:, 2 * levels :] - centre * sums[:, levels : 2 * levels]).sum(axis=1)
    if not trend:
        return _Step(level, np.zeros(len(level)), weight, centre, spread)
    beta = _divide(right_t - (centre * right).sum(axis=1), spread)
    return _Step(level - beta[:, None] * centre, beta, weight, centre, spread)


def irls(points: Points, design: Design, trend: bool) -> Fit:
    """Fit every row of `points`. Rows that do not settle, or run off to infinity, keep their last step, with converged False."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _irls(points, design, trend)


def _irls(points: Points, design: Design, trend: bool) -> Fit:
    levels, t = design.levels, design.times
    fits = points.y.shape[0]
    base = points.base
    prior: Floats | None = points.weight
    if base is not None:
        prior = base if prior is None else base * prior

    def weighted(v: Floats) -> Floats:
        return v if points.weight is None else v * points.weight

    observed = weighted(points.y) @ design.sums[:, : 2 * levels]
    y_sum, yt_sum = observed[:, :levels], observed[:, levels:].sum(axis=1)
    logs = points.start_log if base is None else points.start_log - points.start * np.log(base)
    first = weighted(points.start) @ design.sums
    first_z = weighted(logs) @ design.sums[:, : 2 * levels]
    step = _solve(first, first_z[:, :levels], first_z[:, levels:].sum(axis=1), levels, trend)
    # Deviance up to a constant of the data, which no difference of deviances sees; the constant itself is in `saturated`.
    log_y = np.log(np.maximum(points.y, TINY))
    own = points.y * (log_y if base is None else log_y - np.log(base)) - points.y
    saturated = weighted(own).sum(axis=1)
    start_fit = points.y * np.log(points.start) if base is None else points.y * (np.log(points.start) - np.log(base))
    deviance = 2 * (saturated - weighted(start_fit - points.start).sum(axis=1))

    result = Fit.empty(fits, levels)
    still = np.arange(fits)
    flat = None if trend else (np.ones((fits, t.size)) if prior is None else prior) @ design.sums
    before = step
    for count in range(STEPS):
        if trend:
            growth = np.exp(step.beta[:, None] * t)
            sums = (growth if prior is None else np.multiply(growth, prior, out=growth)) @ design.sums
        else:
            assert flat is not None
            sums = flat
        scale = np.exp(step.alpha)
        mu_sum = scale * sums[:, :levels]
        after = 2 * (saturated - (step.alpha * y_sum).sum(axis=1) - step.beta * yt_sum + mu_sum.sum(axis=1))
        settled = np.abs(after - deviance) / (np.abs(after) + 0.1) < EPSILON
        stop = settled | (count == STEPS - 1)
        if stop.any():
            old = step if count == 0 else before
            done = Fit(step.alpha, step.beta, old.alpha, old.beta, step.weight, step.centre, step.spread, settled)
            fresh = stop & (still >= 0)
            result.put(still[fresh], done, fresh)
            still = np.where(stop, -1, still)
            left = still >= 0
            if not left.any():
                break
            if left.mean() < 0.7:
                still, after, saturated, y_sum, yt_sum = (
                    v[left] for v in (still, after, saturated, y_sum, yt_sum)
                )
                sums, mu_sum, scale = sums[left], mu_sum[left], scale[left]
                prior = None if prior is None else prior[left]
                flat = None if flat is None else flat[left]
                step = _Step(*(getattr(step, name)[left] for name in ("alpha", "beta", "weight", "centre", "spread")))
        deviance = after
        before = step
        full = np.concatenate([mu_sum, scale * sums[:, levels : 2 * levels], scale * sums[:, 2 * levels :]], axis=1)
        # Working response z = α + βt + (y − μ)/μ, so Σwz = Σμ(α + βt) + Σ(y − μ).
        tmu, ttmu = full[:, levels : 2 * levels], full[:, 2 * levels :]
        right = step.alpha * mu_sum + step.beta[:, None] * tmu + y_sum - mu_sum
        right_t = (step.alpha * tmu + step.beta[:, None] * ttmu - tmu).sum(axis=1) + yt_sum
        step = _solve(full, right, right_t, levels, trend)
    return result
