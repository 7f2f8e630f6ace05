"""Read a table (CSV, TSV, Excel) of results, whatever its columns are called, one row per finding or per sample.

`read` gives all at once; `iter_items` gives samples as they are completed, so that a million rows need little memory.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter

from detectors.feeds.cells import BadCell, Head, RowReader
from detectors.feeds.columns import same
from detectors.feeds.gathered import Gathered, Heads
from detectors.feeds.grid import REMOVED, Grid, Rows, grid
from detectors.feeds.layout import Layout, Pseudo
from detectors.feeds.nature import Nature, nature
from detectors.feeds.workbook import as_csv
from detectors.sample import BrokenDocument, Quarantined, Reading, Sample

ALL_BAD = 10
"""From so many rows on, a file in which not one can be understood is broken rather than a collection of bad rows."""


def read(body: bytes, *, content_type: str = "", settings: Layout, received: date | None = None) -> Reading:
    """All that a table says. `received`: the day it came; dates after the next day are impossible.

    A header without rows is an empty Reading; raises BrokenDocument for what is no such table.
    """
    return collected(iter_items(body, content_type=content_type, settings=settings, received=received))


def collected(items: Iterator[Sample | Quarantined | Reading]) -> Reading:
    """A stream of items as one Reading."""
    samples: list[Sample] = []
    bad: list[Quarantined] = []
    last = Reading()
    for item in items:
        if isinstance(item, Sample):
            samples.append(item)
        elif isinstance(item, Quarantined):
            bad.append(item)
        else:
            last = item
    return replace(last, samples=tuple(samples), quarantined=tuple(sorted(bad, key=lambda q: (q.line, q.column))))


def opened(body: bytes, content_type: str, settings: Layout) -> Grid:
    """The table at its header: a delimited text, or one sheet of a workbook. Raises BrokenDocument."""
    if nature(body) is Nature.XLSX:
        body, content_type = as_csv(body, settings.sheet, settings.columns), "text/csv; charset=utf-8"
        return grid(body, content_type, ",", settings.columns)
    return grid(body, content_type, settings.delimiter, settings.columns)


def iter_items(
    body: bytes,
    *,
    content_type: str = "",
    settings: Layout,
    received: date | None = None,
    heads: Heads | None = None,
) -> Iterator[Sample | Quarantined | Reading]:
    """Samples and quarantined rows as they come, and last of all one Reading with the counts, notes and newest date.

    heads: what another table says about samples, by key; it wins over what this table says.
    """
    yield from iter_rows(opened(body, content_type, settings), settings, received, heads)


def iter_rows(
    table: Rows, settings: Layout, received: date | None = None, heads: Heads | None = None
) -> Iterator[Sample | Quarantined | Reading]:
    """As `iter_items`, for rows from any kind of document."""
    reader = RowReader(table.header, settings, table.header_line, received)
    show = len(reader.used) == len(table.header)
    scattered = _scattered(table, reader)
    parts: dict[str, Gathered] = {}
    tally: Counter[str] = Counter()
    examples: dict[str, str] = {}
    newest: date | None = None
    current: Gathered | None = None
    kept = bad = 0
    last: Head | None = None
    # What is asked a million times is asked of the dictionaries themselves; a call each would double the time.
    key_of, pick_head, pick_find = reader.key, reader.pick_head, reader.pick_find
    known_head, known_find = reader.heads.get, reader.finds.get
    for line, row in table.rows(show):
        if table.torn:
            bad += len(table.torn)
            yield from table.torn
            table.torn.clear()
        key = key_of(row)
        cells = pick_head(row)
        head = known_head(cells) or reader.head(cells)
        if head is not last:
            if not key or isinstance(head, BadCell):
                bad += 1
                yield _bad(line, reader, key, head)
                continue
            last = head
            newest = _newest(newest, head)
        elif not key:
            bad += 1
            yield _bad(line, reader, key, head)
            continue
        cells = pick_find(row)
        found = known_find(cells) or reader.found(cells)
        if found.blank:
            bad += 1
            yield Quarantined(
                line, settings.substance[0], "", "the row names no substance", "Ask the source what it means by it."
            )
            continue
        kept += 1
        if found.odd:
            for column, value in found.odd:
                tally[f"odd {column}"] += 1
                examples.setdefault(f"odd {column}", f"'{value}' in line {line}")
        if current is None or current.key != key:
            if current is not None and current.key not in scattered:
                sample = current.sample(settings, heads, tally)
                if sample is not None:
                    yield sample
            if key in scattered:
                current = parts.get(key)
                if current is None:
                    current = parts[key] = Gathered(key, line)
            else:
                current = Gathered(key, line)
        current.add(head, found)
    bad += len(table.torn)
    yield from table.torn
    table.torn.clear()
    if current is not None and current.key not in scattered:
        parts[current.key] = current
    for part in parts.values():
        sample = part.sample(settings, heads, tally)
        if sample is not None:
            yield sample
    if bad >= ALL_BAD and not kept:
        raise BrokenDocument(
            f"Not one of {bad} rows could be understood", "Check the feed's column map against the file."
        )
    notes = (*table.notes, *_notes(tally, examples, table, reader))
    yield Reading(rows=kept + bad, newest=newest, notes=notes, whole=not bad)


def _scattered(table: Rows, reader: RowReader) -> frozenset[str]:
    """Keys whose rows do not stand together. Only these samples must be held until the end of the file."""
    seen: set[str] = set()
    apart: set[str] = set()
    last = ""
    quick = table.keys(reader.only_key) if reader.only_key is not None else None
    keys = (key.strip() for key in quick) if quick is not None else (reader.key(row) for _, row in table.rows())
    for key in keys:
        if key != last:
            if key in seen:
                apart.add(key)
            seen.add(key)
            last = key
    table.torn.clear()
    return frozenset(apart)


def _bad(line: int, reader: RowReader, key: str, head: Head | BadCell) -> Quarantined:
    if isinstance(head, BadCell):
        return Quarantined(line, head.column, head.value, head.reason, head.mend)
    return Quarantined(
        line, reader.header[reader.key_at[0]], key, "the row has no sample id", "Ask the source for the id of this row."
    )


def _newest(newest: date | None, head: Head) -> date | None:
    return max(filter(None, (newest, head.published, head.tested, head.collected)), default=None)


def _notes(tally: Counter[str], examples: dict[str, str], table: Rows, reader: RowReader) -> Iterator[str]:
    if tally[Pseudo.PENDING]:
        yield f"{tally[Pseudo.PENDING]} entries say that identification is pending; such samples count when it is done."
    if tally[Pseudo.SPOILED]:
        yield f"{tally[Pseudo.SPOILED]} entries say that a sample could not be tested; none is counted as negative."
    if tally[Pseudo.UNNAMED]:
        yield f"{tally[Pseudo.UNNAMED]} entries are substances that the laboratory could not name."
    if tally["conflict"]:
        yield f"{tally['conflict']} rows say both trace and primary; they were read as primary."
    if tally["places"]:
        yield f"{tally['places']} rows give another county than the first row of their sample; the first was kept."
    if tally["alone"]:
        yield f"{tally['alone']} samples are not in the other file; their place and date of collection are not known."
    for name, count in tally.items():
        if name.startswith("odd "):
            yield f"{count} cells of '{name[4:]}' say neither yes nor no ({examples[name]}); they were left out."
    plain = [same(cell) for cell in table.header]
    twice = [cell for i, cell in enumerate(table.header) if cell and plain.index(same(cell)) < i]
    if twice:
        yield f"The column '{twice[0]}' stands in the header twice; the first was read."


def redact(body: bytes, *, content_type: str = "", settings: Layout) -> bytes:
    """The same table with only the columns that the column map uses, as UTF-8 CSV: the form that may be archived.

    Reading it gives what reading the original gives. Rows that are torn are replaced by a remark, since nobody can
    say which of their cells is which. Raises BrokenDocument as `read` does: a web page is not archived either.
    """
    table = opened(body, content_type, settings)
    reader = RowReader(table.header, settings, table.header_line, None)
    if len(reader.used) == len(table.header) and nature(body) is Nature.TEXT:
        return body
    keep = sorted(reader.used)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # so that a cell with either of the two is quoted
    out.write("\n" * (table.header_line - 1))
    writer.writerow([table.header[i] for i in keep])
    writer.writerows(_chosen(table, keep))
    return out.getvalue().encode("utf-8")


def _chosen(table: Grid, keep: list[int]) -> Iterator[Sequence[str]]:
    """The chosen cells of each row, and a remark wherever a torn row stood."""
    pick = itemgetter(*keep) if len(keep) > 1 else lambda row: (row[keep[0]],)
    for _, row in table.rows():
        if table.torn:
            yield from ([REMOVED + torn.reason] for torn in table.torn)
            table.torn.clear()
        yield pick(row)
    yield from ([REMOVED + torn.reason] for torn in table.torn)
    table.torn.clear()
