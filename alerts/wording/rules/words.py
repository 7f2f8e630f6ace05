"""Words that hurt, that draw people to a drug, that name the police, or that promise safety."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from alerts.wording.rules.case import Case


@cache
def tables() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Language → rule → word → what to write instead, from words.toml."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def forbids(table: str) -> Callable[[Case], Iterator[tuple[str, str]]]:
    """A rule that finds the words of one table. A language without the table is not checked by it."""

    def check(case: Case) -> Iterator[tuple[str, str]]:
        words = tables().get(case.composed.language, {}).get(table, {})
        for part, text in case.parts():
            flat = unaccented(_unnamed(text, case.composed.names))
            for word, instead in words.items():
                for match in re.finditer(rf"(?<!\w){re.escape(unaccented(word))}(?!\w)", flat, re.IGNORECASE):
                    yield case.where(part, match.start(), match.group()), f"instead of '{word}': {instead}"

    return check


def unaccented(text: str) -> str:
    """The text without accents, letter for letter, so that positions stay true."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def _unnamed(text: str, names: tuple[str, ...]) -> str:
    """The text with links and proper names blanked: a partner may be called "Clean Slate", and a source as it likes."""
    text = re.sub(r"https?://\S+", lambda match: " " * len(match.group()), text)
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda match: " " * len(match.group()), text)
    return text
