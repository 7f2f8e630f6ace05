"""What to expect this week: the two or four regressions behind one Farrington forecast.

Source: Farrington et al. (1996), §3; Noufaily et al. (2013), §3. With trend: fit, weigh down unusual weeks, fit again.
The trend stays if its t test is below the given p and the forecast does not exceed every reference count; else both
fits are made again without. A fit with trend that does not converge counts as without; one without trend that does not
converge gives no forecast.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from detectors.methods.farrington_fit import Fit, irls
from detectors.methods.farrington_points import Design, Floats, Moments, Points, moments
from detectors.methods.farrington_weights import overwritten_dispersion, residuals, weights


@dataclass
class Prediction:
    """All (fits,), NaN where no fit converged. eta: log of the expected count mu. error: standard error of eta. phi:
    dispersion, at least 1.

    trend: a trend was kept. slope: its coefficient, NaN without.
    """

    eta: Floats
    mu: Floats
    error: Floats
    phi: Floats
    trend: NDArray[np.bool_]
    slope: Floats


@dataclass
class _Model:
    """One final fit of many rows: prediction at time 0 and the trend's p-value."""

    eta: Floats
    error: Floats
    phi: Floats
    slope: Floats
    slope_p: Floats
    converged: NDArray[np.bool_]


def predict(
    points: Points,
    design: Design,
    offset: Floats | None,
    *,
    trend: bool,
    p_threshold_trend: float,
    weights_threshold: float | None,
    compat: str | None,
) -> Prediction:
    """Forecast every row at its current week.

    offset: (fits,) log population of the current week, None for none. weights_threshold: Anscombe residual above which
    a week is played down, None: no second fit.
    """
    fits = points.y.shape[0]
    nan = np.full(fits, np.nan)
    result = Prediction(nan.copy(), nan.copy(), nan.copy(), nan.copy(), np.zeros(fits, dtype=np.bool_), nan.copy())
    rest = np.arange(fits)
    sums = moments(points, design)
    if trend:
        model = _model(points, sums, design, True, weights_threshold, compat)
        if offset is not None:
            model.eta += offset
        with np.errstate(over="ignore", invalid="ignore"):
            kept = model.converged & (model.slope_p < p_threshold_trend)
            kept &= np.exp(model.eta) <= points.y.max(axis=1)
        _write(result, np.flatnonzero(kept), model, kept)
        result.trend[kept] = True
        result.slope[kept] = model.slope[kept]
        rest = np.flatnonzero(~kept)
    if rest.size:
        if rest.size < fits:
            points, sums = points.rows(rest), sums.rows(rest)
        model = _model(points, sums, design, False, weights_threshold, compat)
        if offset is not None:
            model.eta += offset[rest]
        _write(result, rest[model.converged], model, model.converged)
    with np.errstate(over="ignore", invalid="ignore"):
        result.mu = np.exp(result.eta)
    return result


def _write(result: Prediction, rows: NDArray[np.int64], model: _Model, which: NDArray[np.bool_]) -> None:
    result.eta[rows] = model.eta[which]
    result.error[rows] = model.error[which]
    result.phi[rows] = model.phi[which]


def _model(
    points: Points, sums: Moments, design: Design, trend: bool, threshold: float | None, compat: str | None
) -> _Model:
    fit = irls(sums, design, trend)
    seen = residuals(points, design, fit, trend)
    phi = np.maximum(seen.dispersion, 1)
    spread = (
        overwritten_dispersion(points, seen, points.weight)
        if compat and threshold is not None
        else _honest(seen.dispersion, compat)
    )
    df = seen.df
    converged = fit.converged & (df > 0) & (fit.weight[:, -1] > 0)
    if threshold is not None:
        again, omega = weights(points, design, fit, seen, phi, threshold, trend)
        if again.any():
            rows = np.flatnonzero(again)
            second = replace(points.rows(rows), weight=omega)
            refit = irls(moments(second, design), design, trend)
            reseen = residuals(second, design, refit, trend)
            fit.put(rows, refit, np.ones(rows.size, dtype=np.bool_))
            phi[rows] = np.maximum(reseen.dispersion, 1)
            spread[rows] = (
                overwritten_dispersion(second, reseen, omega) if compat else _honest(reseen.dispersion, compat)
            )
    return _summary(fit, phi, spread, df, converged, trend)


def _honest(dispersion: Floats, compat: str | None) -> Floats:
    return dispersion.copy() if compat else np.maximum(dispersion, 1)


def _summary(
    fit: Fit, phi: Floats, dispersion: Floats, df: Floats, converged: NDArray[np.bool_], trend: bool
) -> _Model:
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = 1 / fit.weight[:, -1]
        slope_p = np.full(phi.shape, np.nan)
        if trend:
            variance = variance + fit.centre[:, -1] ** 2 / fit.spread
            statistic = np.abs(fit.beta) / np.sqrt(dispersion / fit.spread)
            slope_p = np.where(df > 0, 2 * stdtr(np.maximum(df, 1), -statistic), np.nan)
        error = np.sqrt(dispersion * variance)
    return _Model(fit.alpha[:, -1].copy(), error, phi, fit.beta, slope_p, converged)
