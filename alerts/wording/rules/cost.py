"""Can it be read, and what does it cost to send?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from alerts.wording.grade import grade
from alerts.wording.rules.case import Case
from notifiers.segments import CAPACITY, Encoding, count

LEAST_WORDS: Final = 20
"""A formula says nothing about fewer words than this."""


def reading_grade(case: Case) -> Iterator[tuple[str, str]]:
    """Harder than the limit. Messages to staff are not graded."""
    if case.kind.family == "staff":
        return
    found = grade(case.composed.text, case.composed.language, case.composed.names)
    if found.words >= LEAST_WORDS and found.grade > case.limits.grade:
        mend = "shorten sentences and choose shorter words"
        yield case.where(), f"{mend}: it reads at grade {found.grade}, the limit is {case.limits.grade:g}"


def segments(case: Case) -> Iterator[tuple[str, str]]:
    """A longer text takes longer to drain than people have."""
    found, most = case.composed.segments, case.limits.segments or case.kind.segments
    if found is not None and found.segments > most:
        room = CAPACITY[found.encoding][1] * most if most > 1 else CAPACITY[found.encoding][0]
        yield case.where(), f"cut {found.units - room} characters: {found.segments} segments, the limit is {most}"


def alphabet(case: Case) -> Iterator[tuple[str, str]]:
    """Each character that is not in GSM-7, once, with what all of them together cost."""
    found = case.composed.segments
    if found is None or found.encoding == Encoding.GSM7:
        return
    costly = {item.character for item in found.offending}
    otherwise = count("".join("x" if character in costly else character for character in case.composed.text)).segments
    for character, times in Counter(item.character for item in found.offending).items():
        first = next(item for item in found.offending if item.character == character)
        cost = f"these make {found.segments} segments of what would be {otherwise}"
        mend = f"replace '{character}' ({first.name}, {times}×): {cost}"
        yield case.where("text", first.position, character), mend
