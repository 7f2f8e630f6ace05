"""The regression/EWMA switch of ESSENCE: the regression where it explains the series, else the EWMA.

Source: Burkom et al. (2007), Johns Hopkins APL Technical Digest 27(4); the R package Rnssp of the CDC (`alert_switch`).
Where the adjusted R² of the baseline's regression is at least .6 the regression's verdict stands; elsewhere the EWMA's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.methods.essence import Colour
from detectors.methods.rnssp_ewma import SMOOTHERS, rnssp_ewma
from detectors.methods.rnssp_regression import rnssp_regression


@dataclass(frozen=True, slots=True)
class SwitchResult:
    """All (series, time). expected, statistic, p, colour: of the detector that spoke.

    by_regression: True where that was the regression.
    """

    expected: NDArray[np.float64]
    statistic: NDArray[np.float64]
    p: NDArray[np.float64]
    colour: NDArray[np.int8]
    by_regression: NDArray[np.bool_]

    @property
    def alarm(self) -> NDArray[np.bool_]:
        """(series, time) red days."""
        return np.asarray(self.colour == Colour.RED)


def rnssp_switch(
    y: ArrayLike,
    *,
    first_weekday: int = 0,
    baseline: int = 28,
    guard: int = 2,
    smoothers: tuple[float, float] = SMOOTHERS,
    explained: float = 0.6,
    compat: Literal["rnssp"] | None = None,
) -> SwitchResult:
    """ESSENCE's switch for every day of every series.

    y: (series, time) daily counts or shares. explained: adjusted R² from which the regression is trusted. The rest as
    in `rnssp_regression` and `rnssp_ewma`, whose errors are raised.
    """
    line = rnssp_regression(y, first_weekday=first_weekday, baseline=baseline, guard=guard, compat=compat)
    mean = rnssp_ewma(y, baseline=baseline, guard=guard, smoothers=smoothers, compat=compat)
    regression = line.adjusted_r2 >= explained
    return SwitchResult(
        expected=np.where(regression, line.expected, mean.expected),
        statistic=np.where(regression, line.statistic, mean.statistic),
        p=np.where(regression, line.p, mean.p),
        colour=np.where(regression, line.colour, mean.colour),
        by_regression=regression,
    )
