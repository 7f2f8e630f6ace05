"""What bench_detect times: each method over a grid, 260 judged weeks, beside the reference's seconds and the goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.detect_grid import HISTORY, JUDGED, Grid
from detectors.methods.cusum import binomial_cusum
from detectors.methods.ears import ears
from detectors.methods.emergence import emergence
from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_settings import Farrington
from detectors.methods.rnssp_ewma import rnssp_ewma
from detectors.methods.rnssp_regression import rnssp_regression
from detectors.methods.rnssp_switch import rnssp_switch

Alarm = NDArray[np.bool_]
ROWS = 2_000
"""Series a block: what bounds the memory."""


@dataclass(frozen=True)
class Timed:
    """reference: R's seconds for 1,000 series × 260 weeks, None where none was measured. times: how many times as fast
    is asked; seconds: or at most this.

    largest: series of the largest grid that is run by default, and with --full.
    """

    name: str
    run: Callable[[Grid], Alarm]
    reference: float | None = None
    times: float | None = None
    seconds: float | None = None
    largest: tuple[int, int] = (100_000, 100_000)


def in_blocks(
    judge: Callable[[NDArray[np.float64], NDArray[np.float64]], Alarm], before: int
) -> Callable[[Grid], Alarm]:
    """Alarms of a grid, a block of series at a time; the method is given `before` weeks ahead of the judged ones."""

    def run(whole: Grid) -> Alarm:
        alarm = np.empty((whole.y.shape[0], JUDGED), dtype=np.bool_)
        columns = slice(HISTORY - before, None)
        for first in range(0, whole.y.shape[0], ROWS):
            rows = slice(first, first + ROWS)
            y = whole.y[rows, columns].astype(np.float64)
            n = whole.n[rows, columns].astype(np.float64)
            alarm[rows] = judge(y, n)[:, -JUDGED:]
        return alarm

    return run


def _ears(y: NDArray[np.float64], n: NDArray[np.float64]) -> Alarm:
    return ears(y, "C1").alarm | ears(y, "C2").alarm | ears(y, "C3").alarm


def _cusum(y: NDArray[np.float64], n: NDArray[np.float64]) -> Alarm:
    return binomial_cusum(y, n, (y.sum(axis=1) + 0.5) / (n.sum(axis=1) + 1)).alarm


def _emergence(y: NDArray[np.float64], n: NDArray[np.float64]) -> Alarm:
    return np.asarray(emergence(y, n, watch=JUDGED).score > 0)


DELTA = Farrington(
    no_periods=1,
    past_weeks_not_included=3,
    alpha=0.05,
    threshold_method="delta",
    limit54=(5, 4),
    p_threshold_trend=0.05,
)
PLUGIN = Farrington(p_threshold_trend=1.0)
OFFSET = Farrington(p_threshold_trend=0.05)

METHODS = (
    Timed("EARS C1, C2 and C3", in_blocks(_ears, 11), 5.3, 250),
    Timed("binomial CUSUM", in_blocks(_cusum, 0), 7.9, 1_000),
    Timed("ESSENCE EWMA", in_blocks(lambda y, n: rnssp_ewma(y).alarm, 30), 12.0, 80),
    Timed("ESSENCE regression", in_blocks(lambda y, n: rnssp_regression(y).alarm, 30), 371.0, 1_500),
    Timed("ESSENCE switch", in_blocks(lambda y, n: rnssp_switch(y).alarm, 30)),
    Timed(
        "Farrington delta",
        in_blocks(lambda y, n: farrington_flexible(y, DELTA).alarm, HISTORY),
        1_630.0,
        150,
    ),
    Timed(
        "Farrington nbPlugin",
        in_blocks(lambda y, n: farrington_flexible(y, PLUGIN).alarm, HISTORY),
        1_576.0,
        150,
        largest=(10_000, 100_000),
    ),
    Timed(
        "Farrington offset",
        in_blocks(lambda y, n: farrington_flexible(y, OFFSET, population=np.maximum(n, 1)).alarm, HISTORY),
        3_055.0,
        150,
        largest=(10_000, 100_000),
    ),
    Timed("default: emergence", in_blocks(_emergence, HISTORY), seconds=1.0),
)
