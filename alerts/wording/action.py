"""What to tell people about one kind of substance: an action profile, as data that a clinician reviews."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from alerts.wording.shelf import Shelf, WordingError

PROFILES = (
    "opioid",
    "alpha2-xylazine",
    "alpha2-medetomidine",
    "benzodiazepine",
    "industrial",
    "local-anaesthetic",
    "other",
)
"""Profiles that every language should have; an operator may add more."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a profile's advice comes from.

    name: publisher and title. on: its date as far as it is known ("2025-05-01", "2024-08", "2025"). link: URL or "".
    """

    name: str
    on: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One `templates/actions/<language>/<profile>.toml`.

    profile, language: where it came from. group: what kind of substance this is, for a heading ("a sedative used on
    animals"). naloxone: True when every message must tell people to give naloxone. sms: the advice in one short text.
    what, look_for, do, do_not, strips: short sentences, the most urgent first. sources: with dates. reviewed_by,
    reviewed_on: the clinician who read it and when; "" and None mean that nobody has, and approval shows it.
    """

    profile: str
    language: str
    group: str
    naloxone: bool
    sms: str
    what: tuple[str, ...]
    look_for: tuple[str, ...]
    do: tuple[str, ...]
    do_not: tuple[str, ...]
    strips: tuple[str, ...]
    sources: tuple[Source, ...]
    reviewed_by: str = ""
    reviewed_on: date | None = None


def action(profile: str, language: str, shelf: Shelf) -> Action:
    """Read one profile. Raises WordingError naming file, key and mend."""
    name = f"actions/{language}/{profile}.toml"
    return _parsed(name, profile, language, shelf.read(name))


@lru_cache(maxsize=128)
def _parsed(name: str, profile: str, language: str, text: str) -> Action:
    """Remembered by the file's text, so that thousands of messages read it once and an edit is seen at once."""
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WordingError(name, f"is not valid TOML: {error}", "correct the line it names") from None
    for key, kind in (("group", str), ("naloxone", bool), ("sms", str), ("reviewed_by", str)):
        if not isinstance(table.get(key), kind):
            raise WordingError(name, f"'{key}' is missing or not a {kind.__name__}", f"give {key} as in actions/en")
    for key in ("what", "look_for", "do", "do_not", "strips"):
        value = table.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise WordingError(name, f"'{key}' is not a list of sentences", f'write {key} = ["…", "…"]')
        table[key] = tuple(value)
    sources = table.get("sources")
    if not isinstance(sources, list) or not sources:
        raise WordingError(name, "has no sources", "add [[sources]] with name, on (a date) and link")
    if any(not re.fullmatch(r"\d{4}(-\d\d){0,2}", str(source.get("on", ""))) for source in sources):
        raise WordingError(
            name, "a source has no date", 'write on = "2025-05-01", "2025-05" or "2025" under [[sources]]'
        )
    known = set(Action.__dataclass_fields__) - {"profile", "language"}
    if strange := sorted(set(table) - known):
        raise WordingError(name, f"has unknown keys {', '.join(strange)}", f"keep to {', '.join(sorted(known))}")
    if any(not {"name", "on"} <= set(source) <= {"name", "on", "link"} for source in sources):
        raise WordingError(name, "a source has other keys", "give each of [[sources]] a name, on and link, and no more")
    table["sources"] = tuple(Source(**source) for source in sources)
    return Action(profile=profile, language=language, **table)
