"""Text as the lexicon compares it: one case, no accents, no markup, with the way back to the original offsets."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ω": "omega"}
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
# Zero-width characters and soft hyphens come with text pasted from web pages and split a name in two unseen.
_INVISIBLE = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"}


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` folded; `origins[i]` is where its character i began in the original; None when nothing moved."""

    text: str
    origins: Sequence[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the folded span [start, end) came from."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> Folded:
    """Lower case, without accents, HTML tags and entities; Greek letters are spelled out, as chemists type them."""
    if text.isascii() and "&" not in text and "<" not in text:
        return Folded(text.lower())
    folded: list[str] = []
    origins: list[int] = []

    def put(piece: str, at: int) -> None:
        for character in piece:
            if character in _INVISIBLE:
                continue
            for plain in _GREEK.get(character.lower(), unicodedata.normalize("NFKD", character)).lower():
                if unicodedata.combining(plain):
                    continue
                folded.append(plain)
                origins.append(at)

    at = 0
    for found in _MARKUP.finditer(text):
        for offset in range(at, found.start()):
            put(text[offset], offset)
        if found.group()[0] == "&":
            put(html.unescape(found.group()), found.start())
        else:
            # <sub>4</sub>-ANPP stays one name; a <br> or <td> parts two.
            inline = re.match(r"</?(?:sub|sup|b|i|em|strong|span|font|u|a|mark)\b", found.group(), re.IGNORECASE)
            put("" if inline else " ; ", found.start())
        at = found.end()
    for offset in range(at, len(text)):
        put(text[offset], offset)
    return Folded("".join(folded), origins)
