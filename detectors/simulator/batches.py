"""Which samples are of one batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.simulator.visits import Visits

SAME_BATCH = 0.3
"""Chance that a sample is of the same batch as the one before it in its county and archetype."""
BATCH_DAYS = 21
"""Days after which a batch is taken to be sold out."""


def batches(
    seen: Visits, weights: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Archetype index and batch number (0, 1, 2 … in order of first appearance) of each sample.

    weights: (samples, archetypes). Several samples of one batch are why positives scatter more than a binomial: a
    detector that takes them for independent gives an alarm for one dealer's bag.
    """
    n = len(seen.county)
    archetype = (rng.random(n)[:, None] > weights.cumsum(axis=1)[:, :-1]).sum(axis=1)
    stays = rng.random(n) < SAME_BATCH
    latest: dict[tuple[int, int], tuple[int, int]] = {}
    number = np.empty(n, dtype=np.int64)
    count = 0
    for i, (county, kind, day, same) in enumerate(
        zip(seen.county.tolist(), archetype.tolist(), seen.collected.tolist(), stays.tolist(), strict=True)
    ):
        before, opened = latest.get((county, kind), (-1, -BATCH_DAYS))
        if same and before >= 0 and day - opened <= BATCH_DAYS:
            number[i] = before
            continue
        latest[county, kind] = (count, day)
        number[i] = count
        count += 1
    return archetype, number
