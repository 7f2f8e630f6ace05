"""How each thing that a message must hold may read in it, so that the linter can look for it in texts people edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.wording.content import AlertContent
from alerts.wording.place_name import PlaceName, place_words
from alerts.wording.variables import Content
from alerts.wording.words import Words
from notifiers.plain import plain


def elements(content: Content, channel: str, given: Mapping[str, Any], words: Words) -> dict[str, tuple[str, ...]]:
    """Element → spellings of which one must be there. What this content lacks is left out."""
    found: dict[str, tuple[str, ...]] = {}
    if front := given.get("front"):
        found["front"] = (front,)
    if isinstance(content, AlertContent):
        found |= _alert(content, channel, given, words)
    if given.get("opt_out") and channel == "sms":
        found["opt_out"] = tuple(words.required["opt_out"])
    for mark in ("exercise", "simulated"):
        if given.get(mark):
            found[mark] = (words.marks[mark],)
    if channel != "sms":
        return found
    return {key: tuple(plain(value, words.strip_accents) for value in values) for key, values in found.items()}


def _alert(content: AlertContent, channel: str, given: Mapping[str, Any], words: Words) -> dict[str, tuple[str, ...]]:
    day = words.day_short if channel == "sms" else words.day
    action = given["action"]
    found = {
        "substance": (given["substance"],),
        "place": tuple(words.contracted(f" {place_words(place, words)}").strip() for place in content.places),
        "action": (action.sms,) if channel == "sms" else (action.do[0],),
        "confidence": (given["confidence_word"], given["confidence_sentence"]),
        "alert_date": (day(content.alert_date),),
        "link": (content.link,),
    }
    if content.sampled_last is not None:
        found["sampled"] = (day(content.sampled_last),)
    if content.expires is not None:
        found["expires"] = (day(content.expires),)
    if action.naloxone:
        found["naloxone"] = tuple(words.required["naloxone"])
    return found


def proper_names(content: Content, given: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    """Names of partners, sources, places and substances, with and without accents, the longest first."""
    names = [str(given[key]) for key in ("front", "programme", "substance", "source", "attribution", "feed", "name")
             if given.get(key)]  # fmt: skip
    names += [str(name) for key in ("family", "aka", "substance_words") for name in given.get(key, ())]
    if "name" in given:
        names.append(str(given["substance_in"](given["name"])))
    lines = [line for key in ("lines", "changed", "ended", "open") for line in given.get(key, ())]
    places: list[PlaceName] = [*given.get("places", ()), *(place for line in lines for place in line.places)]
    if isinstance(content, AlertContent):
        places += [place for change in content.changes for place in change.places]
        names += [words.substances.get(change.value.lower(), change.value) for change in content.changes]
        names += [content.bulletin.title] if content.bulletin is not None else []
        names += [source.name for source in given["action"].sources]
    names += [place_words(place, words) for place in places]
    names += [words.substances.get(line.name.lower(), line.name) for line in lines]
    spellings = {spelling for name in names if name for spelling in (name, plain(name, True))}
    return tuple(sorted(spellings, key=lambda name: (-len(name), name)))
