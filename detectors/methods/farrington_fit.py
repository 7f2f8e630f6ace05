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
    result = Fit.empty(fits, levels)
    still = np.arange(fits)
    flat = None if trend else (np.ones((fits, t.size)) if base is None else base) @ design.sums
    before = step
    for count in range(STEPS):
        if trend:
            growth = step.beta[:, None] * t
            np.exp(growth, out=growth)
            if base is not None:
                growth *= base
            sums = growth @ design.sums
        else:
            assert flat is not None
            sums = flat
        scale = np.exp(step.alpha)
        mu_sum = scale * sums[:, :levels]
        after = 2 * (own - np.einsum("ij,ij->i", step.alpha, y_sum) - step.beta * yt_sum + mu_sum.sum(axis=1))
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
                sums, mu_sum, scale = sums[kept], mu_sum[kept], scale[kept]
                base = None if base is None else base[kept]
                flat = None if flat is None else flat[kept]
                step = step.rows(kept)
        deviance = after
        before = step
        # Working response z = α + βt + (y − μ)/μ, so Σwz = Σμ(α + βt) + Σ(y − μ).
        tmu = scale * sums[:, levels : 2 * levels]
        if trend:
            ttmu = scale * sums[:, 2 * levels :]
            slope = step.beta[:, None]
            right = step.alpha * mu_sum + slope * tmu + y_sum - mu_sum
            right_t = ((step.alpha - 1) * tmu + slope * ttmu).sum(axis=1) + yt_sum
            step = _solve_moments(mu_sum, tmu, ttmu, right, right_t)
        else:
            level = step.alpha - 1 + _divide(y_sum, mu_sum)
            step = _Step(level, step.beta, mu_sum, step.centre, step.spread)
    return result
