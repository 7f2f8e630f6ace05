"""From "how many false alerts can you live with" to a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# False alarm episodes per series-year and the threshold that gave them, by simulation of quiet series with volumes of
# 3 to 80 tests a week, prevalences of 0 to 20 %, seasons, gaps, volume jumps and mixed dispersions
# (./run bench quality). Neither depends much on the cell, which is what makes one table enough.
RATES: tuple[float, ...] = (0.5, 0.25, 0.1, 0.05, 0.02)
EMERGENCE: tuple[float, ...] = (2.26, 3.06, 4.06, 4.75, 5.73)
WINDOW: tuple[float, ...] = (2.70, 3.28, 4.09, 4.63, 5.38)


def threshold(false_per_series_year: float, measured: tuple[float, ...] = EMERGENCE) -> float:
    """Score that a quiet series passes so often a year; beyond the table by the slope of its ends.

    The log of the time between false alarms grows in proportion to the score (Pollak 1985 for the Shiryaev–Roberts
    statistic), so that interpolation is in the log of the rate. Raises ValueError for a rate that is not positive.
    """
    if not false_per_series_year > 0:
        raise ValueError(f"a rate of false alerts must be above 0, not {false_per_series_year}")
    x = -np.log(false_per_series_year)
    xs, ys = -np.log(np.array(RATES)), np.array(measured)
    if x > xs[-1]:
        return float(ys[-1] + (x - xs[-1]) * (ys[-1] - ys[0]) / (xs[-1] - xs[0]))
    return float(np.interp(x, xs, ys))


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What "so many false alerts per place and month" means for one series.

    per_series_year: false alerts that each series may give. threshold: of the emergence score. alpha: of the window
    test's p-value, for the same rate. per_year: false alerts a year over all places together.
    """

    per_series_year: float
    threshold: float
    alpha: float
    per_year: float


def sensitivity(false_per_month: float, series: int, places: int = 1) -> Sensitivity:
    """From the tolerance that staff set to thresholds.

    false_per_month: false alerts one place may give in a month, all its series together. series: series (substances
    that may alarm) that share it in a place. places: places that are watched, for the figure that stands beside the
    setting. The way from rate to threshold is by simulation (`./run bench quality`). Raises ValueError for numbers that
    are not positive.
    """
    if series < 1 or places < 1:
        raise ValueError(f"at least one series and one place are watched, not {series} and {places}")
    rate = false_per_month * 12 / series
    bar = threshold(rate)
    return Sensitivity(rate, bar, float(np.exp(-threshold(rate, WINDOW))), false_per_month * 12 * places)
