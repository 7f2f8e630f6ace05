"""The alphabet of a plain text message: GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, §6.2.1)."""

from __future__ import annotations

import unicodedata
from typing import Final

# Position is the septet. 0x1B is the escape to the extension table, not a character: it has no place in a text.
_ROWS: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
BASIC: Final[dict[str, int]] = {
    character: septet for septet, character in enumerate("".join(_ROWS)) if character != "\x1b"
}
EXTENSION: Final[dict[str, int]] = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
# Septets that a character takes; an extension character is escape + septet.
SEPTETS: Final[dict[str, int]] = {**dict.fromkeys(BASIC, 1), **dict.fromkeys(EXTENSION, 2)}


def character_name(character: str) -> str:
    """Unicode name of one character, for people who cannot see two spaces differ; controls by code point."""
    return unicodedata.name(character, f"U+{ord(character):04X}")
