"""A simulated state's results, and what of them is published by a given day."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from detectors.simulator.sample import SimulatedSample
from detectors.simulator.settings import SimulationSettings


@dataclass(frozen=True)
class Simulation:
    """samples: all of them, by completion and then key. The emergences in `settings` are the truth to score by."""

    settings: SimulationSettings
    samples: tuple[SimulatedSample, ...]

    def published_by(self, day: date) -> tuple[SimulatedSample, ...]:
        """What the laboratory had completed on or before the day: all that anyone can know on its evening."""
        return self.samples[: bisect_right(self.samples, day, key=lambda s: s.completed)]
