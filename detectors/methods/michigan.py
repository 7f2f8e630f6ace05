"""The four-week mean plus three standard deviations: a simple rule that several state health departments use.

Michigan's overdose surveillance flags a place when the latest count exceeds the mean of the preceding weeks by more
than three standard deviations. The rule is a Shewhart chart on a moving baseline (Fricker 2013, Introduction to
Statistical Methods for Biosurveillance, ch. 4): upper = m + k · s, with s of denominator weeks − 1.

It is offered so that a department can see its own rule beside the others. With four weeks the standard deviation has
three degrees of freedom: the true chance of a false alarm under normal counts is about 4 %, not 0.1 %, and after four
equal weeks s is zero; `min_sigma` guards against that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class MovingMeanResult:
    """expected, upper: (series, time), NaN while there are too few weeks. alarm: (series, time) y > upper."""

    expected: NDArray[np.float64]
    upper: NDArray[np.float64]
    alarm: NDArray[np.bool_]


def moving_mean(y: ArrayLike, *, weeks: int = 4, deviations: float = 3.0, min_sigma: float = 0.5) -> MovingMeanResult:
    """Alarm where a count is above the mean of the `weeks` weeks before it by more than `deviations` standard
    deviations.

    y: (series, time) counts, NaN where missing. weeks: at least 2. min_sigma: smallest standard deviation believed, in
    counts. Raises ValueError for fewer than 2 weeks or negative deviations or min_sigma.
    """
    if weeks < 2:
        raise ValueError(f"a standard deviation needs at least 2 weeks, not {weeks}")
    if deviations < 0 or min_sigma < 0:
        raise ValueError(f"deviations ({deviations}) and min_sigma ({min_sigma}) cannot be negative")
    counts = np.atleast_2d(np.asarray(y, dtype=np.float64))
    expected = np.full(counts.shape, np.nan)
    upper = np.full(counts.shape, np.nan)
    if counts.shape[1] > weeks:
        length = counts.shape[1] - weeks
        lagged = [counts[:, lag : lag + length] for lag in range(weeks)]
        mean = sum(lagged[1:], start=lagged[0].copy()) / weeks
        squares = np.zeros_like(mean)
        for block in lagged:
            squares += np.square(block - mean)
        expected[:, weeks:] = mean
        upper[:, weeks:] = mean + deviations * np.maximum(np.sqrt(squares / (weeks - 1)), min_sigma)
    return MovingMeanResult(expected=expected, upper=upper, alarm=counts > upper)
