"""How many people live in a county, where it lies and which counties border it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class CountyPlace:
    """One county.

    population: people, U.S. Census Bureau estimate of 1 July 2020. latitude, longitude: degrees (WGS 84) of the middle
    of its area; None for two islands with hardly a soul. neighbours: FIPS codes of the counties that share a border
    with it, or that lie across water at most 10 km away and are adjacent by the Bureau's own list.
    """

    fips: str
    population: int
    latitude: float | None
    longitude: float | None
    neighbours: tuple[str, ...]


@cache
def county_places() -> Mapping[str, CountyPlace]:
    """FIPS code → place, for every county of counties.tsv. Sources and year: docs/adr/0016-county-places.md.

    Connecticut is there twice, as its eight old counties and as its nine planning regions, since sources print either.
    """
    table = files("detectors.words").joinpath("county_places.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return {
        fips: CountyPlace(
            fips,
            int(population),
            float(latitude) if latitude else None,
            float(longitude) if longitude else None,
            tuple(neighbours.split()),
        )
        for fips, population, latitude, longitude, neighbours in rows
    }


def people_in(counties: Iterable[str]) -> int:
    """How many people live in these counties together; a code that is no county counts none."""
    places = county_places()
    return sum(places[fips].population for fips in counties if fips in places)
