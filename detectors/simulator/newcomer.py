"""Results that nobody has seen yet, for a demonstration to publish while people watch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from detectors.simulator.composition import STRAYS, compose
from detectors.simulator.counties import CALIFORNIA, CountyVolume
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
    digits, the county's FIPS code, the seed and two numbers: calls for other days, places, substances or seeds never
    clash. What else is in the samples follows the story's county factors, so that nothing but the newcomer is new.
    Pure: equal arguments give equal samples, and a larger `n` only adds to them.

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
    return tuple(_one(day, here[0], substance, seed, i) for i in range(n))


def _one(day: date, county: CountyVolume, substance: str, seed: int, i: int) -> SimulatedSample:
    """Each sample has a generator of its own, so that asking for more never changes those published before."""
    tables = supply_tables()
    rng = np.random.default_rng([seed, i, day.toordinal(), int(county.fips), *substance.encode()])
    completed = np.array([day.toordinal()], dtype=np.int64)
    collected = completed - np.maximum(lag_days(1, rng, completed), 1)
    settings = SimulationSettings(
        seed, day, day, counties=(county,), factors=tuple(f for f in FACTORS if f.county in ("", county.name))
    )
    curve = curves(tables, day.year * 12 + day.month - 1, 1, rng)
    zero = np.zeros(1, dtype=np.int64)
    carrier = tables.chemicals[substance].carriers[0]
    kind = np.array([[a.name for a in tables.archetypes].index(carrier)], dtype=np.int64)
    contents = compose(settings, tables, curve, zero, collected, zero, kind, rng)
    (made,) = report(settings, tables, Visits(zero, collected, completed), kind, zero, contents, rng)
    ordinary = [f for f in made.findings if f.substance in tables.chemicals and f.substance not in (substance, *STRAYS)]
    number = list(tables.chemicals).index(substance)
    return replace(
        made,
        key=f"SIM-{day:%Y%m%d}-{county.fips}-{seed}-{number}-{i + 1}",
        findings=(*ordinary, SimulatedFinding(substance, substance, trace=i % (TRACE_AFTER + 1) == TRACE_AFTER)),
    )
