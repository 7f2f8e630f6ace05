"""What of a laboratory's message may be looked at, and the form of it that may be archived.

Such a message carries a patient. Of the segments and fields that exist, only those named in KEPT are ever looked at;
the rest, PID and NK1 first, is dropped before anything is read, stored or archived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detectors.feeds.charset import text
from detectors.feeds.hl7_message import CODED, Segment, printed, segments
from detectors.feeds.nature import Nature, expect
from detectors.feeds.verdicts import OPEN_QUESTION, verdict
from detectors.sample import BrokenDocument

KEPT: Mapping[str, tuple[int, ...]] = {
    "FHS": (1, 2, 7),
    "BHS": (1, 2, 7),
    "MSH": (1, 2, 7, 9, 10, 11, 12, 18),
    "ORC": (),
    "OBR": (1, 2, 3, 4, 7, 22, 25),
    "OBX": (1, 2, 3, 4, 5, 6, 7, 8, 11, 17),
    "SPM": (1, 2, 4),
    "BTS": (1,),
    "FTS": (1,),
}
"""Segment → fields that are read. OBR-16 and OBX-16 name physicians, NTE is free text, PID and NK1 are persons."""
HEADERS = frozenset({"MSH", "FHS", "BHS"})
NUMBERS = frozenset({"NM", "SN"})
WORDY = frozenset({"", "ST", "IS", "ID", "TX", "FT"})
REMOVED = "(removed)"
MOST = 200_000


def redacted(body: bytes, content_type: str) -> bytes:
    """The same messages with only the segments and fields in KEPT, and without wordings that are no known result."""
    lines: list[str] = []
    at = 1
    for part in kept(body, content_type):
        lines.extend("" for _ in range(part.line - at))
        at = part.line + 1
        header = part.name in HEADERS
        written = part.marks.field.join((part.name, *part.fields[2 if header else 1 :]))
        lines.append(written if header else written.rstrip(part.marks.field))
    return ("\r".join(lines) + "\r").encode("utf-8")


def kept(body: bytes, content_type: str) -> Iterator[Segment]:
    """The segments that may be looked at, with every other field of theirs already empty."""
    expect(body, Nature.HL7)
    written, _ = text(body, content_type)
    count = 0
    begun = False
    for part in segments(written):
        allowed = KEPT.get(part.name)
        # A header that is cut off behind its name, and what stands before any, is of no message; a file that began with
        # it would not be known as HL7 again.
        torn = part.name in HEADERS and len(part.fields) < 3
        begun = begun or (part.name in HEADERS and not torn)
        if not allowed or torn or not begun:
            continue
        count += 1
        if count > MOST:
            raise BrokenDocument("The file holds more segments than one file should", "Send it in smaller batches.")
        fields = [part.name, *("" for _ in part.fields[1:])]
        for number in allowed:
            if number < len(fields):
                fields[number] = part.fields[number]
        bare = Segment(part.line, tuple(fields), part.marks)
        yield _safe(bare) if part.name == "OBX" else bare


def _safe(part: Segment) -> Segment:
    """An OBX whose value is a known result, a number, a code, or the name asked for; any other wording is taken out,
    since what people write into results has held names."""
    kind = part.field(2).strip()
    question = part.component(3, 2) or part.component(3, 5)
    values = part.repeats(5)
    known = OPEN_QUESTION.search(question) or all(verdict(printed(part, value)) for value in values)
    if len(part.field(5)) <= 500 and (kind in NUMBERS or (kind in CODED | WORDY and known)):
        mark = part.marks.component
        kept = part.marks.repetition.join(mark.join(value.split(mark)[:5]) for value in values)
    else:
        kept = REMOVED
    return Segment(part.line, (*part.fields[:5], kept, *part.fields[6:]), part.marks)
