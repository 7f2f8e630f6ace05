"""The small words of one language: months, levels, marks, place endings, names of substances. A table, not code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from alerts.wording.shelf import Shelf, WordingError


@dataclass(frozen=True)
class Words:
    """One `templates/words/<language>.toml`, read and checked.

    language: folder name ("en"). called: the language's own name. strip_accents: spell texts without accents that GSM-7
    lacks; an "á" left in turns 160 characters into 70. months, months_short: January first. date_long, date_short:
    patterns with {day}, {month}, {year}. conjunction: the word before the last of a list. more: pattern with {n} for
    places left out. numbers: one to ten in words. before, for_long: patterns with {n} for a stretch of time, by the
    names of SPANS. labels: headings and fixed sentences of the shared layouts. required: words that a message must
    hold one of. levels, confidence, marks, evidence, changes, reasons, headlines: the words for each value that content
    may hold. conditions: how a feed is; mends: what to do then, where the program's own English sentence will not do;
    problems: our own reasons why a message failed. ways: how somebody came to get alerts. place_endings, place_names,
    substances: what a place or substance is called in this language.
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
    numbers: tuple[str, ...]
    before: Mapping[str, str]
    for_long: Mapping[str, str]
    labels: Mapping[str, str]
    required: Mapping[str, list[str]]
    levels: Mapping[str, str]
    confidence: Mapping[str, Mapping[str, str]]
    marks: Mapping[str, str]
    evidence: Mapping[str, Mapping[str, str]]
    changes: Mapping[str, str]
    reasons: Mapping[str, str]
    headlines: Mapping[str, str]
    conditions: Mapping[str, str]
    mends: Mapping[str, str]
    problems: Mapping[str, str]
    ways: Mapping[str, str]
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

    def span(self, patterns: Mapping[str, str], days: int) -> str:
        """A stretch of days in words by one of the tables `before` and `for_long`: "for five years", "for 45 days"."""
        n, unit = whole_units(days)
        if n == 1:
            return patterns[unit]
        return patterns[f"{unit}s"].format(n=self.numbers[n - 1] if n <= len(self.numbers) else n)

    def listed(self, names: tuple[str, ...], most: int = 99) -> str:
        """ "A", "A and B", "A, B and C", or "A, B and 5 more" when there are more than `most`."""
        if len(names) > most:
            kept, last = names[:most], self.more.format(n=len(names) - most)
        elif len(names) > 1:
            kept, last = names[:-1], names[-1]
        else:
            return "".join(names)
        return f"{', '.join(kept)} {self.conjunction} {last}"


SPANS: Final = (("year", 365.25, 365, 99), ("month", 365.25 / 12, 30, 11))
"""Units that people think in, largest first: mean length in days, another length that counts, and how many at most."""


def whole_units(days: int) -> tuple[int, str]:
    """(how many, "year", "month" or "day") of the largest unit that the days are whole numbers of, within a day: 365,
    366 and 1826 are years, 182 is six months. A month of thirty days counts as one too, as thresholds have it. What is
    more than a year and no whole number of them stays days: nobody thinks in nineteen months."""
    for unit, length, also, most in SPANS:
        n = round(days / length)
        if 1 <= n <= most and (abs(days - n * length) <= 1 or days == n * also):
            return n, unit
    return days, "day"


FILLED_IN: Final = dict.fromkeys(
    ("day", "month", "year", "n", "name", "substance", "Substance", "where", "places", "value", "first", "last"), ""
) | {"count": "", "tested": "", "things": ""}
"""Names that sentences of the table may have in braces."""

WHOLE: Final = (
    "before", "for_long",
    "labels", "required", "levels", "confidence", "marks", "evidence", "changes", "reasons", "headlines", "conditions",
)  # fmt: skip
"""Tables that must have every key of the shipped English ones; the others list only what differs from English."""


def words(shelf: Shelf, language: str) -> Words:
    """Read the words of a language from the shelf. Raises WordingError naming file, key and mend."""
    name = f"words/{language}.toml"
    return _parsed(name, language, shelf.read(name), Shelf(shelf.folders[-1:]).read("words/en.toml"))


@lru_cache(maxsize=32)
def _parsed(name: str, language: str, text: str, shipped: str) -> Words:
    """Remembered by the file's text, so that thousands of messages read it once and an edit is seen at once."""
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WordingError(name, f"is not valid TOML: {error}", "correct the line it names") from None
    fields = {k: v for k, v in table.items() if k in Words.__dataclass_fields__}
    if missing := _missing(fields, tomllib.loads(shipped)):
        mend = "copy the missing keys from the shipped words/en.toml and translate them"
        raise WordingError(name, f"lacks {', '.join(missing)}", mend)
    for key, pattern in _patterns(fields):
        try:
            pattern.format(**FILLED_IN)
        except (KeyError, IndexError, ValueError) as error:
            mend = f"use only {', '.join(f'{{{name}}}' for name in FILLED_IN)}, as the English sentence does"
            raise WordingError(name, f"{key} has a place that cannot be filled in: {error}", mend) from None
    for key in ("months", "months_short"):
        if len(fields[key]) != 12:
            raise WordingError(name, f"{key} has {len(fields[key])} entries", "give twelve, January first")
        fields[key] = tuple(fields[key])
    if len(fields["numbers"]) != 10:
        raise WordingError(name, f"numbers has {len(fields['numbers'])} entries", "give ten, from one to ten")
    fields["numbers"] = tuple(fields["numbers"])
    return Words(language=language, **fields)


def _missing(given: Mapping[str, Any], shipped: Mapping[str, Any]) -> list[str]:
    """Keys, with their table, that a language must have and does not. A half-filled table would fail in mid-alert."""
    lacking = [key for key in Words.__dataclass_fields__ if key != "language" and key not in given]
    for table in WHOLE:
        mine = given.get(table, {})
        for key, value in shipped[table].items():
            if key not in mine:
                lacking += [f"[{table}] {key}"] if table in given else []
            elif isinstance(value, dict):
                lacking += [f"[{table}.{key}] {inner}" for inner in value if inner not in mine[key]]
    return lacking


def _patterns(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _patterns(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield f"{prefix}{key}", value
