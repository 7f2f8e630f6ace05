"""What the value of a laboratory result says: found, not found, or something that a person must read."""

from __future__ import annotations

import re
from dataclasses import dataclass

FOUND = frozenset(
    [
        "detected",
        "positive",
        "present",
        "pos",
        "reactive",
        "true",
        "yes",
        "y",
        "confirmed",
        "confirmed positive",
        "presumptive positive",
        "abnormal",
        "identified",
        "found",
        "+",
        "detectado",
        "positivo",
        "presente",
    ]
)
NOT_FOUND = frozenset(
    [
        "not detected",
        "negative",
        "absent",
        "neg",
        "nonreactive",
        "non-reactive",
        "non reactive",
        "false",
        "no",
        "n",
        "none detected",
        "none",
        "nd",
        "not present",
        "not found",
        "not identified",
        "below cutoff",
        "below detection limit",
        "below reporting limit",
        "-",
        "no detectado",
        "negativo",
        "ausente",
    ]
)
NO_RESULT = frozenset(
    [
        "pending",
        "in process",
        "not tested",
        "not performed",
        "cancelled",
        "canceled",
        "quantity not sufficient",
        "qns",
        "insufficient",
        "specimen rejected",
        "test not performed",
    ]
)
OPEN_QUESTION = re.compile(
    r"\b(?:(?:drugs?|substances?|compounds?|analytes?)\s+(?:identified|found|detected|present|confirmed)|"
    r"identified\s+(?:drugs?|substances?|compounds?)|(?:drug|substance|compound)\s+identification)\b",
    re.IGNORECASE,
)
"""A question whose answer is the substance's name, not yes or no."""
NUMBER = re.compile(r"(?P<sign><=?|≤|>=?|≥|=)?\s*(?P<number>-?\d{1,12}(?:\.\d{1,12})?(?:[eE][+-]?\d{1,2})?)\Z")


@dataclass(frozen=True, slots=True)
class Verdict:
    """found: True, False, or None when no result was obtained. quantity: None when there is no number."""

    found: bool | None
    quantity: float | None = None


def verdict(value: str) -> Verdict | None:
    """What one value says; None when it is neither a known word nor a number.

    A number below a limit ("<0.5") was not found; zero was not found; any other number was.
    """
    plain = " ".join(value.split()).casefold().rstrip(".")
    if plain in FOUND:
        return Verdict(True)
    if plain in NOT_FOUND:
        return Verdict(False)
    if plain in NO_RESULT or not plain:
        return Verdict(None)
    match = NUMBER.match(plain.replace(",", ""))
    if match is None:
        return None
    number = float(match.group("number"))
    if (match.group("sign") or "").startswith(("<", "≤")) or number <= 0:
        return Verdict(False)
    return Verdict(True, number)
