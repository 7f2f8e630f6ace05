"""Where the cells of a plain table stand in its bytes, found for many lines at once.

The csv module makes a string of each cell. Of an export with 42 columns seven are ours to read, and making strings of
the others only to drop them takes as long as the database needs for the rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

STEP = 1 << 20
"""Bytes looked at together: their masks fit into the cache of a processor."""
LONG = 64
"""Bytes of a cell up to which cells are compared side by side."""
LF, CR, QUOTE, NUL = 10, 13, 34, 0

Block = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Whole lines as bytes, and for each line where its cells end: the places of its delimiters, of its line feed last."""


def cut(body: bytes, skip: int, width: int, keep: Sequence[int], begun: bytes) -> bytes | None:
    """`begun`, and after it the columns `keep` (ascending) of a CSV as they stand in its bytes; None if that is not
    plain, or if a row without any of them would become a blank line. See `spans` for the rest."""
    if len(keep) < 2:
        return None
    # Zeroes take no memory until they are written over; a buffer that grows is copied again and again, into new memory.
    out = io.BytesIO(bytes(len(begun) + len(body)))
    out.write(begun)
    runs = [k for k in keep if k - 1 not in keep], [k for k in keep if k + 1 not in keep]
    for found in spans(body, skip, ",", width):
        if found is None:
            return None
        block, ends = found
        text = block.copy()
        text[ends[:, keep[-1]]] = LF
        steps = np.zeros(len(text) + 1, dtype=np.int8)
        for first, last in zip(*runs, strict=True):
            steps[_begins(ends, first)] += 1
            steps[ends[:, last] + 1] -= 1
        out.write(text[np.cumsum(steps[:-1], dtype=np.int8).view(np.bool_)].tobytes())
    out.truncate()
    return out.getvalue()


def column(body: bytes, skip: int, delimiter: str, width: int, index: int) -> list[str] | None:
    """The cells of one column, one for each run of equal cells; None if the table is not plain. See `spans`."""
    cells: list[str] = []
    for found in spans(body, skip, delimiter, width):
        if found is None:
            return None
        block, ends = found
        for cell in _runs(block, _begins(ends, index), ends[:, index]):
            text = cell.decode().removesuffix("\r")
            cells.append(text[1:-1].replace('""', '"') if text.startswith('"') else text)
    return cells


def _runs(block: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]) -> list[bytes]:
    """One cell for each run of equal ones. Such cells are compared many at once, side by side in rows of equal length;
    a NUL, which a plain table does not hold, stands where a cell has ended."""
    lengths = ends - begins
    width = int(lengths.max(initial=0))
    if width > LONG:
        raw = block.tobytes()
        return [cell for cell, _ in groupby(raw[i:j] for i, j in zip(begins.tolist(), ends.tolist(), strict=True))]
    places = np.arange(max(width, 1))
    side_by_side = np.take(block, begins[:, np.newaxis] + places, mode="clip")
    side_by_side[places >= lengths[:, np.newaxis]] = NUL
    cells = side_by_side.view(f"S{len(places)}")[:, 0]
    new = np.ones(len(cells), dtype=np.bool_)
    new[1:] = cells[1:] != cells[:-1]
    found: list[bytes] = cells[new].tolist()
    return found


def _begins(ends: NDArray[np.int64], index: int) -> NDArray[np.int64]:
    return ends[:, index - 1] + 1 if index else np.concatenate(([0], ends[:-1, -1] + 1))


def spans(body: bytes, skip: int, delimiter: str, width: int) -> Iterator[Block | None]:
    """The lines after the first `skip` ones, a block at a time; None, and the end, where one is not plain.

    Plain: each line is a row of `width` cells in ASCII or UTF-8, and a cell with a quotation mark begins and ends with
    one (RFC 4180) and holds no line end. Of all other lines only the csv module can say what they mean.
    """
    start = 0
    for _ in range(skip):
        start = body.find(b"\n", start) + 1
        if start == 0:
            return
    while start < len(body):
        end = len(body) if start + STEP >= len(body) else body.rfind(b"\n", start, start + STEP) + 1
        if end == 0:
            yield None
            return
        whole = body[end - 1] == LF
        block = np.frombuffer(body[start:end] if whole else body[start:end] + b"\n", dtype=np.uint8)
        ends = _ends(block, ord(delimiter), width)
        if ends is None:
            yield None
            return
        yield block, ends
        start = end


def _ends(block: NDArray[np.uint8], delimiter: int, width: int) -> NDArray[np.int64] | None:
    feeds, quotes = block == LF, block == QUOTE
    marks = (block == delimiter) | feeds
    returns = block == CR
    if not block.all() or (returns[:-1] & ~feeds[1:]).any():
        return None
    if quotes.any():
        # A sum of bytes runs over, which does not change whether it is odd.
        inside = np.cumsum(quotes, dtype=np.uint8) & 1 == 1
        if inside[-1] or (inside & feeds).any() or not _at_the_edges(quotes, inside, marks | returns):
            return None
        marks &= ~inside
    ends = np.flatnonzero(marks)
    if len(ends) % width or not feeds[ends[width - 1 :: width]].all() or feeds.sum() * width != len(ends):
        return None
    return ends.reshape(-1, width)


def _at_the_edges(quotes: NDArray[np.bool_], inside: NDArray[np.bool_], edges: NDArray[np.bool_]) -> bool:
    """Whether each quotation mark opens a cell, closes one, or is one of two that stand for one within it."""
    edges = edges | quotes
    opening, closing = quotes & inside, quotes & ~inside
    return bool((~opening[1:] | edges[:-1]).all() and (~closing[:-1] | edges[1:]).all())
