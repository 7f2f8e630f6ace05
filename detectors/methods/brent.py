"""Root of a function by Brent's method, step for step, so that a reference that stops early can be followed to where
it stops.

Source: Brent (1973), Algorithms for Minimization without Derivatives, ch. 4. SciPy's `brentq` interpolates differently
after its first steps: with the loose tolerances of R's `uniroot` (1e-4) it ends elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

EPS = float(np.finfo(np.float64).eps)


def brent_root(f: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Root of f between two ends of different sign (Brent 1973, Algorithms for Minimization without Derivatives, ch.
    4).

    Stops when the root is known to ± tolerance/2 plus two units in the last place. Where f has one sign the nearer end
    is returned.
    """
    oldest, best = low, high
    f_oldest, f_best = f(low), f(high)
    if f_oldest == 0:
        return low
    if f_best == 0:
        return high
    if (f_oldest > 0) == (f_best > 0):
        return low if abs(f_oldest) < abs(f_best) else high
    other, f_other = oldest, f_oldest
    for _ in range(1000):
        last_step = best - oldest
        if abs(f_other) < abs(f_best):
            oldest, best, other = best, other, best
            f_oldest, f_best, f_other = f_best, f_other, f_best
        enough = 2 * EPS * abs(best) + tolerance / 2
        step = (other - best) / 2
        if abs(step) <= enough or f_best == 0:
            break
        if abs(last_step) >= enough and abs(f_oldest) > abs(f_best):
            step = _interpolated(oldest, best, other, f_oldest, f_best, f_other, last_step, enough, step)
        if abs(step) < enough:
            step = enough if step > 0 else -enough
        oldest, f_oldest = best, f_best
        best += step
        f_best = f(best)
        if (f_best > 0) == (f_other > 0):
            other, f_other = oldest, f_oldest
    return best


def _interpolated(
    a: float, b: float, c: float, fa: float, fb: float, fc: float, last: float, enough: float, halving: float
) -> float:
    """Brent's step: an interpolation where it stays well inside the bracket, else the halving."""
    gap = c - b
    if a == c:
        ratio = fb / fa
        p, q = gap * ratio, 1 - ratio
    else:
        u, v, w = fa / fc, fb / fc, fb / fa
        p = w * (gap * u * (u - v) - (b - a) * (v - 1))
        q = (u - 1) * (v - 1) * (w - 1)
    p, q = (p, -q) if p > 0 else (-p, q)
    if p < 0.75 * gap * q - abs(enough * q) / 2 and p < abs(last * q / 2):
        return p / q
    return halving
