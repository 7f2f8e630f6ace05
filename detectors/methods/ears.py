"""EARS C1, C2 and C3: is this week's count higher than the last few weeks would make one expect?

Source: Hutwagner, Thompson, Seeman, Treadwell (2003), The bioterrorism preparedness and response Early Aberration
Reporting System (EARS), Journal of Urban Health 80(S1); Fricker, Hegler, Dunfee (2008), Statistics in Medicine 27. The
numbers equal `surveillance::earsC` (Salmon, Schumacher, Höhle 2016), so a department may compare them with what it
runs today.

With baseline b, mean m and standard deviation s (denominator b − 1) of the b weeks before the guard band g:

    C1  g = 0:  upper = m + z · max(s, min_sigma)
    C2  g = 2:  upper = m + z · max(s, min_sigma)
    C3  g = 2:  upper = max(0, y + max(s, min_sigma) · (z − e₁ − e₂)),  eₖ = max(0, C2 at t−k − 1),
        where C2 = (y − m) / max(s, min_sigma)

An alarm is `y > upper`, strictly. An undefined C2 (0/0 after seven equal weeks with min_sigma = 0) makes C3 undefined,
not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

EarsMethod = Literal["C1", "C2", "C3"]

GUARD: dict[str, int] = {"C1": 0, "C2": 2, "C3": 2}
DEFAULT_ALPHA: dict[str, float] = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
ROWS_AT_ONCE = 256
"""Series in one block: the working arrays of a block then stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class EarsResult:
    """upper: (series, time) the count that must be exceeded, NaN where it cannot be said.

    alarm: (series, time) y > upper.
    """

    upper: NDArray[np.float64]
    alarm: NDArray[np.bool_]


def ears(
    y: ArrayLike,
    method: EarsMethod = "C1",
    *,
    baseline: int = 7,
    min_sigma: float = 0.5,
    alpha: float | None = None,
) -> EarsResult:
    """EARS thresholds and alarms for every week of every series.

    y: (series, time) counts; NaN where a week is missing, which makes every week resting on it NaN too. baseline:
    weeks in the baseline, at least 3. min_sigma: smallest standard deviation believed, in counts. `earsC` has 0, with
    which any count after seven empty weeks alarms and no threshold can bring the false-alarm rate below 0.64 a
    series-year; hence 0.5 here. alpha: one-sided; None means .001 for C1 and C2 and .025 for C3, as in `earsC`. The
    first week that can be judged is baseline + 1 (C1), + 3 (C2), + 5 (C3), counted from one; earlier ones are NaN.
    Raises ValueError for an unknown method, baseline < 3 or min_sigma < 0.
    """
    if method not in GUARD:
        raise ValueError(f"EARS has the methods C1, C2 and C3, not {method!r}")
    if baseline < 3:
        raise ValueError(f"the EARS baseline must be at least 3 weeks, not {baseline}")
    if min_sigma < 0:
        raise ValueError(f"min_sigma cannot be negative, as {min_sigma} is")
    counts = np.atleast_2d(np.asarray(y, dtype=np.float64))
    z = float(ndtri(1 - (DEFAULT_ALPHA[method] if alpha is None else alpha)))
    upper = np.full(counts.shape, np.nan)
    first = baseline + GUARD[method]
    if counts.shape[1] > first:
        for start in range(0, counts.shape[0], ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            _fill(upper[rows], counts[rows], method, baseline, min_sigma, z)
    return EarsResult(upper=upper, alarm=counts > upper)


def _fill(
    upper: NDArray[np.float64], y: NDArray[np.float64], method: EarsMethod, b: int, min_sigma: float, z: float
) -> None:
    first = b + GUARD[method]
    length = y.shape[1] - first
    mean = y[:, :length].copy()
    for lag in range(1, b):
        mean += y[:, lag : lag + length]
    mean /= b
    squares = np.square(y[:, :length] - mean)
    difference = np.empty_like(mean)
    for lag in range(1, b):
        np.subtract(y[:, lag : lag + length], mean, out=difference)
        difference *= difference
        squares += difference
    squares /= b - 1
    sigma = np.sqrt(squares, out=squares)
    np.maximum(sigma, min_sigma, out=sigma)
    if method != "C3":
        sigma *= z
        np.add(mean, sigma, out=upper[:, first:])
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.maximum(0, (y[:, first:] - mean) / sigma - 1)
        level = y[:, first + 2 :] + sigma[:, 2:] * (z - (excess[:, :-2] + excess[:, 1:-1]))
    np.maximum(0, level, out=upper[:, first + 2 :])
