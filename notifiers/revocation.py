"""Whether a text takes consent back, understood by the parts its words play (see words/revocation.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from notifiers.folding import said
from notifiers.revocation_shapes import FOREIGN, shapes
from notifiers.spelling import known
from notifiers.word_parts import languages_of_words

_PAUSES: Final = frozenset(",?")


@dataclass(frozen=True, slots=True)
class Revocation:
    """shape: name of the shape that was found, for people who tune. language: "en", "es", or "" when the words do not
    tell. first: whether nothing but courtesies stands before it."""

    shape: str
    language: str
    first: bool


def revocation(text: str) -> Revocation | None:
    """What in this text asks for no more messages; None when nothing does, or when it asks for the opposite."""
    table = shapes()
    words = [meant for word in said(text) for meant in ((word,) if word in _PAUSES else known(word))]
    line = "".join(word if word in _PAUSES else table.signs.get(word, FOREIGN) for word in words)
    if any(pattern.search(line) for pattern in table.wanted_back.values()):
        return None
    for pattern in table.elsewhere.values():
        line = pattern.sub(lambda found: "," * len(found[0]), line)
    for shape, pattern in table.revoking.items():
        found = pattern.search(line)
        if found:
            return Revocation(shape, _language(words), table.courtesies.fullmatch(line[: found.start()]) is not None)
    for shape, pattern in table.as_written.items():
        if pattern.search(text):
            return Revocation(shape, _language(words), True)
    return None


def _language(words: list[str]) -> str:
    spoken = languages_of_words()
    english, spanish = (sum(spoken.get(word) == language for word in words) for language in ("en", "es"))
    return "" if english == spanish else "es" if spanish > english else "en"
