"""Where a table's header stands: many a programme writes a title, its own name or a blank line above it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence, Set

from detectors.feeds.columns import same

DELIMITERS = ",\t;|"
LOOKED_AT = 40
"""Lines in which the header must stand."""

Line = tuple[int, str]
"""Its number (1-based) and its text."""


def header_of(lines: Sequence[Line], delimiter: str, likely: Sequence[str]) -> tuple[Line, str]:
    """The header among the first lines that are not blank, and the delimiter of its cells.

    likely: names of columns that are looked for. The first line is the header, unless none of these stands in it and a
    later line is plainly more of a header: it names two of them, or it is as wide as the rows that follow and at least
    twice as full as all that stands above it.
    """
    wanted = {same(name) for name in likely} - {""}
    marks = [delimiter or _delimiter(text, wanted) for _, text in lines]
    split = [cells(text, mark) for (_, text), mark in zip(lines, marks, strict=True)]
    named = [_known(row, wanted) for row in split]
    filled = [sum(1 for cell in row if cell.strip()) for row in split]
    if not named[0]:
        widths = Counter(len(row) for row in split if len(row) > 1).most_common(1)
        width = widths[0][0] if widths else 0
        above = filled[0]
        for i in range(1, len(lines)):
            full = len(split[i]) == width and filled[i] >= 2 and i + 1 < len(lines) and len(split[i + 1]) == width
            if named[i] >= 2 or (full and above * 2 <= filled[i] and filled[i] * 5 >= width * 4):
                return lines[i], marks[i]
            above = max(above, filled[i])
    return lines[0], marks[0]


def cells(text: str, delimiter: str) -> list[str]:
    """One line, split; nothing where that fails."""
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimiter(text: str, wanted: Set[str]) -> str:
    """The mark that leaves the most of the wanted names, else the commonest one."""
    return max(DELIMITERS, key=lambda mark: (_known(cells(text, mark), wanted), text.count(mark), mark == ","))


def _known(row: Sequence[str], wanted: Set[str]) -> int:
    return len({same(cell) for cell in row} & wanted)
