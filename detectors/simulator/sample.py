"""One simulated sample, with the truth that a laboratory would not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SimulatedFinding:
    """One row of a laboratory's report.

    substance: the true name; printed: as the report spells it, now and then wrongly. trace: below reporting level.
    method: "GCMS" or "Derivatized GCMS"; a substance found by both stands twice.
    """

    substance: str
    printed: str
    trace: bool
    method: str = "GCMS"


@dataclass(frozen=True, slots=True)
class SimulatedSample:
    """One made-up sample. `key` begins with SIM and `location` with "Simulated program", wherever it is shown.

    key: id. county: name without the word County; fips: five digits. collected, completed: days of
    collection and of the result. sold_as: what it was believed to be. archetype, batch: truth; the samples of one batch
    share their substances.
    """

    key: str
    county: str
    fips: str
    state: str
    state_name: str
    location: str
    collected: date
    completed: date
    sold_as: tuple[str, ...]
    archetype: str
    batch: int
    texture: str
    color: str
    collection: str
    consumed: bool
    overdose: str
    sensations: str
    card: int
    findings: tuple[SimulatedFinding, ...]

    @property
    def substances(self) -> frozenset[str]:
        """True names of all that was found, trace or not, pseudo-substances left out."""
        return frozenset(f.substance for f in self.findings) - PSEUDO


PSEUDO = frozenset(
    {
        "unknown",
        "pending identification",
        "sample damaged in transit",
        "no compounds of interest detected",
        "non-specific sugars",
    }
)
"""What the UNC laboratory prints in the substance column although it is no substance."""
