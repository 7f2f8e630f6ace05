"""The school grade that it takes to read a text: Flesch-Kincaid in English, Fernández-Huerta in Spanish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from alerts.wording.syllables import english_syllables, spanish_syllables

PLAIN_NAME_SYLLABLES: Final = 2
"""What a name counts for, however long it is. Nobody reads "para-fluorofentanyl" by its parts.

It is taken as one sign, and the writer cannot choose a shorter one. Names are those of substances, places, partners and
sources, and naloxone.
"""

SPANISH_GRADES: Final = (
    (100.0, 4.0),
    (90.0, 5.0),
    (80.0, 6.0),
    (70.0, 7.0),
    (60.0, 8.0),
    (50.0, 12.0),
    (30.0, 14.0),
    (0.0, 17.0),
)
"""Fernández-Huerta's own table of score against school year (1959), its bands joined by straight lines.

60 is the end of the eighth grade ("normal"), 50 the end of secondary school.
"""

HEADING_WORDS: Final = 5
ALWAYS_NAMES: Final = ("naloxone", "naloxona", "fentanyl", "fentanilo")


@dataclass(frozen=True, slots=True)
class Grade:
    """grade: US school grade, 0 for a text without words. words, sentences, syllables: what it was reckoned from."""

    grade: float
    words: int
    sentences: int
    syllables: int


def grade(text: str, language: str, names: Iterable[str] = ()) -> Grade:
    """Reading grade of a text with `names` counted as plain words. Languages without a formula are graded as English.

    Flesch-Kincaid: 0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid et al. 1975). Fernández-Huerta: 206.84 -
    60 syllables/word - 1.02 words/sentence. Links, numbers and headings (a line of up to five words that no mark ends)
    are left out: short ones would flatter the mean.
    """
    plain = _without_names(re.sub(r"(https?://|www\.)\S+", " ", text), names)
    syllables_of: Callable[[str], int] = spanish_syllables if language == "es" else english_syllables
    sentences = words = syllables = 0
    for sentence in re.findall(r"[^.!?\n]+(?:[.!?]+(?=\s|$)|\n|$)|[^\n]", plain):
        found = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", sentence)
        if not found or (len(found) <= HEADING_WORDS and sentence.rstrip()[-1:] not in ".!?"):
            continue
        sentences += 1
        words += len(found)
        syllables += sum(PLAIN_NAME_SYLLABLES if word == _NAME else syllables_of(word) for word in found)
    if not words:
        return Grade(0.0, 0, 0, 0)
    per_sentence, per_word = words / sentences, syllables / words
    if language == "es":
        value = _spanish(206.84 - 60.0 * per_word - 1.02 * per_sentence)
    else:
        value = max(0.39 * per_sentence + 11.8 * per_word - 15.59, 0.0)
    return Grade(round(value, 1), words, sentences, syllables)


_NAME: Final = "Nombrename"


def _without_names(text: str, names: Iterable[str]) -> str:
    wanted = sorted({name for name in (*names, *ALWAYS_NAMES) if name}, key=len, reverse=True)
    return re.sub("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in wanted), _NAME, text, flags=re.IGNORECASE)


def _spanish(score: float) -> float:
    if score >= SPANISH_GRADES[0][0]:
        return SPANISH_GRADES[0][1]
    for (high, easier), (low, harder) in pairwise(SPANISH_GRADES):
        if score >= low:
            return easier + (high - score) / (high - low) * (harder - easier)
    return SPANISH_GRADES[-1][1]
