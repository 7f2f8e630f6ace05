"""What to simulate: where, from when to when, and what emerges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from detectors.simulator.counties import CALIFORNIA, CountyVolume


class Shape(StrEnum):
    """How a substance arrives. NEW climbs to its share in four weeks, STEP is there at once, RAMP follows a logistic
    curve with its middle in the seventh week, SPIKE lasts three weeks and is gone."""

    NEW = "new"
    STEP = "step"
    RAMP = "ramp"
    SPIKE = "spike"


@dataclass(frozen=True, slots=True)
class Emergence:
    """A substance that arrives, on top of what the ordinary supply holds of it.

    substance: name as the laboratory prints it, in supply/chemicals.toml. county: county name, "" for the whole state.
    onset: first day of collection on which it can be found. final_share: share of all the county's samples that hold
    it once it has arrived, 0–1; it goes into its carriers only and so can never exceed their share of the samples.
    """

    substance: str
    county: str
    onset: date
    shape: Shape
    final_share: float


@dataclass(frozen=True, slots=True)
class CountyFactor:
    """A substance rarer or commoner in one county ("" for every county not named otherwise) than the published shares.

    factor: multiplies the probability in each sample; 0 keeps the substance out.
    """

    substance: str
    county: str
    factor: float


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """Everything that decides a simulation; the same settings give the same bytes.

    first, last: first and last day of collection, inclusive; results come later. state, state_name, state_fips: postal
    code, name and two digits. growth: relative growth of the volume in a year. Raises ValueError naming every mistake.
    """

    seed: int
    first: date
    last: date
    state: str = "CA"
    state_name: str = "California"
    state_fips: str = "06"
    counties: tuple[CountyVolume, ...] = CALIFORNIA
    emergences: tuple[Emergence, ...] = ()
    factors: tuple[CountyFactor, ...] = ()
    growth: float = 0.1

    def __post_init__(self) -> None:
        names = {c.name for c in self.counties}
        wrong = []
        if self.seed < 0:
            wrong.append(f"seed must be 0 or more, not {self.seed}")
        if self.last < self.first:
            wrong.append(f"last ({self.last}) is before first ({self.first})")
        if not self.counties:
            wrong.append("counties is empty: name at least one")
        if self.growth <= -1:
            wrong.append(f"growth must be above -1, not {self.growth}")
        for county in self.counties:
            if len(county.fips) != 5 or not county.fips.startswith(self.state_fips):
                wrong.append(f"county {county.name}: FIPS {county.fips} is not five digits beginning {self.state_fips}")
            if county.weekly <= 0:
                wrong.append(f"county {county.name}: weekly must be above 0, not {county.weekly}")
        if len(names) < len(self.counties):
            wrong.append("two counties bear one name")
        for emergence in self.emergences:
            if not 0 < emergence.final_share <= 1:
                wrong.append(f"emergence of {emergence.substance}: final_share must be in (0, 1]")
        for factor in self.factors:
            if factor.factor < 0:
                wrong.append(f"factor for {factor.substance} must be 0 or more, not {factor.factor}")
        for what, name in [("emergence", e.county) for e in self.emergences] + [
            ("factor", f.county) for f in self.factors
        ]:
            if name and name not in names:
                wrong.append(f"{what} names the county '{name}', which is not among {', '.join(sorted(names))}")
        if wrong:
            raise ValueError("; ".join(wrong))
