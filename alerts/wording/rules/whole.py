"""Is everything there that people need, in the order in which they can use it, and nothing left unfilled?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from alerts.wording.rules.case import Case

SAYS: Final = {
    "front": "the partner's own name",
    "substance": "the substance",
    "place": "the place",
    "action": "what to do",
    "confidence": "how sure it is",
    "sampled": "the date of the sample",
    "alert_date": "the date of the alert",
    "expires": "the day on which the alert ends",
    "link": "the link",
}

ORDER: Final = ("front", "substance", "place", "action", "alert_date", "link")
"""Source, hazard, location, guidance, time, then the link (Mileti and Sorensen's order for short warnings)."""

LEFT_OVER: Final = re.compile(
    r"\{\{|\}\}|\{%|%\}|\$\{|(?<!\{)\{\w*\}(?!\})|<<|>>|%\(?\w*\)?s\b|\bNone\b|\bnan\b|\bundefined\b|\bTODO\b|\bXXX+\b"
    r"|\[(?:name|place|date|substance|link|nombre|lugar|fecha|sustancia|enlace)\]"
)


def missing_element(case: Case) -> Iterator[tuple[str, str]]:
    """Each element that the kind must hold and the content has."""
    text = _flat(case.composed.text)
    for element in case.kind.must:
        spellings = case.composed.elements.get(element)
        if spellings and not any(_flat(spelling) in text for spelling in spellings):
            yield case.where(), f"say {SAYS[element]}: {spellings[0]}"


def order(case: Case) -> Iterator[tuple[str, str]]:
    """In a text, which is read once and from the top."""
    if case.composed.channel != "sms" or not case.kind.full:
        return
    text = _flat(case.composed.text)
    found = []
    for element in ORDER:
        positions = [text.find(_flat(spelling)) for spelling in case.composed.elements.get(element, ())]
        if seen := [position for position in positions if position >= 0]:
            found.append((element, min(seen)))
    for (first, at), (second, later) in pairwise(found):
        if later < at:
            yield case.where(position=later), f"say {SAYS[first]} before {SAYS[second]}"


def placeholder(case: Case) -> Iterator[tuple[str, str]]:
    """What a template or an editor left behind."""
    for part, text in case.parts():
        text = re.sub(r"https?://\S+", lambda match: " " * len(match.group()), text)
        for match in LEFT_OVER.finditer(text):
            yield case.where(part, match.start(), match.group()), f"fill in or remove '{match.group()}'"
        for opening, closing in ("()", "[]", "{}", "«»", "“”", "¿?", "¡!"):
            more = text.count(opening) - text.count(closing)
            if more > 0 or (more < 0 and opening not in "¿¡"):
                yield case.where(part), f"balance {opening} and {closing}"


def opt_out(case: Case) -> Iterator[tuple[str, str]]:
    """The words that end texts, where this message must carry them."""
    spellings = case.composed.elements.get("opt_out", ())
    if spellings and not any(word in case.composed.text for word in spellings):
        yield case.where(), f"say how to end texts: reply {spellings[0]}"


def naloxone(case: Case) -> Iterator[tuple[str, str]]:
    """Where the action profile demands it, in every layer."""
    spellings = case.composed.elements.get("naloxone", ())
    text = _flat(case.composed.text)
    if case.kind.full and spellings and not any(_flat(word) in text for word in spellings):
        yield case.where(), f"tell people to give {spellings[0]}: the profile demands it"


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
