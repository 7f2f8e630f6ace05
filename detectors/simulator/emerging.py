"""How far an emergence has come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.simulator.settings import Emergence, Shape

CLIMB_WEEKS = 4.0
RAMP_MIDDLE, RAMP_SCALE = 6.0, 1.5
"""Weeks after the onset at half of the final share, and the logistic's scale in weeks."""
SPIKE_WEEKS = 3.0


def emerging_share(emergence: Emergence, day: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of the county's samples that hold the substance on each day (ordinals); 0 before the onset."""
    week = (day - emergence.onset.toordinal()) / 7
    progress = {
        Shape.NEW: np.minimum((week + 1 / 7) / CLIMB_WEEKS, 1.0),
        Shape.STEP: np.ones_like(week),
        Shape.RAMP: 1 / (1 + np.exp(-(np.maximum(week, 0) - RAMP_MIDDLE) / RAMP_SCALE)),
        Shape.SPIKE: (week < SPIKE_WEEKS).astype(np.float64),
    }[emergence.shape]
    return np.where(week >= 0, emergence.final_share * progress, 0.0)
