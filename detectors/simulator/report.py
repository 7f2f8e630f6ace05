"""What the laboratory writes about each sample: rows, misspellings, pseudo-substances, second methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detectors.simulator.composition import Content
from detectors.simulator.counties import NOTE_MARKER, PROGRAMMES
from detectors.simulator.sample import SimulatedFinding, SimulatedSample
from detectors.simulator.settings import SimulationSettings
from detectors.simulator.supply_tables import SupplyTables
from detectors.simulator.visits import Visits

MISSPELLED = 0.01
SECOND_METHOD = 0.05
"""Share of samples run again after derivatization, so that what was found stands there twice."""
EXTRA_ROWS = (("unknown", 0.005), ("pending identification", 0.003), ("non-specific sugars", 0.03))
DAMAGED = 0.003
TRACE_FLIPS = 0.08
"""Chance that one sample of a batch shows as trace what another shows above it: mixing in a bag is poor."""
FIRST_CARD = 1000
OVERDOSE = (("not overdose related", 0.55), ("unknown", 0.39), ("involved in OD", 0.06))
COLLECTION = (("spatula", 0.5), ("swab", 0.4), ("pill", 0.1))
NOTES = ("strong", "nice", "weird", "normal", "burns", "sleepy")


def report(
    settings: SimulationSettings,
    tables: SupplyTables,
    seen: Visits,
    archetype: NDArray[np.int64],
    batch: NDArray[np.int64],
    contents: Sequence[Content],
    rng: np.random.Generator,
) -> Iterator[SimulatedSample]:
    """One sample for each visit, in order of collection; keys are SIM and a number from 100001 on."""
    n = len(batch)
    # One column per question, drawn at once: two draws per sample would cost more than all the rest.
    u = {
        q: rng.random(n).tolist() for q in ("sold", "look", "site", "twice", "damage", "note", "overdose", "way", "use")
    }
    extra = rng.random((n, len(EXTRA_ROWS))) < np.array([share for _, share in EXTRA_ROWS])
    of_batch = rng.random((int(batch.max(initial=-1)) + 1, 3)).tolist()
    width = max((len(c) for c in contents), default=0)
    flips = (rng.random((n, width)) < TRACE_FLIPS).tolist()
    spelled = np.where(rng.random((n, width)) < MISSPELLED, rng.random((n, width)), 1.0).tolist()
    for i in range(n):
        county = settings.counties[int(seen.county[i])]
        kind = tables.archetypes[int(archetype[i])]
        sold, texture, color = of_batch[int(batch[i])]
        rows = [
            SimulatedFinding(name, _printed(name, tables, spelled[i][k]), trace != flips[i][k])
            for k, (name, trace) in enumerate(contents[int(batch[i])])
        ]
        if u["damage"][i] < DAMAGED:
            rows = [SimulatedFinding("sample damaged in transit", "sample damaged in transit", False)]
        else:
            if u["twice"][i] < SECOND_METHOD:
                rows += [SimulatedFinding(r.substance, r.printed, r.trace, "Derivatized GCMS") for r in rows[:2]]
            rows += [SimulatedFinding(name, name, False) for name, has in _pairs(extra[i]) if has]
            if not rows:
                rows = [SimulatedFinding(_NOTHING, _NOTHING, False)]
        used = u["use"][i] < 0.6
        yield SimulatedSample(
            key=f"SIM{100001 + i}",
            county=county.name,
            fips=county.fips,
            state=settings.state,
            state_name=settings.state_name,
            location=f"{_pick(PROGRAMMES, u['site'][i])}, {county.name}",
            collected=date.fromordinal(int(seen.collected[i])),
            completed=date.fromordinal(int(seen.completed[i])),
            sold_as=tuple(_pick(kind.sold_as, sold).split("; ")),
            archetype=kind.name,
            batch=int(batch[i]),
            texture=_pick(kind.textures, texture),
            color=_pick(kind.colors, color),
            collection=_weighted(COLLECTION, u["way"][i]),
            consumed=used,
            overdose=_weighted(OVERDOSE, u["overdose"][i]),
            sensations=f"{NOTE_MARKER} {_pick(NOTES, u['note'][i] / 0.3)}" if used and u["note"][i] < 0.3 else "",
            card=FIRST_CARD + i,
            findings=tuple(rows),
        )


_NOTHING = "no compounds of interest detected"


def _pairs(row: NDArray[np.bool_]) -> Iterator[tuple[str, bool]]:
    return zip((name for name, _ in EXTRA_ROWS), row.tolist(), strict=True)


def _printed(name: str, tables: SupplyTables, u: float) -> str:
    words = tables.misspellings.get(name, ())
    return _pick(words, u) if words and u < 1 else name


def _pick(words: Sequence[str], u: float) -> str:
    return words[int(u * len(words))]


def _weighted(table: Sequence[tuple[str, float]], u: float) -> str:
    for word, share in table:
        u -= share
        if u < 0:
            return word
    return table[-1][0]
