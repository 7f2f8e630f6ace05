"""Read the two files of the UNC Street Drug Analysis Lab as a programme holds them.

`lab_detail` has one row per substance found, `analysis_dataset` one row per sample with its place and its dates. The
first alone names substances without places; the second alone knows places and a dozen yes/no columns. Joined on
`sampleid` they are the whole. Old headers (without CAS and UNII) and new ones are read alike. Of the second file only
the columns named here are ever looked at: what people wrote of themselves, the programme and the position on the map
are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from detectors.batch import Batch, in_batches
from detectors.feeds.cells import BadCell, Found, Head, RowReader
from detectors.feeds.columns import position
from detectors.feeds.grid import Grid
from detectors.feeds.layout import Layout
from detectors.feeds.table import TOGETHER, collected, iter_items, opened
from detectors.feeds.table import redact as redact_table
from detectors.sample import Abundance, BrokenDocument, Finding, Quarantined, Reading, Sample, SampleKind

LAB_DETAIL = Layout(
    kind=SampleKind.DRUG,
    key=("sampleid", "sample_id"),
    substance=("substance",),
    abundance=("abundance",),
    primary=("primary",),
    method=("method",),
    null=("lab_null",),
    tested=("date_complete",),
    separators="",
)
ANALYSIS = Layout(
    kind=SampleKind.DRUG,
    key=("sampleid", "sample_id"),
    collected=("date_collect",),
    tested=("date_complete",),
    state=("state",),
    county=("county",),
    sold_as=("expectedsubstance",),
    flags={
        "lab_fentanyl": "fentanyl",
        "lab_xylazine": "xylazine",
        "lab_meth": "methamphetamine",
        "lab_cocaine": "cocaine",
        "lab_caffeine": "caffeine",
        "lab_gabapentin": "gabapentin",
        "lab_mdma": "MDMA",
        "lab_tramadol": "tramadol",
        "lab_carfentanil": "carfentanil",
        "lab_ketamine": "ketamine",
    },
    separators=";",
    strict_columns=False,
)
ANY: Mapping[str, str] = {
    "lab_fentanyl_any": "fentanyl",
    "lab_xylazine_any": "xylazine",
    "lab_meth_any": "methamphetamine",
    "lab_cocaine_any": "cocaine",
    "lab_levamisole_any": "levamisole",
    "lab_carfentanil_any": "carfentanil",
    "lab_ketamine_any": "ketamine",
}
"""Columns that are 1 for a substance found as trace or more."""
FOUND = ("lab_num_substances_any",)
NULL = ("lab_null",)


@dataclass(frozen=True, slots=True)
class UncSettings:
    """methods: what the laboratory tests by when a row does not say. state, county: for an export without places."""

    methods: tuple[str, ...] = ("GCMS",)
    state: str = ""
    county: str = ""
    lab_detail: Layout = field(default_factory=lambda: LAB_DETAIL)
    analysis: Layout = field(default_factory=lambda: ANALYSIS)


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: UncSettings = UncSettings(),
    received: date | None = None,
) -> Reading:
    """Either file by itself; which one it is, its header says. Raises BrokenDocument for anything else."""
    return collected(iter_samples(body, content_type=content_type, settings=settings, received=received))


def read_pair(
    lab_detail: bytes,
    analysis: bytes,
    *,
    content_type: str = "",
    settings: UncSettings = UncSettings(),
    received: date | None = None,
) -> Reading:
    """Both files, joined on the sample id. Samples of `analysis` that were tested and have no row in `lab_detail`
    are negative; those without a date of completion are not tested yet and are left out."""
    return collected(
        iter_samples(lab_detail, analysis=analysis, content_type=content_type, settings=settings, received=received)
    )


def iter_samples(
    body: bytes,
    *,
    analysis: bytes = b"",
    content_type: str = "",
    settings: UncSettings = UncSettings(),
    received: date | None = None,
) -> Iterator[Batch | Quarantined | Reading]:
    """As `read` (`read_pair` when `analysis` is given), samples in batches; the last item is a Reading with counts and
    notes."""
    lab = replace(settings.lab_detail, methods=settings.methods, default_state=settings.state,
                  default_county=settings.county)  # fmt: skip
    if analysis:
        yield from _pair(body, analysis, content_type, lab, settings, received)
    elif _is_lab_detail(body, content_type, settings):
        for item in iter_items(body, content_type=content_type, settings=lab, received=received):
            if isinstance(item, Reading) and not settings.state:
                item = replace(item, notes=(*item.notes, "Without analysis_dataset these samples have no place."))
            yield item
    else:
        yield from _alone(body, content_type, settings, received)


def redact(body: bytes, *, content_type: str = "", settings: UncSettings = UncSettings()) -> bytes:
    """Either file with only the columns that are read: no free text, programme or position. As in `table.redact`."""
    if _is_lab_detail(body, content_type, settings):
        return redact_table(body, content_type=content_type, settings=settings.lab_detail)
    # How many substances were found is kept too: without it a sample whose rows were lost would be read as negative.
    flags = {**settings.analysis.flags, **ANY, **dict.fromkeys(FOUND, "")}
    kept = replace(settings.analysis, flags=flags, null=NULL)
    return redact_table(body, content_type=content_type, settings=kept)


def _is_lab_detail(body: bytes, content_type: str, settings: UncSettings) -> bool:
    header = opened(body, content_type, settings.lab_detail).header
    if position(header, settings.lab_detail.substance) is not None:
        return True
    if position(header, settings.analysis.collected) is not None:
        return False
    RowReader(header, settings.lab_detail, 1, None)  # raises, naming the column that is missing
    raise BrokenDocument("This is neither lab_detail nor analysis_dataset", "Check that the right file was given.")


@dataclass(frozen=True, slots=True)
class _Row:
    head: Head
    line: int
    found: int | None  # how many substances this file itself says were found, None when it has no such column


def _analysis(
    body: bytes, content_type: str, settings: UncSettings, received: date | None, bad: list[Quarantined]
) -> tuple[dict[str, _Row], int, tuple[str, ...]]:
    layout = replace(settings.analysis, default_state=settings.state, default_county=settings.county)
    table = opened(body, content_type, layout)
    reader = RowReader(table.header, layout, table.header_line, received)
    number = position(table.header, FOUND)
    null = position(table.header, NULL)
    found: dict[str, _Row] = {}
    rows = 0
    for line, row, key, head, _ in _each(table, reader):
        rows += 1
        if isinstance(head, BadCell):
            bad.append(Quarantined(line, head.column, head.value, head.reason, head.mend))
        elif not key:
            bad.append(Quarantined(line, "sampleid", "", "the row has no sample id", "Ask the source for the id."))
        else:
            found[key] = _Row(head, line, _count(row, number, null))
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
    def __init__(self, rows: dict[str, _Row]) -> None:
        self.rows = rows
        self.met: set[str] = set()

    def get(self, key: str, /) -> Head | None:
        row = self.rows.get(key)
        if row is None:
            return None
        self.met.add(key)
        return row.head


def _pair(
    body: bytes, analysis: bytes, content_type: str, lab: Layout, settings: UncSettings, received: date | None
) -> Iterator[Batch | Quarantined | Reading]:
    if not _is_lab_detail(body, content_type, settings):
        body, analysis = analysis, body
        if not _is_lab_detail(body, content_type, settings):
            raise BrokenDocument("Both files are analysis_dataset", "Give lab_detail and analysis_dataset.")
    elif _is_lab_detail(analysis, content_type, settings):
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
    negative: list[Sample] = []
    for key, row in heads.items():
        if key in seen.met:
            continue
        if row.head.tested is None:
            waiting += 1
            continue
        if row.found:
            lost += 1  # its rows were put aside or have not come yet: to call it negative would be false
            continue
        sample = _negative(key, row, settings)
        newest = max(filter(None, (newest, sample.tested, sample.collected)), default=None)
        negative.append(sample)
    yield from in_batches(negative, TOGETHER)
    told = [f"{waiting} samples are not tested yet."] if waiting else []
    if lost:
        told.append(f"{lost} samples have results that are not in lab_detail; they are left out until they are.")
    whole = last.whole and not bad and not lost
    yield replace(last, rows=last.rows + rows, newest=newest, notes=(*last.notes, *notes, *told), whole=whole)


def _entire(batch: Batch, heads: Mapping[str, _Row], aside: Sequence[int]) -> Batch:
    """The samples of which no row was put aside: without it, a sample would seem to have been changed."""
    if not aside:
        return batch
    return batch.some([i for i, sample in enumerate(batch) if not _torn(sample, heads.get(sample.key), aside)])


def _torn(sample: Sample, row: _Row | None, aside: Sequence[int]) -> bool:
    """Whether less was read of a sample than its row in analysis_dataset says was found, and one of the rows around it
    (a substance may have two, by two methods) was put aside. Elsewhere the two files just count differently."""
    if row is None or row.found is None or len({f.named_as for f in sample.findings}) >= row.found:
        return False
    return any(abs(line - sample.line) <= 2 * row.found for line in aside)


def _negative(key: str, row: _Row, settings: UncSettings) -> Sample:
    head = row.head
    return Sample(
        key=key, kind=settings.analysis.kind, findings=(), state=head.state, county=head.county,
        collected=head.collected, tested=head.tested, sold_as=head.sold_as, methods=settings.methods, line=row.line,
    )  # fmt: skip


def _alone(
    body: bytes, content_type: str, settings: UncSettings, received: date | None
) -> Iterator[Batch | Quarantined | Reading]:
    """analysis_dataset without its pair: its yes/no columns are all that is known of what was found."""
    layout = replace(settings.analysis, default_state=settings.state, default_county=settings.county)
    table = opened(body, content_type, layout)
    reader = RowReader(table.header, layout, table.header_line, received)
    some = [(index, name) for column, name in ANY.items() if (index := position(table.header, (column,))) is not None]
    rows = waiting = bad = 0
    newest: date | None = None
    read: list[Sample] = []
    for line, row, key, head, found in _each(table, reader):
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
        sample = replace(_negative(key, _Row(head, line, None), settings), findings=findings)
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


def _each(table: Grid, reader: RowReader) -> Iterator[tuple[int, list[str], str, Head | BadCell, Found]]:
    """Line, cells, key, what is said of the sample and what was found in it, of each row."""
    for lines, run in table.runs():
        yield from zip(lines, run, reader.keys(run), reader.heads(run), reader.finds(run), strict=True)
