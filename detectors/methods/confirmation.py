"""How much a result may be trusted by the way it was obtained."""

from __future__ import annotations

import re
from enum import IntEnum


class Confirmation(IntEnum):
    """From weakest to strongest. An unstated way stands between: a laboratory's table seldom names its instrument."""

    STRIP = 0
    SCREENING = 1
    UNSTATED = 2
    CONFIRMED = 3


# SWGDRUG categories (Recommendations, part III B): mass spectrometry and NMR are category A. Infrared and Raman are
# category A for pure powders only; in street mixtures a component under about 5 % is missed, so here they screen.
_PATTERNS: tuple[tuple[re.Pattern[str], Confirmation], ...] = (
    (
        re.compile(
            r"\bnmr\b|q-?tof|orbitrap|mass spec|\b(?:(?:gc|lc|hplc|uplc|uhplc|dart|ps)[\s/-]*)?ms(?:/?ms)?\b", re.I
        ),
        Confirmation.CONFIRMED,
    ),
    (
        re.compile(r"ft-?ir|infra-?red|raman|reagent|colou?r test|immuno|elisa|screen|\btlc\b|gc-?fid", re.I),
        Confirmation.SCREENING,
    ),
    (re.compile(r"strip", re.I), Confirmation.STRIP),
)


def confirmation(methods: tuple[str, ...]) -> Confirmation:
    """The best of the ways a sample was tested, as printed by its source; UNSTATED where none is named or known."""
    best: Confirmation | None = None
    for printed in methods:
        grade = next((grade for pattern, grade in _PATTERNS if pattern.search(printed)), Confirmation.UNSTATED)
        best = grade if best is None else max(best, grade)
    return Confirmation.UNSTATED if best is None else best


SAYS: dict[Confirmation, str] = {
    Confirmation.STRIP: "test strip only",
    Confirmation.SCREENING: "screening result",
    Confirmation.UNSTATED: "method not stated",
    Confirmation.CONFIRMED: "lab-confirmed",
}
