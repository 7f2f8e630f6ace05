"""HL7 v2 as text: batches cut into messages, segments into fields, and the escapes undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADERS = ("MSH", "FHS", "BHS")
ESCAPE = re.compile(r"\\([^\\]{0,400})\\")

CODED = frozenset({"CE", "CWE", "CNE", "CF"})
"""Kinds of value (OBX-2) that are a code with its words."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The separators of one message, as its own header declares them (MSH-1, MSH-2)."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    part: str = "&"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. line: 1-based. fields: fields[0] is its name and fields[n] is field n of the standard."""

    line: int
    fields: tuple[str, ...]
    marks: Marks

    @property
    def name(self) -> str:
        """MSH, PID, OBR, OBX …"""
        return self.fields[0]

    def field(self, number: int) -> str:
        """Field by its number in the standard, still escaped; "" when it is not there."""
        return self.fields[number] if number < len(self.fields) else ""

    def repeats(self, number: int) -> list[str]:
        """The repetitions of a field, still escaped."""
        return self.field(number).split(self.marks.repetition)

    def component(self, number: int, component: int) -> str:
        """Component (1-based) of a field's first repetition, unescaped."""
        return self.part(self.repeats(number)[0], component)

    def part(self, value: str, component: int) -> str:
        """Component (1-based) of one repetition, its subcomponents joined by a blank, unescaped."""
        parts = value.split(self.marks.component)
        if component > len(parts):
            return ""
        return " ".join(unescaped(piece, self.marks) for piece in parts[component - 1].split(self.marks.part)).strip()


def segments(written: str) -> Iterator[Segment]:
    """The segments of a file of one or many messages; blank lines and the frames of MLLP are left out.

    The standard ends a segment with a carriage return; files that went through other hands have line feeds.
    """
    marks = Marks()
    plain = written.replace("\x0b", "").replace("\x1c", "")
    for number, line in enumerate(re.split(r"\r\n|\r|\n", plain), start=1):
        text = line.strip("\x00 \t\ufeff")
        if not text:
            continue
        name = text[:3]
        if name in HEADERS and len(text) > 4:
            declared = text[4 : text.index(text[3], 4)] if text[3] in text[4:] else text[4:]
            chosen = (declared + "^~\\&"[len(declared) :])[:4]
            marks = Marks(text[3], *chosen)
            fields = text.split(marks.field)
            # The separator itself counts as field 1, so everything after it moves up by one.
            yield Segment(number, (name, marks.field, *fields[1:]), marks)
        else:
            yield Segment(number, tuple(text.split(marks.field)), marks)


def unescaped(value: str, marks: Marks) -> str:
    """The text of a value: separators, line breaks and hexadecimal escapes undone, marks for highlighting dropped."""
    if marks.escape not in value:
        return value
    known = {"F": marks.field, "S": marks.component, "T": marks.part, "R": marks.repetition, "E": marks.escape}

    def undone(match: re.Match[str]) -> str:
        what = match.group(1)
        if what in known:
            return known[what]
        if what.startswith("X") and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", what[1:]):
            return bytes.fromhex(what[1:]).decode("utf-8", "replace")
        return "\n" if what.startswith((".br", ".sp", ".ce")) else ""

    return ESCAPE.sub(undone, value if marks.escape == "\\" else value.replace(marks.escape, "\\"))


def printed(part: Segment, value: str) -> str:
    """One repetition of OBX-5 as a person would write it, by the kind of value that OBX-2 names."""
    if part.field(2).strip() == "SN":
        return f"{part.part(value, 1)}{part.part(value, 2)}{part.part(value, 3)}{part.part(value, 4)}"
    if part.field(2).strip() in CODED:
        return part.part(value, 2) or part.part(value, 5) or part.part(value, 1)
    return part.part(value, 1)
