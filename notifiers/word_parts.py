"""The tables of words/parts.toml: what part each word can play, and how people type."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "words"
_TABLES: Final[dict[str, Any]] = tomllib.loads((FOLDER / "parts.toml").read_text(encoding="utf-8"))

PARTS: Final = frozenset(_TABLES["parts"])
TYPED: Final[dict[str, str]] = {typed: meant for meant, many in _TABLES["typed"].items() for typed in many.split()}
SAME: Final = tuple((re.compile(rf"\b(?:{pattern})\b"), said) for pattern, said in _TABLES["same"])
KEYS: Final[tuple[str, ...]] = tuple(_TABLES["slips"]["keys"].split())
ORDINARY: Final[frozenset[str]] = frozenset(_TABLES["slips"]["ordinary"].split())


def _forms(entry: str) -> list[str]:
    stem, marked, ending = entry.partition("~")
    if not marked:
        return [entry]
    hanging = _TABLES["hanging"].get(ending) or " " + _TABLES["hanging"]["other"]
    return [stem + end + after for end in _TABLES["endings"][ending].split() for after in hanging.split(" ")]


@cache
def parts_of_words() -> dict[str, frozenset[str]]:
    """Each known word with the parts it can play."""
    found: dict[str, set[str]] = {}
    for part, languages in _TABLES["parts"].items():
        for words in languages.values():
            for word in chain.from_iterable(map(_forms, words.split())):
                found.setdefault(word, set()).add(part)
    return {word: frozenset(parts) for word, parts in found.items()}


@cache
def languages_of_words() -> dict[str, str]:
    """ "en" or "es" for each known word that only one of both languages has."""
    found: dict[str, set[str]] = {}
    for languages in _TABLES["parts"].values():
        for language, words in languages.items():
            for word in chain.from_iterable(map(_forms, words.split())):
                found.setdefault(word, set()).add(language)
    return {word: min(spoken) for word, spoken in found.items() if len(spoken) == 1}
