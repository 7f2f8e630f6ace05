"""The state that a place lies in: alerts are grouped by it."""

from __future__ import annotations

from detectors.words.places import Gazetteer

NATION = "US"


def region_of(place: str, gazetteer: Gazetteer) -> str:
    """FIPS code of the state; the nation for a place that lies in none, or in several."""
    if place[:2].isdigit():
        return place[:2]
    return next((p for p in gazetteer.parents(place) if len(p) == 2 and p.isdigit()), NATION)


def covers(wanted: str, place: str, gazetteer: Gazetteer) -> bool:
    """Whether somebody who asked for `wanted` is to hear of `place`: it is the same place, holds it, or lies in it.

    Who asked for a county hears of an alert that names only the whole state: their county may be meant.
    """
    return wanted == place or wanted in gazetteer.parents(place) or place in gazetteer.parents(wanted)
