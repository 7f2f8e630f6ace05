"""How common everything is in each month of the simulation, also beyond the months that were published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.simulator.supply_tables import FIRST_MONTH, MONTHS, SupplyTables

HELD_MONTHS = 6
"""Beyond either end the mean of the nearest six months is held: a last month alone would fix its noise for good."""
DRIFT = 0.12
"""Greatest relative drift beyond the published months; a supply that stood quite still would flatter a detector."""
DRIFT_PERIODS = (15.0, 30.0)
"""Months of one swing of the drift, drawn for each substance."""


@dataclass(frozen=True)
class Curves:
    """weights: (months, archetypes), rows sum to 1. conditional: (months, substances, archetypes), the probability of a
    substance in a sample of the archetype; for one that rides on another, the probability given the other. `start` is
    year × 12 + month − 1 of row 0; substances and archetypes are in the tables' order.
    """

    start: int
    weights: NDArray[np.float64]
    conditional: NDArray[np.float64]


def curves(tables: SupplyTables, start: int, months: int, rng: np.random.Generator) -> Curves:
    """Curves for `months` months from `start` (year × 12 + month − 1)."""
    share = _extended(tables, start, months, rng)
    at = {p.substance: i for i, p in enumerate(tables.prevalences)}
    weights = np.empty((months, len(tables.archetypes)))
    for a, archetype in enumerate(tables.archetypes):
        weights[:, a] = archetype.weight
        if archetype.follows:
            usual = float(np.mean(tables.prevalences[at[archetype.follows]].share))
            weights[:, a] *= share[:, at[archetype.follows]] / usual
    weights /= weights.sum(axis=1, keepdims=True)
    conditional = np.zeros((months, len(tables.prevalences), len(tables.archetypes)))
    for s, prevalence in enumerate(tables.prevalences):
        odds = np.array([prevalence.odds.get(a.name, 0.0) for a in tables.archetypes])
        carrier = weights * conditional[:, at[prevalence.rides_on]] if prevalence.rides_on else weights
        conditional[:, s] = _scaled(odds, carrier, share[:, s])
    return Curves(start=start, weights=weights, conditional=conditional)


def _extended(tables: SupplyTables, start: int, months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(months, substances): shares of all samples."""
    known = np.array([p.share for p in tables.prevalences]).T
    month = start + np.arange(months) - (FIRST_MONTH[0] * 12 + FIRST_MONTH[1] - 1)
    period = rng.uniform(*DRIFT_PERIODS, size=known.shape[1])
    phase = rng.uniform(0, 2 * np.pi, size=known.shape[1])
    result = known[np.clip(month, 0, MONTHS - 1)]
    for outside, held, away in (
        (month >= MONTHS, known[-HELD_MONTHS:].mean(axis=0), month - MONTHS + 1),
        (month < 0, known[:HELD_MONTHS].mean(axis=0), -month),
    ):
        swing = np.sin(2 * np.pi * away[:, None] / period + phase) - np.sin(phase)
        result = np.where(outside[:, None], held * (1 + DRIFT * swing / 2), result)
    return result


def _scaled(odds: NDArray[np.float64], carrier: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """(months, archetypes): probabilities with the given relative odds whose sum over the carrier is the share.

    Scaling odds and not probabilities keeps every one below 1 however common the substance gets. Bisection on the
    logarithm of the scale, all months at once; a share that the carrier cannot hold ends at nearly all of it.
    """
    low, high = np.full(share.shape, -25.0), np.full(share.shape, 15.0)
    for _ in range(60):
        middle = (low + high) / 2
        scaled = np.exp(middle)[:, None] * odds
        too_many = (carrier * scaled / (1 + scaled)).sum(axis=1) > share
        low, high = np.where(too_many, low, middle), np.where(too_many, middle, high)
    scaled = np.exp(low)[:, None] * odds
    return np.asarray(scaled / (1 + scaled))
