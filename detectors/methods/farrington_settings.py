"""What can be set in the Farrington flexible algorithm, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.methods.farrington_threshold import Power, ThresholdMethod

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Farrington:
    """Settings, under the names that `surveillance` gives them; every number as there unless said otherwise.

    b: past years. w: half-window, weeks. no_periods: seasonal levels a year (10 by Noufaily; 1 for windows only).
    past_weeks_not_included: latest weeks left out. alpha: one-sided. threshold_method: "nbPlugin", "delta" or "muan".
    reweight, weights_threshold: see `farrington_weights`. trend: try a linear trend; p_threshold_trend: kept if its p
    is below (1: always), if b ≥ 3 and if the forecast is not above every past count. limit54: (cases, weeks), no
    threshold with fewer cases in so many latest weeks; (0, 4) never withholds, where (5, 4), the default there, leaves
    two thirds of sparse weeks without. power: transformation for "delta". frequency: columns a year.
    """

    b: int = 3
    w: int = 3
    no_periods: int = 10
    past_weeks_not_included: int = 26
    alpha: float = 0.005
    threshold_method: ThresholdMethod = "nbPlugin"
    reweight: bool = True
    weights_threshold: float = 2.58
    trend: bool = True
    p_threshold_trend: float = 0.05
    limit54: tuple[float, int] = (0, 4)
    power: Power = "2/3"
    frequency: int = 52

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 0.5:
            raise ValueError(f"alpha must be above 0 and below 0.5, not {self.alpha}")
        if self.threshold_method not in ("delta", "nbPlugin", "muan"):
            raise ValueError(f"threshold_method is delta, nbPlugin or muan, not {self.threshold_method!r}")
        if self.power not in ("2/3", "1/2", "none"):
            raise ValueError(f"power is 2/3, 1/2 or none, not {self.power!r}")
        if self.limit54[0] < 0 or self.limit54[1] < 1:
            raise ValueError(f"limit54 needs cases ≥ 0 and weeks ≥ 1, not {self.limit54}")


@dataclass(frozen=True)
class FarringtonResult:
    """All (series, time); NaN where there is too little history, a missing count, or no convergence.

    upper: threshold; NaN also where limit54 withholds it. alarm: score > 1 and y > 0 where there is a threshold.
    expected: μ where there is a threshold. score, p: as in the formula, and P(Y ≥ y), also where limit54 withholds the
    threshold. mu0: the mean the threshold rests on. phi: dispersion, at least 1. trend: a trend was kept;
    trend_coefficient: its slope per week (NaN without).
    """

    upper: Floats
    alarm: NDArray[np.bool_]
    expected: Floats
    score: Floats
    p: Floats
    mu0: Floats
    phi: Floats
    trend: NDArray[np.bool_]
    trend_coefficient: Floats
