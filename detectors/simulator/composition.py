"""What is in each batch."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.simulator.curves import Curves
from detectors.simulator.emerging import emerging_share
from detectors.simulator.settings import SimulationSettings
from detectors.simulator.supply_tables import SupplyTables

EMERGING_TRACE = 0.35
"""Share of an emerging substance's findings that are trace only; an assumption of ours."""
STRAY_SHARE = 0.003
STRAYS = ("dextromethorphan", "sertraline", "melatonin", "buprenorphine", "pregabalin", "midazolam", "diclazepam")
"""Ordinary medicines and one-off finds, as in every year of real records: most false novelties are of this kind."""

Content = tuple[tuple[str, bool], ...]
"""Substances of one batch with whether each is trace only, in the tables' order."""


def compose(
    settings: SimulationSettings,
    tables: SupplyTables,
    curves: Curves,
    county: NDArray[np.int64],
    day: NDArray[np.int64],
    month: NDArray[np.int64],
    archetype: NDArray[np.int64],
    rng: np.random.Generator,
) -> list[Content]:
    """Contents of batches; the four columns give each batch's county index, ordinal of its first sample, row of the
    curves and archetype index."""
    n = len(county)
    factors = _factors(settings, tables)
    found: dict[str, NDArray[np.bool_]] = {}
    trace: dict[str, NDArray[np.bool_]] = {}

    def draw(substance: str, probability: NDArray[np.floating[Any]], trace_share: float) -> None:
        fresh = (rng.random(n) < probability) & ~found.get(substance, np.zeros(n, dtype=np.bool_))
        faint = rng.random(n) < trace_share
        trace[substance] = np.where(fresh, faint, trace.get(substance, False))
        found[substance] = found.get(substance, np.zeros(n, dtype=np.bool_)) | fresh

    for s, row in enumerate(tables.prevalences):
        probability = curves.conditional[month, s, archetype] * factors[county, s]
        draw(row.substance, probability * found[row.rides_on] if row.rides_on else probability, row.trace)
    names = [c.name for c in settings.counties]
    for emergence in settings.emergences:
        carriers = tables.chemicals[emergence.substance].carriers
        carried = np.array([a.name in carriers for a in tables.archetypes])
        share = emerging_share(emergence, day) / np.maximum(curves.weights[month][:, carried].sum(axis=1), 1e-9)
        here = np.array([not emergence.county or name == emergence.county for name in names])[county]
        draw(emergence.substance, share * carried[archetype] * here, EMERGING_TRACE)
    for companion in tables.companions:
        if companion.of in found:
            draw(companion.substance, companion.share * found[companion.of], companion.trace)
    stray = np.where(rng.random(n) < STRAY_SHARE, rng.integers(0, len(STRAYS), n), -1)
    for i, substance in enumerate(STRAYS):
        draw(substance, (stray == i).astype(np.float64), 0.8)
    contents: list[list[tuple[str, bool]]] = [[] for _ in range(n)]
    for substance, has in found.items():
        for b in np.flatnonzero(has):
            contents[b].append((substance, bool(trace[substance][b])))
    return [tuple(c) for c in contents]


def _factors(settings: SimulationSettings, tables: SupplyTables) -> NDArray[np.float64]:
    """(counties, substances); a county's own factor goes before the one for every county."""
    result = np.ones((len(settings.counties), len(tables.prevalences)))
    column = {p.substance: s for s, p in enumerate(tables.prevalences)}
    _known([f.substance for f in settings.factors], column, "factor", "supply/prevalence.toml")
    _known([e.substance for e in settings.emergences], tables.chemicals, "emergence", "supply/chemicals.toml")
    for factor in sorted(settings.factors, key=lambda f: bool(f.county)):
        for c, county in enumerate(settings.counties):
            if not factor.county or factor.county == county.name:
                result[c, column[factor.substance]] = factor.factor
    return result


def _known(names: Sequence[str], table: Container[str], what: str, file: str) -> None:
    unknown = sorted({n for n in names if n not in table})
    if unknown:
        raise ValueError(f"{what}: {', '.join(unknown)} is not in {file}; use a name from there or add it")
