"""Typography that a text message cannot afford, and the plain characters that stand in for it.

One character outside GSM-7 turns 160 characters into 70 and so doubles the money and, on a slow sender, the time.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from notifiers.gsm7 import SEPTETS

# By Unicode name, since most of these cannot be told from their neighbours on a screen.
BY_NAME: Final[dict[str, str]] = {
    "LEFT SINGLE QUOTATION MARK": "'",
    "RIGHT SINGLE QUOTATION MARK": "'",
    "SINGLE LOW-9 QUOTATION MARK": "'",
    "SINGLE HIGH-REVERSED-9 QUOTATION MARK": "'",
    "MODIFIER LETTER APOSTROPHE": "'",
    "PRIME": "'",
    "GRAVE ACCENT": "'",
    "ACUTE ACCENT": "'",
    "SINGLE LEFT-POINTING ANGLE QUOTATION MARK": "'",
    "SINGLE RIGHT-POINTING ANGLE QUOTATION MARK": "'",
    "LEFT DOUBLE QUOTATION MARK": '"',
    "RIGHT DOUBLE QUOTATION MARK": '"',
    "DOUBLE LOW-9 QUOTATION MARK": '"',
    "DOUBLE PRIME": '"',
    "LEFT-POINTING DOUBLE ANGLE QUOTATION MARK": '"',
    "RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK": '"',
    "HYPHEN": "-",
    "NON-BREAKING HYPHEN": "-",
    "FIGURE DASH": "-",
    "EN DASH": "-",
    "EM DASH": "-",
    "HORIZONTAL BAR": "-",
    "MINUS SIGN": "-",
    "BULLET": "-",
    "MIDDLE DOT": "-",
    "HORIZONTAL ELLIPSIS": "...",
    "NO-BREAK SPACE": " ",
    "NARROW NO-BREAK SPACE": " ",
    "FIGURE SPACE": " ",
    "EN SPACE": " ",
    "EM SPACE": " ",
    "THIN SPACE": " ",
    "HAIR SPACE": " ",
    "IDEOGRAPHIC SPACE": " ",
    "LINE SEPARATOR": "\n",
    "PARAGRAPH SEPARATOR": "\n",
    "SOFT HYPHEN": "",
    "ZERO WIDTH SPACE": "",
    "WORD JOINER": "",
    "ZERO WIDTH NO-BREAK SPACE": "",
    "LEFT-TO-RIGHT MARK": "",
    "RIGHT-TO-LEFT MARK": "",
    "MICRO SIGN": "u",
    "GREEK SMALL LETTER MU": "u",
    "MULTIPLICATION SIGN": "x",
    "FRACTION SLASH": "/",
    "VULGAR FRACTION ONE HALF": "1/2",
    "VULGAR FRACTION ONE QUARTER": "1/4",
    "VULGAR FRACTION THREE QUARTERS": "3/4",
    "MASCULINE ORDINAL INDICATOR": "o",
    "FEMININE ORDINAL INDICATOR": "a",
    "RIGHTWARDS ARROW": "->",
    "LESS-THAN OR EQUAL TO": "<=",
    "GREATER-THAN OR EQUAL TO": ">=",
    "LATIN SMALL LIGATURE FI": "fi",
    "LATIN SMALL LIGATURE FL": "fl",
    "LATIN CAPITAL LIGATURE OE": "OE",
    "LATIN SMALL LIGATURE OE": "oe",
    "TRADE MARK SIGN": "TM",
}
# Tabs have no place in GSM-7 and no Unicode name either.
REPLACEMENTS: Final[dict[str, str]] = {"\t": " "} | {unicodedata.lookup(name): by for name, by in BY_NAME.items()}


def plain(text: str, strip_accents: bool = False) -> str:
    """Text with typographic characters replaced; with `strip_accents` also á í ó ú and the like, which GSM-7 lacks.

    é ñ ü à ¿ ¡ stay, since GSM-7 has them. Letters of other scripts and emoji stay as well: a wrong letter is worse
    than its cost, and `notifiers.segments.count` names what is left.
    """
    composed = unicodedata.normalize("NFC", text).translate(_TRANSLATION)
    if not strip_accents:
        return composed
    return "".join(character if character in SEPTETS else _bare(character) for character in composed)


def _bare(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in SEPTETS else character


_TRANSLATION: Final = str.maketrans(REPLACEMENTS)
