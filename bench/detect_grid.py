"""A grid of weekly drug-checking series for timing: positives among samples, of many volumes and shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HISTORY = 3 * 52 + 3
"""Weeks before the first judged one that the most demanding method needs: three years and half a window."""
JUDGED = 260


@dataclass(frozen=True)
class Grid:
    """y, n: (series, HISTORY + JUDGED) positives and samples tested a week, in 16 bits each."""

    y: NDArray[np.int16]
    n: NDArray[np.int16]


def grid(series: int, seed: int = 20) -> Grid:
    """The same numbers for the same seed; 4 to 60 samples a week, shares of 0 to 15 %, volumes that grow or shrink."""
    random = np.random.default_rng(seed)
    weeks = HISTORY + JUDGED
    y = np.empty((series, weeks), dtype=np.int16)
    n = np.empty((series, weeks), dtype=np.int16)
    for first in range(0, series, 5_000):
        size = min(5_000, series - first)
        volume = random.choice([4.0, 10.0, 25.0, 60.0], (size, 1))
        growth = random.uniform(0.8, 2.5, (size, 1)) ** np.linspace(0, 1, weeks)
        share = random.choice([0.0, 0.002, 0.01, 0.03, 0.15], (size, 1))
        tested = random.poisson(volume * growth)
        n[first : first + size] = tested
        y[first : first + size] = random.binomial(tested, share)
    return Grid(y, n)
