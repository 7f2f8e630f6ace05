"""analysis_dataset without its pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from detectors.batch import Batch
from detectors.feeds.cells import BadCell, RowReader
from detectors.feeds.columns import position
from detectors.feeds.table import TOGETHER, opened
from detectors.feeds.unc_layout import ANY, UncSettings
from detectors.feeds.unc_rows import Row, each, negative
from detectors.sample import Abundance, Finding, Quarantined, Reading, Sample


def iter_alone(
    body: bytes, content_type: str, settings: UncSettings, received: date | None
) -> Iterator[Batch | Quarantined | Reading]:
    """Samples by the yes/no columns: they are all that is known of what was found. As in `unc.iter_samples`."""
    layout = replace(settings.analysis, default_state=settings.state, default_county=settings.county)
    table = opened(body, content_type, layout)
    reader = RowReader(table.header, layout, table.header_line, received)
    some = [(index, name) for column, name in ANY.items() if (index := position(table.header, (column,))) is not None]
    rows = waiting = bad = 0
    newest: date | None = None
    read: list[Sample] = []
    for line, row, key, head, found in each(table, reader):
        rows += 1
        if isinstance(head, BadCell) or not key:
            column, value = (head.column, head.value) if isinstance(head, BadCell) else ("sampleid", "")
            reason = head.reason if isinstance(head, BadCell) else "the row has no sample id"
            bad += 1
            yield Quarantined(line, column, value, reason, "Correct it in the source; the other rows are kept.")
            continue
        if head.tested is None:
            waiting += 1
            continue
        main = {f.named_as for f in found.findings}
        traces = {name for index, name in some if row[index].strip() == "1"} - main
        findings = (
            *(Finding(named_as=name, abundance=Abundance.PRIMARY) for name in sorted(main)),
            *(Finding(named_as=name, abundance=Abundance.TRACE) for name in sorted(traces)),
        )
        sample = replace(negative(key, Row(head, line, None), settings), findings=findings)
        newest = max(filter(None, (newest, sample.tested, sample.collected)), default=None)
        read.append(sample)
        if len(read) >= TOGETHER:
            yield Batch.of(read)
            read = []
    if read:
        yield Batch.of(read)
    yield from table.torn
    bad += len(table.torn)
    rows += len(table.torn)
    table.torn.clear()
    told = (f"{waiting} samples are not tested yet.",) if waiting else ()
    note = "Without lab_detail only the substances with a column of their own are known."
    yield Reading(rows=rows, newest=newest, notes=(*table.notes, note, *told), whole=not bad)
