"""Rows of analysis_dataset: what is said of a sample, without what was found in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detectors.feeds.cells import BadCell, Found, Head, RowReader
from detectors.feeds.grid import Grid
from detectors.feeds.unc_layout import UncSettings
from detectors.sample import Sample


@dataclass(frozen=True, slots=True)
class Row:
    """found: how many substances the file itself says were found, None when it has no such column."""

    head: Head
    line: int
    found: int | None


def negative(key: str, row: Row, settings: UncSettings) -> Sample:
    """A sample in which nothing was found."""
    head = row.head
    return Sample(
        key=key, kind=settings.analysis.kind, findings=(), state=head.state, county=head.county,
        collected=head.collected, tested=head.tested, sold_as=head.sold_as, methods=settings.methods, line=row.line,
    )  # fmt: skip


def each(table: Grid, reader: RowReader) -> Iterator[tuple[int, list[str], str, Head | BadCell, Found]]:
    """Line, cells, key, what is said of the sample and what was found in it, of each row."""
    for lines, run in table.runs():
        yield from zip(lines, run, reader.keys(run), reader.heads(run), reader.finds(run), strict=True)
