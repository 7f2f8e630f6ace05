"""A place as a message names it, and the names it has in other languages."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.wording.words import Words

GRAINS = ("nation", "state", "region", "county", "city", "zip", "site", "address")
"""From the widest to the finest. Messages go no finer than the limits allow; by default a county."""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One place. name: as the census prints it ("Alameda County"). grain: one of GRAINS. state: "California" or ""."""

    name: str
    grain: str = "county"
    state: str = ""


def place_words(place: PlaceName, words: Words) -> str:
    """The place's name in the language of `words`: "Alameda County" → "condado de Alameda"."""
    for ending, pattern in words.place_endings.items():
        if place.name.endswith(ending):
            return pattern.format(name=place.name.removesuffix(ending))
    return words.place_names.get(place.name, place.name)
