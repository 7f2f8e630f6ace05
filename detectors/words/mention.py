"""One statement of a notice about one substance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Polarity(StrEnum):
    """What the sentence says of the substance."""

    DETECTED = "detected"
    NOT_DETECTED = "not detected"
    SUSPECTED = "suspected"
    GENERAL = "general information"
    HISTORICAL = "historical"


class Statement(StrEnum):
    """What kind of sentence it is: a finding that can be counted, advice to people, or a mere mention."""

    DETECTION = "detection"
    ADVISORY = "advisory"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Mention:
    """One substance in one sentence.

    substance: id. polarity, statement: see the enumerations.
    place: FIPS code that the sentence (or, alone in it, the notice) names; "" when it names none.
    when: the date the sentence names, ISO 8601 cut to what is known ("2025-03-04", "2024-10", "2017"); "" when none.
    sentence: the sentence, for the person who reviews; start, end: offsets of the name in the text.
    """

    substance: str
    polarity: Polarity
    statement: Statement
    place: str = ""
    when: str = ""
    sentence: str = ""
    start: int = 0
    end: int = 0
