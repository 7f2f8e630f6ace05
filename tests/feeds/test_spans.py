"""Cells found in the bytes of a table: where they are found at all, they are those that the csv module finds."""

from __future__ import annotations

import csv
import io
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.feeds import grid as grid_module
from detectors.feeds import spans
from detectors.feeds.grid import Grid, grid

CELL = st.sampled_from(
    ["", "a", "1", "é", '"a"', '""', '"a,b"', '"a ""b"" c"', '5" pipe', '"a" b', ' "a"', '"a\nb"', "a\rb", "\0", '"']
)
PLAIN = st.sampled_from(["", "a", "1", "é", "long enough", '"a"', '""', '"a,b"', '"a ""b"" c"'])
END = st.sampled_from(["\n", "\r\n"])


def document(rows: list[list[str]], end: str, last: str) -> bytes:
    return ("k,b,c" + end + end.join(",".join(row) for row in rows) + last).encode()


def table(rows: st.SearchStrategy[list[str]]) -> st.SearchStrategy[bytes]:
    return st.builds(document, st.lists(rows, min_size=1, max_size=12), END, st.sampled_from(["\n", "\r\n", ""]))


def read(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


@given(table(st.lists(CELL, min_size=1, max_size=5)), st.sets(st.integers(0, 2), min_size=2))
@settings(max_examples=500)
def test_what_is_cut_out_is_what_the_csv_module_would_have_chosen(body: bytes, chosen: set[int]) -> None:
    keep = sorted(chosen)
    cut = spans.cut(body, 1, 3, keep, b"")
    column = spans.column(body, 1, ",", 3, keep[0])
    assert (cut is None) == (column is None)
    if cut is not None:
        rows = read(body)[1:]
        assert read(cut) == [[row[i] for i in keep] for row in rows]
        assert [k for k, _ in groupby(column or [])] == [k for k, _ in groupby(row[keep[0]] for row in rows)]


@given(table(st.lists(PLAIN, min_size=3, max_size=3)), st.sampled_from([7, 30, 1 << 20]))
@settings(max_examples=300)
def test_a_plain_table_is_cut_whatever_the_size_of_the_blocks(body: bytes, step: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "STEP", step)
        cut = spans.cut(body, 1, 3, [0, 2], b"")
    longest = max(map(len, body.split(b"\n"))) + 1
    if step > longest:
        assert cut is not None
    if cut is not None:
        assert read(cut) == [[row[0], row[2]] for row in read(body)[1:]]


@given(table(st.lists(CELL, min_size=1, max_size=5)), st.integers(1, 4))
@settings(max_examples=500)
def test_rows_are_the_same_however_many_lines_are_split_at_once(body: bytes, together: int) -> None:
    def rows(lines: int) -> tuple[list[tuple[int, list[str]]], Grid]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(grid_module, "TOGETHER", lines)
            opened = grid(body, "", ",")
            return list(opened.rows(show=True)), opened

    (one, first), (all_, second) = rows(together), rows(1000)
    assert one == all_
    assert first.torn == second.torn


def test_a_quotation_mark_that_is_never_closed_is_not_cut_over() -> None:
    body = b'k,b,c\n1,"a,x\n2,b,y\n3,c,z\n'
    assert spans.cut(body, 1, 3, [0, 2], b"") is None
    assert [line for line, _ in grid(body).rows()] == [3, 4]
