"""Results that nobody has seen yet, for a demonstration to publish while people watch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from detectors.simulator.composition import STRAYS, compose
from detectors.simulator.counties import CALIFORNIA
from detectors.simulator.curves import curves
from detectors.simulator.report import report
from detectors.simulator.sample import SimulatedFinding, SimulatedSample
from detectors.simulator.settings import SimulationSettings
from detectors.simulator.story import FACTORS
from detectors.simulator.supply_tables import supply_tables
from detectors.simulator.visits import Visits, lag_days

TRACE_AFTER = 3
"""Of several samples every fourth holds the newcomer as trace only; a first or single one never does."""


def newcomer(
    day: date,
    county: str,
    substance: str = "carfentanil",
    n: int = 3,
    *,
    seed: int = 0,
) -> tuple[SimulatedSample, ...]:
    """`n` samples completed on `day` in the county that hold the substance, in what it is usually sold as.

    Each is a batch of its own, and the substance is spelled as the laboratory spells it. Keys are SIM-, the day as
    digits, the county's FIPS code, the seed and a number: calls for other days, places or seeds never clash. What else
    is in the samples follows the story's county factors, so that nothing but the newcomer is new. Pure: equal arguments
    give equal samples.

    Raises ValueError when the county is not one of the simulated twelve, the substance not in supply/chemicals.toml, or
    n below 1.
    """
    tables = supply_tables()
    here = [c for c in CALIFORNIA if c.name == county]
    if not here:
        raise ValueError(f"'{county}' is not among the counties: {', '.join(c.name for c in CALIFORNIA)}")
    if substance not in tables.chemicals:
        raise ValueError(f"'{substance}' is not in supply/chemicals.toml: use a name from there or add it")
    if n < 1:
        raise ValueError(f"n must be 1 or more, not {n}")
    rng = np.random.default_rng([seed, day.toordinal(), int(here[0].fips), *substance.encode()])
    completed = np.full(n, day.toordinal(), dtype=np.int64)
    collected = completed - np.maximum(lag_days(n, rng, completed), 1)
    settings = SimulationSettings(
        seed, day, day, counties=(here[0],), factors=tuple(f for f in FACTORS if f.county in ("", county))
    )
    curve = curves(tables, day.year * 12 + day.month - 1, 1, rng)
    zero = np.zeros(n, dtype=np.int64)
    names = [a.name for a in tables.archetypes]
    carrier = tables.chemicals[substance].carriers[0]
    kind = np.full(n, names.index(carrier), dtype=np.int64)
    contents = compose(settings, tables, curve, zero, collected, zero, kind, rng)
    made = report(settings, tables, Visits(zero, collected, completed), kind, np.arange(n), contents, rng)
    return tuple(
        replace(
            sample,
            key=f"SIM-{day:%Y%m%d}-{here[0].fips}-{seed}-{i + 1}",
            findings=(
                *(
                    f
                    for f in sample.findings
                    if f.substance in tables.chemicals and f.substance not in (substance, *STRAYS)
                ),
                SimulatedFinding(substance, substance, trace=i % (TRACE_AFTER + 1) == TRACE_AFTER),
            ),
        )
        for i, sample in enumerate(made)
    )
