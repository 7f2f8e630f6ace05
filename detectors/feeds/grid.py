"""A delimited text as rows of cells: read in one pass and little memory, with what is cut or torn put aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from detectors.feeds.charset import charset
from detectors.feeds.nature import Nature, expect
from detectors.sample import BrokenDocument, Quarantined

DELIMITERS = ",\t;|"
CUT = "Ask the source to send the file again; what came later is read by itself."
TORN = "Check the quotation marks and commas of this line in the source."
SHOWN = 200
REMOVED = "removed: "
"""Begins the remark that stands in a redacted table where a torn row stood."""


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
    def rows(self, show: bool = False) -> Iterator[tuple[int, list[str]]]: ...
    def keys(self, index: int) -> Iterator[str] | None: ...


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
        """Line number (1-based, where the row begins) and cells, as many as the header has. Blank rows are left out.

        show: whether a torn row may be shown to staff; only where no column of the file is kept out of our records.
        """
        width = len(self.header)
        taken: list[str] = []
        last: list[bool] = []
        reader = csv.reader(self._lines(taken, last), delimiter=self.delimiter)
        line = self.header_line
        nul = b"\0" in self.body and not self.encoding.startswith("utf-16")
        while True:
            row: list[str] = []
            try:
                for row in reader:
                    begins, line = line + 1, self.header_line + reader.line_num
                    if len(row) != width or line != begins or last or nul:
                        break
                    taken.clear()
                    yield begins, row
                else:
                    return
            except csv.Error:
                row = []
                begins, line = line + 1, self.header_line + reader.line_num
            yield from self._doubtful(begins, row, taken, show)
            taken.clear()

    def keys(self, index: int) -> Iterator[str] | None:
        """The cells of one column, quickly, one for each run of equal cells; None when the file has rows that are
        torn or longer than a line, of which only `rows` can tell what they hold."""
        lines = io.TextIOWrapper(io.BytesIO(self.body), self.encoding, "replace", newline="")
        for _ in range(self.header_line):
            next(lines, "")
        reader = csv.reader(lines, delimiter=self.delimiter)
        seen = 0
        runs: list[str] = []
        try:
            for cell, run in groupby(map(itemgetter(index), reader)):
                seen += len(list(run))
                runs.append(cell)
        except (csv.Error, IndexError):
            return None
        return iter(runs) if seen == reader.line_num else None

    def _doubtful(
        self, begins: int, row: list[str], taken: Sequence[str], show: bool
    ) -> Iterator[tuple[int, list[str]]]:
        width = len(self.header)
        text = "".join(taken)
        if not text.strip(" \t\r\n" + self.delimiter):
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

    def _lines(self, taken: list[str], last: list[bool]) -> Iterator[str]:
        """The lines after the header, each noted in `taken` until its row is done; `last` says that none follows."""
        lines = io.TextIOWrapper(io.BytesIO(self.body), self.encoding, "replace", newline="")
        for _ in range(self.header_line):
            next(lines, "")
        held = next(lines, None)
        if held is None:
            return
        for text in lines:
            taken.append(held)
            yield held
            held = text
        last.append(True)
        taken.append(held)
        yield held

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


def grid(body: bytes, content_type: str = "", delimiter: str = "", likely: Sequence[str] = ()) -> Grid:
    """A delimited text opened at its header.

    delimiter: "" to find it out. likely: column names that tell the header's delimiter when there is doubt.
    Raises BrokenDocument for a document that is no text table.
    """
    expect(body, Nature.TEXT)
    coded = charset(body, content_type)
    notes = list(coded.notes)
    lines = io.TextIOWrapper(io.BytesIO(body), coded.encoding, "replace", newline="")
    number = 0
    first = ""
    for text in lines:
        number += 1
        if text.lower().startswith("sep=") and number == 1:
            delimiter = delimiter or text[4:5]
            continue
        if text.strip(" \t\r\n,;|\0"):
            first = text[:200_000]
            break
        if number > 100:
            break
    if not first:
        raise BrokenDocument(
            "The file holds only blank lines", "Wait for the next poll; if it stays so, ask the source."
        )
    if not delimiter:
        delimiter = max(DELIMITERS, key=lambda mark: (_known(first, mark, likely), first.count(mark), mark == ","))
    header = tuple(cell.strip().strip("\0") for cell in _cells(first, delimiter))
    if first.count('"') % 2:
        raise BrokenDocument(
            "The header opens a quotation mark and never closes it", "Ask the source to send it again.", number
        )
    if len(body) > 1 and not body.endswith((b"\n", b"\r", b"\n\0", b"\0\n")):
        notes.append("The last line has no line end; if rows are missing, the file was cut.")
    return Grid(body, coded.encoding, delimiter, header, number, tuple(notes))


def _known(first: str, delimiter: str, likely: Sequence[str]) -> int:
    cells = {cell.strip().casefold() for cell in _cells(first, delimiter)}
    return len(cells & {name.casefold() for name in likely})


def _cells(first: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return []
