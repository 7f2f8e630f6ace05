"""The state that a demonstration watches."""

from __future__ import annotations

from datetime import date, timedelta

from detectors.simulator.settings import CountyFactor, SimulationSettings
from detectors.simulator.simulate import simulate
from detectors.simulator.simulation import Simulation

STORY_DAYS = 548
"""18 months: a year of baseline for a novelty rule, and half a year in which to see it kept quiet."""
NEWCOMERS = ("carfentanil", "n-pyrrolidino-protonitazene")
"""Substances that the story never holds: whoever reads its files has never seen them in the state."""

FACTORS: tuple[CountyFactor, ...] = (
    # The published shares are those of programmes mostly in the East; the West has far less xylazine. Ours, assumed.
    CountyFactor("xylazine", "", 0.1),
    CountyFactor("xylazine", "Los Angeles", 0.35),
    CountyFactor("xylazine", "San Francisco", 0.35),
    CountyFactor("xylazine", "San Diego", 0.25),
    CountyFactor("medetomidine", "", 0.0),
    CountyFactor("medetomidine", "Los Angeles", 0.3),
    CountyFactor("medetomidine", "San Francisco", 0.3),
)


def story(today: date, seed: int = 1) -> Simulation:
    """18 months of twelve Californian counties with an ordinary supply, collected until yesterday.

    About 6,000 samples; `published_by(today)` is what the laboratory has completed. Xylazine is everywhere but mostly
    rare, medetomidine is in two counties, nothing emerges: what emerges is for `newcomer` to bring.
    """
    yesterday = today - timedelta(days=1)
    return simulate(
        SimulationSettings(seed=seed, first=yesterday - timedelta(days=STORY_DAYS), last=yesterday, factors=FACTORS)
    )
