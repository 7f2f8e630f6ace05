"""What share of the tests has nothing to find? Storey's π₀ (Storey 2002; Storey & Tibshirani 2003, PNAS 100).

p-values above λ come almost only from true null hypotheses, so π₀(λ) = share of p ≥ λ, divided by 1 − λ. Either one λ
is used, or π₀(λ) over λ = .05, .10 … .95 is smoothed by a cubic smoothing spline of three degrees of freedom and read
at .95, as Bioconductor's `qvalue` does with R's `smooth.spline`. The search of the latter for the penalty (Brent's
minimisation to 1e-4 on its own scale, the curve of the last trial being kept) is followed, as its third decimal of
degrees of freedom shows in the sixth of π₀.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
GRID = np.round(np.arange(0.05, 0.951, 0.05), 2)
DEGREES_OF_FREEDOM = 3.0


def null_share(p: ArrayLike, *, threshold: float | None = None) -> float:
    """π₀ of (tests,) p-values, in (0, 1].

    threshold: the single λ in [0, 1); None smooths over λ = .05 … .95. NaN where it cannot be said: no p-value, none
    at or above the largest λ when smoothing, or an estimate of 0 or less.
    """
    values = np.asarray(p, dtype=np.float64)
    values = values[~np.isnan(values)]
    if not values.size:
        return float("nan")
    if threshold is not None:
        if not 0 <= threshold < 1:
            raise ValueError(f"threshold must be in [0, 1), not {threshold}")
        share = float(np.mean(values >= threshold) / (1 - threshold))
    elif values.max() < GRID[-1]:
        return float("nan")
    else:
        # `.05 * k` and the printed .15 differ in the last place; a p-value of exactly .15 has probability zero.
        share = smoothed_end(GRID, np.mean(values >= GRID[:, None], axis=1) / (1 - GRID))
    return min(share, 1.0) if share > 0 else float("nan")


def smoothed_end(x: Floats, y: Floats) -> float:
    """Right end of the smoothing spline of `DEGREES_OF_FREEDOM` through (x, y), x increasing; a knot at every x."""
    unit = (x - x[0]) / (x[-1] - x[0])
    knots = np.concatenate([np.repeat(unit[0], 3), unit, np.repeat(unit[-1], 3)])
    size = unit.size + 2
    basis = scipy.interpolate.BSpline.design_matrix(unit, knots, 3).toarray()
    curvature = scipy.interpolate.BSpline(knots, np.eye(size), 3).derivative(2)
    left, middle = curvature(unit[:-1]), curvature((unit[:-1] + unit[1:]) / 2)
    right = 2 * middle - left
    width = np.diff(unit) / 6
    # Simpson's rule is exact here: between two knots the product of two second derivatives is a parabola.
    penalty = (
        np.einsum("k,ki,kj->ij", width, left, left)
        + 4 * np.einsum("k,ki,kj->ij", width, middle, middle)
        + np.einsum("k,ki,kj->ij", width, right, right)
    )
    gram = basis.T @ basis
    inner = slice(2, size - 3)
    ratio = float(np.diag(gram)[inner].sum() / np.diag(penalty)[inner].sum())
    end = [float("nan")]

    def miss(smoothing: float) -> float:
        hat = np.linalg.solve(gram + ratio * 256 ** (3 * smoothing - 1) * penalty, basis.T)
        end[0] = float(basis[-1] @ (hat @ y))
        return float(3 + (DEGREES_OF_FREEDOM - np.einsum("ij,ji->", basis, hat)) ** 2)

    scipy.optimize.minimize_scalar(miss, bounds=(-1.5, 1.5), method="bounded", options={"xatol": 1e-4})
    return end[0]
