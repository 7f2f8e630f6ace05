"""One happening: everything that methods say about one substance family in one place, and how much it matters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detectors.signal import Signal


class Level(StrEnum):
    """What staff do with it."""

    ACT_NOW = "act now"
    REVIEW = "review"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Episode:
    """family: id that isomers roll up to. place: FIPS code. level: how urgent. reasons: why that level, plain words.

    signals: the evidence, most telling method first; of several that say the same the first is kept.
    """

    family: str
    place: str
    level: Level
    reasons: tuple[str, ...]
    signals: tuple[Signal, ...]
