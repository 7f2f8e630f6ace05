"""Does it point at somebody? No place finer than allowed, no count small enough to be a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from alerts.wording.content import AlertContent
from alerts.wording.place_name import GRAINS, PlaceName
from alerts.wording.rules.case import Case
from alerts.wording.variables import Content
from detectors.words.county_places import county_places
from detectors.words.places import Gazetteer

STREET: Final = re.compile(
    r"\b\d{1,5}(?:-\d+)?\s+(?:[NSEW]\.?\s+)?(?:\w+\s+){1,3}(?:St|Street|Ave|Avenue|Blvd|Boulevard|Road|Rd|Drive|Lane|Ln|Way)\b"
    r"|\b(?:Calle|Avenida|Bulevar|Carretera)\s+\w+\s+(?:#\s*)?\d+"
    r"|\b\w+\s+(?:St|Street|Ave|Avenue|Blvd|Boulevard|Road|Rd)\.?\s+(?:and|at|&|y)\s+\w+",
    re.IGNORECASE,
)
ZIP: Final = re.compile(r"(?<![\d-])\d{5}(?:-\d{4})?(?![\d-])")
FINE: Final = (
    (STREET, "a street address"),
    (ZIP, "a ZIP code"),
    (re.compile(r"-?\d{1,3}\.\d{3,}\s*,\s*-?\d{1,3}\.\d{3,}"), "coordinates"),
    (re.compile(r"\b(?:corner|block) of\b|\besquina (?:de|con)\b", re.IGNORECASE), "a street corner"),
)
NUMBERS: Final = {
    word: number
    for words in (
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        ("un solo", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
    )
    for number, word in enumerate(words, 1)
} | {"una sola": 1, "a single": 1}
THINGS: Final = (
    r"samples?|deaths?|people|persons?|patients?|cases?|findings?|positives?|reports?|overdoses"
    r"|muestras?|muertes?|personas?|pacientes?|casos?|hallazgos?|positivos?|positivas?|reportes?|sobredosis"
)
COUNTED: Final = re.compile(
    rf"\b(?P<number>\d+|{'|'.join(NUMBERS)})\s+(?:(?:drug|seized|overdose|positive)\s+)?(?:{THINGS})\b"
    rf"|\b(?P<over>\d+)\s*/\s*(?P<under>\d+)\s+(?:(?:drug|seized)\s+)?(?:{THINGS})\b"
    r"|\b(?P<part>\d+)\s+(?:of|de|out of)\s+(?P<whole>\d+)\b",
    re.IGNORECASE,
)


def fine_place(case: Case) -> Iterator[tuple[str, str]]:
    """A grain finer than the limit in the content, or an address, ZIP code or coordinates in the words."""
    allowed = GRAINS.index(case.limits.finest)
    for place in _places(case.content):
        if GRAINS.index(place.grain) > allowed:
            yield case.where(), f"name the {case.limits.finest} instead of the {place.grain} '{place.name}'"
    for part, text in case.parts():
        text = _without_links_and_contact(text, case)
        for pattern, called in FINE:
            if pattern is ZIP and case.kind.family == "staff":
                # Staff are told carriers' error codes, which have five digits too.
                continue
            for match in pattern.finditer(text):
                yield case.where(part, match.start(), match.group()), f"remove {called}; name the {case.limits.finest}"


def small_place(case: Case) -> Iterator[tuple[str, str]]:
    """A county of the alert's states in which fewer people live than the limit, in the content or in the words."""
    if not isinstance(case.content, AlertContent):
        return
    content = case.content
    named = [*content.places, *(place for change in content.changes for place in change.places)]
    states = {place.state or place.name for place in named}
    for place in named:
        if place.grain == "county" and place.name in _small_counties(place.state, case.limits.people):
            yield case.where(), f"name {place.state} instead of {place.name}, in which few people live"
    for state in sorted(states):
        pattern = _naming_small_counties(state, case.limits.people)
        for part, text in case.parts():
            for match in pattern.finditer(text) if pattern else ():
                yield case.where(part, match.start(), match.group()), f"name {state} instead of a place of few people"


@cache
def _naming_small_counties(state: str, people: int) -> re.Pattern[str] | None:
    """Finds any of them in English or Spanish words; None where there are none. One pattern for all: Texas has 150."""
    names = sorted(_small_counties(state, people), key=len, reverse=True)
    english = "|".join(map(re.escape, names))
    spanish = "|".join(re.escape(name.removesuffix(" County")) for name in names if name.endswith(" County"))
    return re.compile(rf"\b(?:{english})\b|\bcondado de (?:{spanish or '(?!)'})\b") if names else None


@cache
def _small_counties(state: str, people: int) -> tuple[str, ...]:
    """Names, as the census prints them, of a state's counties in which fewer people live. state: its English name."""
    gazetteer = Gazetteer.load()
    code = gazetteer.resolve(state)
    counties = gazetteer.members(code) if code is not None and len(code) == 2 else ()
    return tuple(gazetteer.name(c).partition(", ")[0] for c in counties if county_places()[c].population < people)


def small_count(case: Case) -> Iterator[tuple[str, str]]:
    """A count below k, from the content or written out in the words."""
    k = case.limits.k
    if isinstance(case.content, AlertContent):
        for called, number in (("count", case.content.count), ("number tested", case.content.tested)):
            if number is not None and number < k:
                yield case.where(), f"leave out the {called} ({number} is below {k}) and say that it was found"
    for part, text in case.parts():
        for match in COUNTED.finditer(text):
            shown = [match[group] for group in ("number", "part", "whole", "over", "under") if match[group]]
            if any(_value(number) < k for number in shown):
                yield case.where(part, match.start(), match.group()), f"leave out a count below {k}"


def _places(content: Content) -> Iterator[PlaceName]:
    """Every place of an alert, of a person's list, and of the alerts in a digest."""
    lines = [line for name in ("lines", "changed", "ended", "open") for line in getattr(content, name, ())]
    for holder in (content, *getattr(content, "changes", ()), *lines):
        yield from getattr(holder, "places", ())


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else NUMBERS[number.casefold()]


def _without_links_and_contact(text: str, case: Case) -> str:
    """Links and the programme's own phone number and address are meant to be found."""
    for known in (r"https?://\S+", re.escape(getattr(case.content, "contact", "") or "\0")):
        text = re.sub(known, lambda match: " " * len(match.group()), text)
    return text
