"""The small words of one language: months, levels, marks, place endings, names of substances. A table, not code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from alerts.wording.shelf import Shelf, WordingError


@dataclass(frozen=True)
class Words:
    """One `templates/words/<language>.toml`, read and checked.

    language: folder name ("en"). called: the language's own name. strip_accents: spell texts without accents that GSM-7
    lacks; an "á" left in turns 160 characters into 70. months, months_short: January first. date_long, date_short:
    patterns with {day}, {month}, {year}. conjunction: the word before the last of a list. more: pattern with {n} for
    places left out. labels: headings and fixed sentences of the shared layouts. required: words that a message must
    hold one of. levels, confidence, marks, evidence,
    changes, reasons, headlines: the words for each value that content may hold. place_endings, place_names, substances:
    what a place or substance is called in this language.
    """

    language: str
    called: str
    strip_accents: bool
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    date_long: str
    date_short: str
    conjunction: str
    more: str
    labels: Mapping[str, str]
    required: Mapping[str, list[str]]
    levels: Mapping[str, str]
    confidence: Mapping[str, Mapping[str, str]]
    marks: Mapping[str, str]
    evidence: Mapping[str, Mapping[str, str]]
    changes: Mapping[str, str]
    reasons: Mapping[str, str]
    headlines: Mapping[str, str]
    place_endings: Mapping[str, str]
    contractions: Mapping[str, str]
    place_names: Mapping[str, str]
    substances: Mapping[str, str]

    def contracted(self, text: str) -> str:
        """The text with what this language draws together drawn together: "de el condado" → "del condado"."""
        for apart, together in self.contractions.items():
            text = text.replace(apart, together)
        return text

    def day(self, value: date) -> str:
        """A calendar date with the month in words, "October 9, 2026" or "9 de octubre de 2026"."""
        return self.date_long.format(day=value.day, month=self.months[value.month - 1], year=value.year)

    def day_short(self, value: date) -> str:
        """A calendar date for a text message, without the year: "Oct 9" or "9 oct"."""
        return self.date_short.format(day=value.day, month=self.months_short[value.month - 1], year=value.year)

    def listed(self, names: tuple[str, ...], most: int = 99) -> str:
        """ "A", "A and B", "A, B and C", or "A, B and 5 more" when there are more than `most`."""
        if len(names) > most:
            kept, last = names[:most], self.more.format(n=len(names) - most)
        elif len(names) > 1:
            kept, last = names[:-1], names[-1]
        else:
            return "".join(names)
        return f"{', '.join(kept)} {self.conjunction} {last}"


def words(shelf: Shelf, language: str) -> Words:
    """Read the words of a language from the shelf. Raises WordingError naming file, key and mend."""
    name = f"words/{language}.toml"
    try:
        table: dict[str, Any] = tomllib.loads(shelf.read(name))
    except tomllib.TOMLDecodeError as error:
        raise WordingError(name, f"is not valid TOML: {error}", "correct the line it names") from None
    fields = {k: v for k, v in table.items() if k in Words.__dataclass_fields__}
    missing = sorted(set(Words.__dataclass_fields__) - set(fields) - {"language"})
    if missing:
        raise WordingError(
            name, f"lacks {', '.join(missing)}", "copy the missing keys from words/en.toml and translate"
        )
    for key in ("months", "months_short"):
        if len(fields[key]) != 12:
            raise WordingError(name, f"{key} has {len(fields[key])} entries", "give twelve, January first")
        fields[key] = tuple(fields[key])
    return Words(language=language, **fields)
