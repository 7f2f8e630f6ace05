"""Real county names, so that a map and a message look true; the programmes and the volumes are made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountyVolume:
    """One county with samples to test.

    name: as the US Census Bureau prints it, without the word County. fips: five digits. weekly: mean samples a week.
    """

    name: str
    fips: str
    weekly: float


CALIFORNIA: tuple[CountyVolume, ...] = (
    CountyVolume("Los Angeles", "06037", 15.0),
    CountyVolume("San Francisco", "06075", 13.0),
    CountyVolume("Alameda", "06001", 10.0),
    CountyVolume("San Diego", "06073", 9.0),
    CountyVolume("Sacramento", "06067", 7.0),
    CountyVolume("Santa Clara", "06085", 6.0),
    CountyVolume("Fresno", "06019", 4.5),
    CountyVolume("Humboldt", "06023", 4.0),
    CountyVolume("Santa Cruz", "06087", 3.5),
    CountyVolume("Kern", "06029", 2.5),
    CountyVolume("Shasta", "06089", 1.5),
    CountyVolume("Mendocino", "06045", 1.0),
)
"""Twelve counties from a great city to a place that sends one sample a week: 77 samples a week, 6,000 in 18 months."""

PROGRAMMES: tuple[str, ...] = (
    "Simulated program Marigold Van",
    "Simulated program Blue Heron House",
    "Simulated program Lantern Street",
    "Simulated program Saltbush Exchange",
    "Simulated program Cedar Door",
    "Simulated program Paper Crane",
)
"""Sites that do not exist. Whoever finds one of them on a page for public safety has found a leak."""

NOTE_MARKER = "simulated-note"
"""Begins every free text, as people's own words would stand there. It too must never leave the staff's rooms."""
