"""Thousands of quasi-Poisson regressions at once: log μ = level of the block (+ slope · time) (+ log population).

Source: McCullagh & Nelder (1989), Generalized Linear Models, ch. 2 and 6: iteratively re-weighted least squares
(IRLS). To equal R's `glm` in the last digits it starts from μ = y + 0.1, stops when the deviance D has changed by less
than 1e-8 · (|D| + 0.1), after 25 steps at most, and keeps the weights of its last step for variances and leverages.

Why it is fast: a step needs of the data only the sums of μ, tμ and t²μ in each block. The levels factor out of them,
so one exponential per point and one matrix product give all sums of all fits; the equations that remain are one slope
and a diagonal. Points themselves are looked at only once, after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.methods.farrington_points import Design, Floats, Moments

EPSILON = 1e-8
STEPS = 25
STILL = 1e-13
"""A slope that moves a fitted count by a smaller share than this has stopped moving."""
TINY = float(np.finfo(np.float64).eps)
"""R holds μ at or above this."""


@dataclass
class Fit:
    """All (fits, …). alpha: (fits, levels) log levels, beta: slope (0 without trend), and both before the last step.

    weight, centre: (fits, levels) sum of the last step's weights in each block and their mean time. spread: (fits,)
    weighted sum of squares of time about the centres. The covariance of the estimates follows from these three.
    converged: the deviance settled.
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
            alpha=np.zeros(grid),
            beta=np.zeros(fits),
            alpha_before=np.zeros(grid),
            beta_before=np.zeros(fits),
            weight=np.zeros(grid),
            centre=np.zeros(grid),
            spread=np.zeros(fits),
            converged=np.zeros(fits, dtype=np.bool_),
        )

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

    def rows(self, kept: NDArray[np.int64]) -> _Step:
        return _Step(self.alpha[kept], self.beta[kept], self.weight[kept], self.centre[kept], self.spread[kept])


def _divide(a: Floats, b: Floats) -> Floats:
    """a / b, and 0 where b = 0: a block whose weeks are all missing has no level."""
    if b.min(initial=1.0) > 0:
        return np.asarray(a / b)
    return np.divide(a, b, out=np.zeros(b.shape), where=b > 0)


def _growth(beta: Floats, t: Floats, base: Floats | None, room: Floats) -> Floats:
    """exp(βt) · base, in the rows of `room`: fresh memory for each step costs a quarter of the time."""
    growth = room[: beta.size]
    np.multiply(beta[:, None], t, out=growth)
    np.exp(growth, out=growth)
    if base is not None:
        growth *= base
    return growth


def _solve(sums: Floats, right: Floats, right_t: Floats, levels: int, trend: bool) -> _Step:
    """Least squares from block sums of w, tw, t²w (sums), of wz (right) and the total of twz (right_t)."""
    weight = np.ascontiguousarray(sums[:, :levels])
    if trend:
        return _solve_moments(weight, sums[:, levels : 2 * levels], sums[:, 2 * levels :], right, right_t)
    centre = np.zeros_like(weight)
    return _Step(_divide(right, weight), np.zeros(len(weight)), weight, centre, np.zeros(len(weight)))


def _solve_moments(weight: Floats, t: Floats, tt: Floats, right: Floats, right_t: Floats) -> _Step:
    centre = _divide(t, weight)
    spread = (tt - centre * t).sum(axis=1)
    beta = _divide(right_t - np.einsum("ij,ij->i", centre, right), spread)
    return _Step(_divide(right, weight) - beta[:, None] * centre, beta, weight, centre, spread)


def irls(data: Moments, design: Design, trend: bool) -> Fit:
    """Fit every row. Rows that do not settle, or run off to infinity, keep their last step, with converged False."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _irls(data, design, trend)


def _irls(data: Moments, design: Design, trend: bool) -> Fit:
    levels, t = design.levels, design.times
    fits = data.own.size
    step = _solve(data.first, data.first_z, data.first_tz, levels, trend)
    y_sum, yt_sum, own, deviance, base = data.y, data.yt, data.own, data.deviance, data.base
    result, still, before = Fit.empty(fits, levels), np.arange(fits), step
    shape = _flat(base, design, fits) if not trend else _Shape.empty(fits, levels)
    reach, room = float(np.abs(t).max()), np.empty((fits if trend else 0, t.size))
    for count in range(STEPS):
        if trend:
            # Blocks without a case fall by e a step long after the slope stands still; its sums are not made again.
            rows = np.flatnonzero(~(np.abs(step.beta - shape.beta) * reach <= STILL))
            if rows.size:
                some = base if base is None or rows.size == step.beta.size else base[rows]
                shape.put(rows, step.beta[rows], _growth(step.beta[rows], t, some, room) @ design.sums, levels)
        scale = np.exp(step.alpha)
        mu_sum = scale * shape.level
        fitted = np.einsum("ij->i", mu_sum) - np.einsum("ij,ij->i", step.alpha, y_sum) - step.beta * yt_sum
        after = 2 * (own + fitted)
        settled = np.abs(after - deviance) < EPSILON * (np.abs(after) + 0.1)
        stop = settled if count < STEPS - 1 else np.ones_like(settled)
        if stop.any():
            old = step if count == 0 else before
            done = Fit(step.alpha, step.beta, old.alpha, old.beta, step.weight, step.centre, step.spread, settled)
            fresh = stop & (still >= 0)
            result.put(still[fresh], done, fresh)
            still = np.where(stop, -1, still)
            left = still >= 0
            share = left.mean()
            if share == 0:
                break
            if share < 0.8:
                kept = np.flatnonzero(left)
                still = still[kept]
                after, own, y_sum, yt_sum = (v[kept] for v in (after, own, y_sum, yt_sum))
                mu_sum, scale, shape, step = mu_sum[kept], scale[kept], shape.rows(kept), step.rows(kept)
                base = None if base is None else base[kept]
        deviance, before = after, step
        # The working response is z = α + βt + (y − μ)/μ. In the normal equations, with centres c = Σtμ/Σμ, it
        # leaves β + Σ(t − c)(y − μ) / Σ(t − c)²μ for the slope, where Σ(t − c)μ = 0 in every block.
        centre, alpha, beta = shape.centre.copy(), step.alpha + (_divide(y_sum, mu_sum) - 1), step.beta
        spread = step.spread
        if trend:
            spread = np.einsum("ij,ij->i", scale, shape.about)
            beta = step.beta + _divide(yt_sum - np.einsum("ij,ij->i", centre, y_sum), spread)
            alpha += (step.beta - beta)[:, None] * centre
        step = _Step(alpha, beta, mu_sum, centre, spread)
    return result


@dataclass
class _Shape:
    """Block sums of exp(βt) · base of each fit, for the slopes they were made for. beta: (fits,), NaN before the first
    time.

    level: (fits, levels) sums. centre: mean time. about: sum of squares of time about it.
    """

    beta: Floats
    level: Floats
    centre: Floats
    about: Floats

    @classmethod
    def empty(cls, fits: int, levels: int) -> _Shape:
        grid = (fits, levels)
        return cls(np.full(fits, np.nan), np.empty(grid), np.empty(grid), np.empty(grid))

    def put(self, rows: NDArray[np.int64], beta: Floats, sums: Floats, levels: int) -> None:
        centre = _divide(sums[:, levels : 2 * levels], sums[:, :levels])
        about = sums[:, 2 * levels :] - centre * sums[:, levels : 2 * levels]
        self.beta[rows], self.level[rows], self.centre[rows], self.about[rows] = beta, sums[:, :levels], centre, about

    def rows(self, kept: NDArray[np.int64]) -> _Shape:
        return _Shape(self.beta[kept], self.level[kept], self.centre[kept], self.about[kept])


def _flat(base: Floats | None, design: Design, fits: int) -> _Shape:
    """The sums without a slope."""
    grid = (fits, design.levels)
    member = design.sums[:, : design.levels]
    level = np.ascontiguousarray(np.broadcast_to(member.sum(axis=0), grid)) if base is None else base @ member
    return _Shape(np.zeros(fits), level, np.zeros(grid), np.zeros(grid))
