"""What a text costs: its encoding, its length in that encoding's units, and how many segments the carrier bills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from notifiers.gsm7 import SEPTETS, character_name


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


class Offending(NamedTuple):
    """A character that forces the whole text into UCS-2. `position` counts characters from 0."""

    character: str
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Segments:
    """units: septets (GSM-7) or 16-bit units (UCS-2). segments: 0 for an empty text. offending: empty for GSM-7."""

    encoding: Encoding
    units: int
    segments: int
    offending: tuple[Offending, ...] = ()


# (units in a lone segment, units in each of several): a 6-byte concatenation header takes its share of the 140 bytes.
CAPACITY: dict[Encoding, tuple[int, int]] = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


def count(text: str) -> Segments:
    """Segments of one text, exactly as a carrier splits it (3GPP TS 23.038 and 23.040 §9.2.3.24.1).

    An escape pair and a surrogate pair are never parted, so that two 153-septet halves do not always hold 306 septets.
    """
    offending = tuple(Offending(c, character_name(c), i) for i, c in enumerate(text) if c not in SEPTETS)
    if offending:
        sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
        encoding = Encoding.UCS2
    else:
        sizes = [SEPTETS[character] for character in text]
        encoding = Encoding.GSM7
    single, several = CAPACITY[encoding]
    units = sum(sizes)
    if units <= single:
        return Segments(encoding, units, 1 if units else 0, offending)
    return Segments(encoding, units, _filled(sizes, several), offending)


def _filled(sizes: Iterable[int], capacity: int) -> int:
    segments, used = 1, 0
    for size in sizes:
        if used + size > capacity:
            segments, used = segments + 1, 0
        used += size
    return segments
