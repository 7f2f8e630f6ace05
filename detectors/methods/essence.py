"""What the three detectors of ESSENCE have in common: the colours, and from when they can speak."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

SHORTEST_EWMA = 7
"""Days of baseline that the EWMA needs before its first verdict."""

SHORTEST_REGRESSION = 11
"""Days of baseline that the regression needs: eight coefficients and three degrees of freedom."""


class Colour(IntEnum):
    """ESSENCE's verdicts. Grey: it cannot be said."""

    GREY = 0
    BLUE = 1
    YELLOW = 2
    RED = 3


def colours(p: NDArray[np.float64]) -> NDArray[np.int8]:
    """Colour codes of p-values of any shape: red below .01, yellow below .05, else blue, grey where p is NaN."""
    code = np.full(p.shape, np.int8(Colour.BLUE))
    code[p < 0.05] = Colour.YELLOW
    code[p < 0.01] = Colour.RED
    code[np.isnan(p)] = Colour.GREY
    return code
