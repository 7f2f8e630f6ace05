"""From settings to a state's drug-checking results."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from detectors.simulator.batches import batches
from detectors.simulator.composition import compose
from detectors.simulator.curves import curves
from detectors.simulator.report import report
from detectors.simulator.sample import SimulatedSample
from detectors.simulator.settings import SimulationSettings
from detectors.simulator.simulation import Simulation
from detectors.simulator.supply_tables import supply_tables
from detectors.simulator.visits import visits


def simulate(settings: SimulationSettings) -> Simulation:
    """All samples of the period. Pure: equal settings give equal samples, whatever the machine's clock or locale.

    Shares and lags are calibrated on the UNC Street Drug Analysis Lab's public figures of 2022–2024, what is not
    published is assumed and marked so in the tables (docs/simulator.md). Raises ValueError for a substance that the
    tables do not know.
    """
    tables = supply_tables()
    rng = np.random.default_rng(settings.seed)
    start = settings.first.year * 12 + settings.first.month - 1
    months = settings.last.year * 12 + settings.last.month - start
    curve = curves(tables, start, months, rng)
    seen = visits(settings, rng)
    month = _months(seen.collected) - start
    archetype, batch = batches(seen, curve.weights[month], rng)
    _, opening = np.unique(batch, return_index=True)
    contents = compose(
        settings, tables, curve, seen.county[opening], seen.collected[opening], month[opening], archetype[opening], rng
    )
    samples = report(settings, tables, seen, archetype, batch, contents, rng)
    return Simulation(settings, tuple(sorted(samples, key=_by_completion)))


def _months(ordinals: NDArray[np.int64]) -> NDArray[np.int64]:
    """year × 12 + month − 1 of each day."""
    days, inverse = np.unique(ordinals, return_inverse=True)
    dates = [date.fromordinal(int(d)) for d in days]
    return np.array([d.year * 12 + d.month - 1 for d in dates], dtype=np.int64)[inverse]


def _by_completion(sample: SimulatedSample) -> tuple[date, str]:
    return sample.completed, sample.key
