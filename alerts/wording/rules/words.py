"""Words that hurt, that draw people to a drug, that name the police, or that promise safety."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from alerts.wording.rules.case import Case


@cache
def tables() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Language → rule → word → what to write instead, from words.toml."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def forbids(table: str) -> Callable[[Case], Iterator[tuple[str, str]]]:
    """A rule that finds the words of one table. A language without the table is not checked by it."""

    def check(case: Case) -> Iterator[tuple[str, str]]:
        pattern, instead = _listed(case.composed.language, table)
        if pattern is None:
            return
        for part, text in case.parts():
            for match in pattern.finditer(_flat(text, case.composed.names)):
                # A dotless "ı" matches an "i" and does not fold to it; it must be found and must not break the linter.
                said = match.group()
                word, better = instead.get(said.casefold(), (said, "leave it out"))
                yield case.where(part, match.start(), said), f"instead of '{word}': {better}"

    return check


@cache
def _listed(language: str, table: str) -> tuple[re.Pattern[str] | None, Mapping[str, tuple[str, str]]]:
    """One pattern for all words of a table, the longest first: "drug abuse" is told once, and not as "abuse" too."""
    words = tables().get(language, {}).get(table, {})
    known = {unaccented(word).casefold(): (word, instead) for word, instead in words.items()}
    if not known:
        return None, known
    either = "|".join(re.escape(word) for word in sorted(known, key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE), known


@lru_cache(maxsize=16)
def _flat(text: str, names: tuple[str, ...]) -> str:
    """The text as the tables are matched against; remembered, since four tables ask for the same one."""
    return unaccented(_unnamed(text, names))


def unaccented(text: str) -> str:
    """The text without accents, letter for letter, so that positions stay true."""
    if text.isascii():
        return text
    return "".join(letter if letter < "\x80" else unicodedata.normalize("NFD", letter)[0] for letter in text)


def _unnamed(text: str, names: tuple[str, ...]) -> str:
    """The text with links and proper names blanked: a partner may be called "Clean Slate", and a source as it likes."""
    either = "|".join((r"https?://\S+", *(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names)))
    return re.sub(either, lambda match: " " * len(match.group()), text)
