"""Past outbreaks must not hide the next one: Anscombe residuals of a fit, and the weights that play down unusual weeks.

Source: Farrington et al. (1996), §3.6; Noufaily et al. (2013), who weight only residuals above 2.58. With leverage h
and dispersion φ

    s = 3/2 · (y^⅔ μ^−⅙ − μ^½) / √(φ (1 − h))
    weight = γ s^−2 where s > threshold, else γ, with γ such that the weights average 1
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.methods.farrington_fit import TINY, Fit
from detectors.methods.farrington_points import Design, Floats, Points

TINY_ROOT = TINY ** (1 / 6)


@dataclass(frozen=True)
class Residuals:
    """dispersion: (fits,) Pearson's, not floored. df: (fits,) degrees of freedom. mu: (fits, points) fitted counts,
    mu_root6 their sixth roots.

    last_weight: (fits, points) weights of the last step.
    """

    dispersion: Floats
    df: Floats
    mu: Floats
    mu_root6: Floats
    last_weight: Floats


def residuals(points: Points, design: Design, fit: Fit, trend: bool) -> Residuals:
    """Look at every point of every fit once."""
    log_mu = _linear(fit.alpha, fit.beta, design, trend)
    last = _linear(fit.alpha_before, fit.beta_before, design, trend)
    if points.log_base is not None:
        log_mu += points.log_base
        last += points.log_base
    log_mu *= 1 / 6
    # R's Poisson family keeps means above eps as well. A fit that runs away past a single spike comes to a mean of 0,
    # and without the floor its empty weeks are 0/0, which would hide the other unusual weeks of the same fit.
    root = np.maximum(np.exp(log_mu, out=log_mu), TINY_ROOT, out=log_mu)
    with np.errstate(over="ignore"):  # and the same fit can come to an endless mean at the spike's other side
        mu = np.maximum(np.square(_cube(root)), TINY)
    weight = np.maximum(np.exp(last, out=last), TINY)
    if points.weight is not None:
        weight = weight * points.weight
    used = design.times.size if points.weight is None else (points.weight > 0).sum(axis=1)
    rank = (fit.weight > 0).sum(axis=1) + int(trend)
    df = np.asarray(used - rank, dtype=np.float64)
    pearson = points.y / mu
    pearson -= 1
    pearson *= pearson
    pearson *= weight
    with np.errstate(divide="ignore", invalid="ignore"):
        dispersion = pearson.sum(axis=1) / df
    return Residuals(dispersion, df, mu, root, weight)


def overwritten_dispersion(points: Points, seen: Residuals, omega: Floats | None) -> Floats:
    """What `surveillance` reads as dispersion after it has put prior weights in the place of working weights."""
    square = np.square(points.y / seen.mu - 1)
    if omega is not None:
        square *= omega
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(square.sum(axis=1) / seen.df)


def weights(
    points: Points, design: Design, fit: Fit, seen: Residuals, phi: Floats, threshold: float, trend: bool
) -> tuple[NDArray[np.bool_], Floats]:
    """Which fits have unusual weeks (fits,), and the weights (those fits, points) of their second fit."""
    height = 1.5 * (points.y_power / seen.mu_root6 - _cube(seen.mu_root6))
    per_level = np.divide(1.0, fit.weight, out=np.zeros_like(fit.weight), where=fit.weight > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_square = np.where(fit.spread > 0, 1 / fit.spread, 0.0) if trend else np.zeros(len(phi))
        # Most fits have no week near the threshold and are not fitted again, as all their weights would be 1. A
        # leverage below 3/4 at most doubles s.
        reach = np.square(design.times).max() + np.square(fit.centre).max(axis=1)
        bound = seen.last_weight.max(axis=1) * (per_level.max(axis=1) + 2 * reach * per_square)
        near = (height.max(axis=1) > threshold / 2 * np.sqrt(phi)) | ~(bound < 0.75)
    chosen = np.flatnonzero(near)
    if not chosen.size:
        return np.zeros(len(phi), dtype=np.bool_), np.empty((0, design.times.size))
    away = design.times - fit.centre[chosen][:, design.blocks]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        leverage = per_level[chosen][:, design.blocks] + away**2 * per_square[chosen, None]
        leverage = np.minimum(leverage * seen.last_weight[chosen], 1.0)
        s = height[chosen] / np.sqrt(phi[chosen, None] * (1 - leverage))
    present = points.weight[chosen] if points.weight is not None else np.ones(s.shape)
    high = (s > threshold) & (present > 0)
    again = high.any(axis=1)
    s, high, present = s[again], high[again], present[again]
    omega = np.where(high, np.divide(1.0, s**2, out=np.zeros_like(s), where=high), present)
    # Where all that is present is unusual beyond measure nothing is usual to weigh against: the weeks stay as they are.
    total = omega.sum(axis=1)
    omega = np.where(total[:, None] > 0, omega, present)
    omega *= (present.sum(axis=1) / np.where(total > 0, total, present.sum(axis=1)))[:, None]
    flags = np.zeros(len(phi), dtype=np.bool_)
    flags[chosen[again]] = True
    return flags, omega


def _cube(v: Floats) -> Floats:
    return v * v * v


def _linear(alpha: Floats, beta: Floats, design: Design, trend: bool) -> Floats:
    log_mu = np.take(alpha, design.blocks, axis=1)
    if trend:
        log_mu += beta[:, None] * design.times
    return log_mu
