"""The two files of the UNC laboratory joined on the sample id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from detectors.batch import Batch, in_batches
from detectors.feeds.cells import BadCell, Head, RowReader
from detectors.feeds.columns import position
from detectors.feeds.layout import Layout
from detectors.feeds.table import TOGETHER, iter_items, opened
from detectors.feeds.unc_layout import FOUND, NULL, UncSettings, is_lab_detail
from detectors.feeds.unc_rows import Row, each, negative
from detectors.sample import BrokenDocument, Quarantined, Reading, Sample


def iter_pair(
    body: bytes, analysis: bytes, content_type: str, lab: Layout, settings: UncSettings, received: date | None
) -> Iterator[Batch | Quarantined | Reading]:
    if not is_lab_detail(body, content_type, settings):
        body, analysis = analysis, body
        if not is_lab_detail(body, content_type, settings):
            raise BrokenDocument("Both files are analysis_dataset", "Give lab_detail and analysis_dataset.")
    elif is_lab_detail(analysis, content_type, settings):
        raise BrokenDocument("Both files are lab_detail", "Give lab_detail and analysis_dataset.")
    bad: list[Quarantined] = []
    heads, rows, notes = _analysis(analysis, content_type, settings, received, bad)
    yield from bad
    seen = _Heads(heads)
    last = Reading()
    waiting = lost = 0
    aside: list[int] = []
    for item in iter_items(body, content_type=content_type, settings=lab, received=received, heads=seen):
        if isinstance(item, Reading):
            last = item
        elif isinstance(item, Quarantined):
            aside.append(item.line)
            yield item
        else:
            entire = _entire(item, heads, aside)
            lost += len(item) - len(entire)
            if len(entire):
                yield entire
    newest = last.newest
    nothing: list[Sample] = []
    for key, row in heads.items():
        if key in seen.met:
            continue
        if row.head.tested is None:
            waiting += 1
            continue
        if row.found:
            lost += 1  # its rows were put aside or have not come yet: to call it negative would be false
            continue
        sample = negative(key, row, settings)
        newest = max(filter(None, (newest, sample.tested, sample.collected)), default=None)
        nothing.append(sample)
    yield from in_batches(nothing, TOGETHER)
    told = [f"{waiting} samples are not tested yet."] if waiting else []
    if lost:
        told.append(f"{lost} samples have results that are not in lab_detail; they are left out until they are.")
    whole = last.whole and not bad and not lost
    yield replace(last, rows=last.rows + rows, newest=newest, notes=(*last.notes, *notes, *told), whole=whole)


def _entire(batch: Batch, heads: Mapping[str, Row], aside: Sequence[int]) -> Batch:
    """The samples of which no row was put aside: without it, a sample would seem to have been changed."""
    if not aside:
        return batch
    return batch.some([i for i, sample in enumerate(batch) if not _torn(sample, heads.get(sample.key), aside)])


def _torn(sample: Sample, row: Row | None, aside: Sequence[int]) -> bool:
    """Whether less was read of a sample than its row in analysis_dataset says was found, and one of the rows around it
    (a substance may have two, by two methods) was put aside. Elsewhere the two files just count differently."""
    if row is None or row.found is None or len({f.named_as for f in sample.findings}) >= row.found:
        return False
    return any(abs(line - sample.line) <= 2 * row.found for line in aside)


def _analysis(
    body: bytes, content_type: str, settings: UncSettings, received: date | None, bad: list[Quarantined]
) -> tuple[dict[str, Row], int, tuple[str, ...]]:
    layout = replace(settings.analysis, default_state=settings.state, default_county=settings.county)
    table = opened(body, content_type, layout)
    reader = RowReader(table.header, layout, table.header_line, received)
    number = position(table.header, FOUND)
    null = position(table.header, NULL)
    found: dict[str, Row] = {}
    rows = 0
    for line, row, key, head, _ in each(table, reader):
        rows += 1
        if isinstance(head, BadCell):
            bad.append(Quarantined(line, head.column, head.value, head.reason, head.mend))
        elif not key:
            bad.append(Quarantined(line, "sampleid", "", "the row has no sample id", "Ask the source for the id."))
        else:
            found[key] = Row(head, line, _count(row, number, null))
    bad.extend(table.torn)
    rows += len(table.torn)
    table.torn.clear()
    return found, rows, table.notes


def _count(row: list[str], number: int | None, null: int | None) -> int | None:
    if null is not None and row[null].strip() == "1":
        return 0
    if number is None:
        return None
    printed = row[number].strip()
    return int(printed) if printed.isascii() and printed.isdigit() else 1


class _Heads:
    def __init__(self, rows: dict[str, Row]) -> None:
        self.rows = rows
        self.met: set[str] = set()

    def get(self, key: str, /) -> Head | None:
        row = self.rows.get(key)
        if row is None:
            return None
        self.met.add(key)
        return row.head
