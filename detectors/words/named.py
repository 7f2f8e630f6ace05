"""What the lexicon says about one piece of text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """The answer for one cell.

    substances: ids, in the order they stand in the cell, each once.
    how: "exact" (a listed spelling), "rule" (by a rule of spelling; counts like exact), "pseudo" (no substance: see
    meaning), "candidate" (only resembles `candidate`: for a person to decide) or "unknown".
    candidate, score: id of the nearest entry and its similarity from 0 to 1, for the first part that was not named.
    unnamed: the parts of the cell that no entry names, as printed; never silently dropped.
    meaning: "pending", "negative", "untested" or "ignore" for a pseudo-substance.
    """

    substances: tuple[str, ...] = ()
    how: str = "unknown"
    candidate: str = ""
    score: float = 0.0
    unnamed: tuple[str, ...] = ()
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """One name found in running text. start, end: offsets in the text as given."""

    id: str
    start: int
    end: int
