"""Places that a notice names, resolved only with the state the notice is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detectors.words.folding import fold
from detectors.words.places import Gazetteer

_WORD = r"[A-ZÁÉÍÓÚÑ][\w'’.\-áéíóúñü]*"
_NAME = rf"{_WORD}(?: (?:de|del|la|las|los|the|of|and|y) {_WORD}| {_WORD}){{0,3}}"
_SUFFIX = r"(?:[Cc]ount(?:y|ies)|[Pp]arish(?:es)?|[Bb]orough|[Mm]unicipio)"
_BEFORE = re.compile(
    rf"({_NAME})(?P<more>(?:, {_NAME})*,? and {_NAME})? {_SUFFIX}(?:, (?P<state>[A-Z]{{2}}\b|{_NAME}))?"
)
_AFTER = re.compile(rf"\b[Cc]ondados? de(?:l)? ({_NAME})")


@dataclass(frozen=True, slots=True)
class PlaceSpan:
    """One place in running text: its code and its offsets."""

    code: str
    start: int
    end: int


def places_in(text: str, state: str, gazetteer: Gazetteer) -> tuple[PlaceSpan, ...]:
    """Counties with their "County", "Parish" or "condado", and the names of states, in the order they stand.

    A bare county name is never taken ("Orange", "Lake", "Washington" are words and states as well), nor a county
    without a state: `state` is the notice's own, as printed; another one in the text ("Erie County, Ohio") goes first.
    """
    found: list[PlaceSpan] = []
    for match in _BEFORE.finditer(text):
        own = match.group("state") or ""
        there = own if own and gazetteer.resolve(own) else state
        named = match.group(1) + (match.group("more") or "")
        # "Contra Costa and Solano counties" are two; King and Queen County is one.
        plural = re.search(r"(?:ies|es)$", match.group().split(",")[0].split()[-1].lower()) or match.group("more")
        for name in re.split(r",? and |, ", named) if plural else [named]:
            county = _longest(name, there, gazetteer)
            if county:
                found.append(PlaceSpan(county, match.start(), match.end()))
    for match in _AFTER.finditer(text):
        words = match.group(1).split()
        for size in range(len(words), 0, -1):
            code = gazetteer.resolve(state, " ".join(words[:size]))
            if code and len(code) == 5:
                found.append(PlaceSpan(code, match.start(), match.end()))
                break
    folded = fold(text).text
    for code, name in gazetteer.states().items():
        for language in {name, gazetteer.name(code, "es")}:
            for match in re.finditer(rf"\b{re.escape(fold(language).text)}\b", folded):
                if not any(span.start <= match.start() < span.end for span in found):
                    found.append(PlaceSpan(code, match.start(), match.end()))
    return tuple(sorted(found, key=lambda span: span.start))


def _longest(name: str, state: str, gazetteer: Gazetteer) -> str:
    """The county that the last words of a run of capitals name: "Health officials in Contra Costa" → Contra Costa."""
    words = re.sub(rf" {_SUFFIX}$", "", name).split()
    for first in range(len(words)):
        code = gazetteer.resolve(state, " ".join(words[first:]) + " County")
        if code and len(code) == 5:
            return code
    return ""
