"""Quasi-binomial regression of shares on time: what share of positives would the same season of earlier years lead one
to expect?

Source: McCullagh & Nelder (1989), Generalized Linear Models, ch. 4.5 and 9. logit π = β₀ (+ β₁ t), with variance φ n π
(1 − π); φ from Pearson's statistic. The binomial analogue of the Farrington fit, on the same reference weeks
(`farrington_reference.reference_weeks`). Numbers equal R's `glm(family = quasibinomial)`: the same start, the same at
most 25 steps, the same stopping rule, hence also the same diverging coefficients where every share is 0 or the shares
separate in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, xlogy

Floats = NDArray[np.float64]
EPSILON = 1e-8
STEPS = 25
FLOOR = float(np.finfo(np.float64).eps)
FURTHEST = 30.0
"""Log-odds beyond which shares are held at 0 or 1 to within `FLOOR`, as R's logit link does."""


@dataclass(frozen=True, slots=True)
class ShareFit:
    """All (fits,), NaN where a fit has fewer weeks with tests than coefficients plus one.

    intercept, slope: β, on the log-odds scale, slope per unit of time (NaN without trend). slope_p: two-sided p of the
    slope, t distribution. phi: Pearson dispersion, not floored. eta, eta_error: predicted log-odds at the asked time
    and its standard error with φ floored at 1. converged: the deviance settled within 25 steps. weeks: reference weeks
    that had tests.
    """

    intercept: Floats
    slope: Floats
    slope_p: Floats
    phi: Floats
    eta: Floats
    eta_error: Floats
    converged: NDArray[np.bool_]
    weeks: NDArray[np.int64]


def quasibinomial(y: ArrayLike, n: ArrayLike, t: ArrayLike, at: ArrayLike, *, trend: bool = True) -> ShareFit:
    """Many quasi-binomial fits at once.

    y, n: (fits, weeks) positives and tests; weeks with n = 0 or missing are left out; y > n counts as y = n. t: (fits,
    weeks) or (weeks,) times; at: (fits,) or a number, the time to predict. trend: with slope, or the intercept alone.
    """
    positives = np.atleast_2d(np.asarray(y, dtype=np.float64))
    tests = np.atleast_2d(np.asarray(n, dtype=np.float64))
    present = (tests > 0) & np.isfinite(positives) & np.isfinite(tests)
    tests = np.where(present, tests, 0.0)
    share = np.divide(np.clip(positives, 0, tests), tests, out=np.zeros(tests.shape), where=present)
    time = np.broadcast_to(np.asarray(t, dtype=np.float64), tests.shape)
    ahead = np.broadcast_to(np.asarray(at, dtype=np.float64), tests.shape[:1])
    weeks = present.sum(axis=1)
    # Centred time makes the 2 × 2 equations well conditioned; the intercept is moved back at the end.
    centre = np.divide((time * present).sum(axis=1), weeks, out=np.zeros(len(weeks)), where=weeks > 0)
    x = (time - centre[:, None]) * present if trend else np.zeros(tests.shape)
    state = _iterate(share, tests, x, present)
    return _summary(state, x, centre, ahead, trend, weeks)


@dataclass(slots=True)
class _State:
    beta: Floats
    weight: Floats
    residual: Floats
    converged: NDArray[np.bool_]


def _solve(weight: Floats, x: Floats, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Weighted least squares of z on (1, x): β₀, β₁ and the weighted mean and sum of squares of x."""
    total = weight.sum(axis=1)
    mean = np.divide((weight * x).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    away = x - mean[:, None]
    squares = (weight * away**2).sum(axis=1)
    slope = np.divide((weight * away * z).sum(axis=1), squares, out=np.zeros(len(total)), where=squares > 0)
    level = np.divide((weight * z).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    return level - slope * mean, slope, mean, squares


def _shares(eta: Floats) -> tuple[Floats, Floats]:
    """Share and its derivative at given log-odds."""
    far = np.abs(eta) > FURTHEST
    odds = np.exp(np.clip(eta, -FURTHEST, FURTHEST))
    rate = np.where(far, FLOOR, odds / (1 + odds) ** 2)
    odds = np.where(far, np.where(eta > 0, 1 / FLOOR, FLOOR), odds)
    return odds / (1 + odds), rate


def _deviance(share: Floats, tests: Floats, mu: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        part = xlogy(share, share / mu) + xlogy(1 - share, (1 - share) / (1 - mu))
    return np.asarray(2 * (tests * np.where(tests > 0, part, 0.0)).sum(axis=1))


def _iterate(share: Floats, tests: Floats, x: Floats, present: NDArray[np.bool_]) -> _State:
    mu = (tests * share + 0.5) / (tests + 1)
    eta = np.log(mu / (1 - mu))
    before = _deviance(share, tests, mu)
    rate = _shares(eta)[1]
    fits = share.shape[0]
    state = _State(np.zeros((fits, 2)), np.zeros(share.shape), np.zeros(share.shape), np.zeros(fits, dtype=np.bool_))
    going = np.flatnonzero(present.any(axis=1))
    for _ in range(STEPS):
        if not going.size:
            break
        slope_of, old = rate[going], mu[going]
        weight = tests[going] * slope_of**2 / (old * (1 - old))
        z = eta[going] + (share[going] - old) / slope_of
        level, slope, _, _ = _solve(weight, x[going], z)
        eta[going] = level[:, None] + slope[:, None] * x[going]
        mu[going], rate[going] = _shares(eta[going])
        after = _deviance(share[going], tests[going], mu[going])
        state.beta[going] = np.column_stack([level, slope])
        state.weight[going] = weight
        settled = np.abs(after - before[going]) / (np.abs(after) + 0.1) < EPSILON
        before[going] = after
        state.converged[going] = settled
        going = going[~settled]
    state.residual = (share - mu) / rate * present
    return state


def _summary(
    state: _State,
    x: Floats,
    centre: Floats,
    ahead: Floats,
    trend: bool,
    weeks: NDArray[np.int64],
) -> ShareFit:
    df = (weeks - (2 if trend else 1)).astype(np.float64)
    known = df > 0
    squares = (state.weight * state.residual**2).sum(axis=1)
    phi = np.divide(squares, df, out=np.full(len(df), np.nan), where=known)
    _, _, mean, spread = _solve(state.weight, x, np.zeros(x.shape))
    away = ahead - centre - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = 1 / state.weight.sum(axis=1) + (away**2 / spread if trend else 0.0)
        statistic = np.abs(state.beta[:, 1]) / np.sqrt(phi / spread)
        error = np.sqrt(np.maximum(phi, 1) * variance)
        slope_p = 2 * stdtr(np.where(known, df, 1.0), -statistic) if trend else np.full(len(df), np.nan)
    blank = np.where(known, 0.0, np.nan)
    return ShareFit(
        intercept=state.beta[:, 0] - state.beta[:, 1] * centre + blank,
        slope=state.beta[:, 1] + blank if trend else np.full(len(df), np.nan),
        slope_p=slope_p + blank,
        phi=phi,
        eta=state.beta[:, 0] + state.beta[:, 1] * (ahead - centre) + blank,
        eta_error=error + blank,
        converged=state.converged,
        weeks=weeks,
    )
