"""Judges what a clause says of a substance: found, not found, suspected, history, or nothing in particular."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

from detectors.words.mention import Polarity, Statement

_TABLE = tomllib.loads(resources.files("detectors.words").joinpath("prose.toml").read_text(encoding="utf-8"))
# X is the substance judged, Y another one; they stand in for names, so that cues need not know any. So do the others.
SUBJECT, OTHER, OLD_YEAR, PLACE, DATE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_MARKS = {"OLDYEAR": OLD_YEAR, "PLACE": PLACE, "DATE": DATE, "X": SUBJECT, "Y": OTHER}


def _compiled(cue: str) -> re.Pattern[str]:
    for word in ("LIST", "GAP", "NOT", "FIND", "EVIDENCE"):
        cue = cue.replace(word, _TABLE["words"][word])
    for word, mark in _MARKS.items():
        # A mark is no letter, so that a word boundary beside it would never hold.
        cue = cue.replace(f"\\b{word}", word).replace(f"{word}\\b", word).replace(word, mark)
    return re.compile(cue)


_GROUPS = tuple(
    (Polarity(group["polarity"]), tuple(_compiled(cue) for cue in group["cues"])) for group in _TABLE["group"]
)
_ADVICE = re.compile(
    r"\b(?:should|must|please|never|always|avoid|do not|don't|call|give|carry|learn|available|free|strips?|if|when|"
    r"debe|deben|llame|tiras?|disponibles?|no mezcle|administre\w*|recuerde|aprenda|si hay)\b"
)


def polarity_of(clause: str) -> Polarity:
    """The polarity of the substance marked SUBJECT in a folded clause, whose other substances are marked OTHER."""
    for polarity, cues in _GROUPS:
        if any(cue.search(clause) for cue in cues):
            return polarity
    return Polarity.GENERAL


def statement_of(clause: str, polarity: Polarity) -> Statement:
    """The kind of statement: a finding, advice, or a mere mention."""
    if polarity is Polarity.DETECTED:
        return Statement.DETECTION
    return Statement.ADVISORY if _ADVICE.search(clause) else Statement.MENTION
