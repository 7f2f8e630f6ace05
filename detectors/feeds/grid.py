"""A delimited text as rows of cells: read in one pass and little memory, with what is cut or torn put aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from detectors.feeds.charset import charset
from detectors.feeds.header import LOOKED_AT, Line, cells, header_of
from detectors.feeds.nature import Nature, expect
from detectors.feeds.spans import column
from detectors.sample import BrokenDocument, Quarantined

CUT = "Ask the source to send the file again; what came later is read by itself."
BLANK = " \t\r\n"
TORN = "Check the quotation marks and commas of this line in the source."
SHOWN = 200
REMOVED = "removed: "
"""Begins the remark that stands in a redacted table where a torn row stood."""


TOGETHER = 1000
"""Lines that are split at once: taken one by one, a million of them would cost more than the database they go to."""

Run = tuple[Sequence[int], list[list[str]]]
"""Rows that follow one another: the line at which each begins (1-based), and its cells, as many as the header has."""


class Rows(Protocol):
    """Rows of cells under a header, from whatever document. Reading them again begins anew; see Grid for the fields."""

    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def header_line(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def torn(self) -> list[Quarantined]: ...
    def runs(self, show: bool = False) -> Iterator[Run]: ...
    def cells(self, index: int) -> Iterable[str] | None: ...


@dataclass(frozen=True)
class Grid:
    """A table with a header. Reading it again begins anew, so a caller may look over it first.

    header: as printed. header_line: 1-based. torn: rows that were put aside by the last reading; the reader empties it.
    """

    body: bytes
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    notes: tuple[str, ...]
    torn: list[Quarantined] = field(default_factory=list)

    def rows(self, show: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Line number (1-based, where the row begins) and cells of each row. As `runs`."""
        for lines, rows in self.runs(show):
            yield from zip(lines, rows, strict=True)

    def runs(self, show: bool = False) -> Iterator[Run]:
        """All rows, a few at a time; those of them that were torn are in `torn` by then. Blank rows are left out.

        show: whether a torn row may be shown to staff; only where no column of the file is kept out of our records.
        """
        lines = io.TextIOWrapper(io.BytesIO(self.body), self.encoding, "replace", newline="")
        for _ in range(self.header_line):
            next(lines, "")
        nul = b"\0" in self.body and not self.encoding.startswith("utf-16")
        line = self.header_line
        waiting: list[str] = []
        while waiting := waiting or list(islice(lines, TOGETHER)):
            rows = None if nul else self._plain(waiting)
            if rows is None:
                done, run = self._one_by_one(waiting, lines, line, nul, show)
            else:
                done, run = len(rows), (range(line + 1, line + 1 + len(rows)), rows)
            line += done
            waiting = waiting[done:]
            yield run

    def cells(self, index: int) -> list[str] | None:
        """One column, one cell for each run of equal ones; None where only `runs` can tell what the rows hold."""
        if self.encoding != "utf-8-sig":
            return None
        return column(self.body, self.header_line, self.delimiter, len(self.header), index)

    def _plain(self, lines: list[str]) -> list[list[str]] | None:
        """The rows of lines of which each is a whole row by itself; None if they are not all that."""
        try:
            rows = list(csv.reader(lines, delimiter=self.delimiter))
        except csv.Error:
            return None
        if len(rows) != len(lines) or set(map(len, rows)) != {len(self.header)}:
            return None
        # A quotation mark that is still open here would swallow the lines to come, and the last line may be cut.
        last = lines[-1]
        doubtful = last.count('"') % 2 or rows[-1][-1].endswith(("\n", "\r")) or not last.strip(BLANK + self.delimiter)
        return None if doubtful else rows

    def _one_by_one(self, waiting: list[str], more: Iterator[str], line: int, nul: bool, show: bool) -> tuple[int, Run]:
        """The rows that begin in `waiting`, and how many lines they took; lines are added to it if a row needs them."""
        width, enough = len(self.header), len(waiting)
        begins: list[int] = []
        rows: list[list[str]] = []
        before = 0
        taken = _Taken(waiting, more)
        reader = csv.reader(taken, delimiter=self.delimiter)
        while before < enough:
            try:
                row = next(reader, None)
            except csv.Error:
                row = []
            if row is None:
                break
            if len(row) == width and taken.done == before + 1 and not taken.ended and not nul:
                begins.append(line + taken.done)
                rows.append(row)
            else:
                for number, kept in self._doubtful(line + before + 1, row, waiting[before : taken.done], show):
                    begins.append(number)
                    rows.append(kept)
            before = taken.done
        return before, (begins, rows)

    def _doubtful(
        self, begins: int, row: list[str], taken: Sequence[str], show: bool
    ) -> Iterator[tuple[int, list[str]]]:
        width = len(self.header)
        text = "".join(taken)
        if not text.strip(BLANK + self.delimiter):
            return
        if len(row) > width and not any(row[width:]):
            row = row[:width]
        if len(row) == width and "\0" not in text and text.count('"') % 2 == 0:
            yield begins, row
        elif len(taken) > 1:
            # An unclosed quotation mark swallows the lines after it; those that stand by themselves are kept.
            yield from self._apart(begins, taken, show)
        else:
            self._put_aside(begins, text, len(row), not text.endswith(("\n", "\r")), show)

    def _apart(self, begins: int, lines: Sequence[str], show: bool) -> Iterator[tuple[int, list[str]]]:
        for number, text in enumerate(lines, start=begins):
            if not text.strip():
                continue
            try:
                row = next(csv.reader([text], delimiter=self.delimiter), [])
            except csv.Error:
                row = []
            if len(row) == len(self.header) and "\0" not in text and text.count('"') % 2 == 0:
                yield number, row
            else:
                self._put_aside(number, text, len(row), not text.endswith(("\n", "\r")), show)

    def _put_aside(self, line: int, text: str, cells: int, last: bool, show: bool) -> None:
        plain = text.strip().strip('"')
        if plain.startswith(REMOVED) and cells == 1:
            reason, show = plain.removeprefix(REMOVED), False
        elif "\0" in text:
            reason = "the line holds NUL bytes, as a damaged file does"
        elif text.count('"') % 2:
            reason = "a quotation mark is opened and never closed"
        elif last and cells < len(self.header):
            reason = f"the file ends in the middle of this row, after {cells} of {len(self.header)} cells"
        else:
            reason = f"the row has {cells} cells, the header {len(self.header)}"
        mend = CUT if reason.startswith(("the file ends", "the line holds")) else TORN
        self.torn.append(Quarantined(line, "", text.strip()[:SHOWN].replace("\0", "␀") if show else "", reason, mend))


class _Taken:
    """Lines on their way into the csv module. done: how many it took. ended: whether the last one was among them."""

    def __init__(self, lines: list[str], more: Iterator[str]) -> None:
        self._lines, self._more = lines, more
        self.done = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.ended:
            raise StopIteration
        self.done += 1
        if self.done == len(self._lines):
            self._lines.extend(islice(self._more, TOGETHER))
            self.ended = self.done == len(self._lines)
        return self._lines[self.done - 1]


def grid(body: bytes, content_type: str = "", delimiter: str = "", likely: Sequence[str] = ()) -> Grid:
    """A delimited text opened at its header.

    delimiter: "" to find it out. likely: column names that tell the header's delimiter when there is doubt.
    Raises BrokenDocument for a document that is no text table.
    """
    expect(body, Nature.TEXT)
    coded = charset(body, content_type)
    notes = list(coded.notes)
    lines = io.TextIOWrapper(io.BytesIO(body), coded.encoding, "replace", newline="")
    begun: list[Line] = []
    for number, text in enumerate(lines, start=1):
        if text.lower().startswith("sep=") and number == 1:
            delimiter = delimiter or text[4:5]
        elif text.strip(" \t\r\n,;|\0"):
            begun.append((number, text[:200_000]))
        if len(begun) == LOOKED_AT or (number > 100 and not begun):
            break
    if not begun:
        raise BrokenDocument(
            "The file holds only blank lines", "Wait for the next poll; if it stays so, ask the source."
        )
    (number, first), delimiter = header_of(begun, delimiter, likely)
    header = tuple(cell.strip().strip("\0") for cell in cells(first, delimiter))
    if above := sum(line < number for line, _ in begun):
        notes.append(f"The header stands in line {number}; {above} lines above it were passed over.")
    if first.count('"') % 2:
        raise BrokenDocument(
            "The header opens a quotation mark and never closes it", "Ask the source to send it again.", number
        )
    if len(body) > 1 and not body.endswith((b"\n", b"\r", b"\n\0", b"\0\n")):
        notes.append("The last line has no line end; if rows are missing, the file was cut.")
    return Grid(body, coded.encoding, delimiter, header, number, tuple(notes))
