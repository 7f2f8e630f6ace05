"""Read a table (CSV, TSV, Excel) of results, whatever its columns are called, one row per finding or per sample.

`read` gives all at once; `iter_items` gives samples in batches, as they are completed, so that a million rows need
little memory.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter

from detectors.batch import Batch, one_by_one
from detectors.feeds.cells import BadCell, Found, Head, RowReader
from detectors.feeds.columns import same
from detectors.feeds.gathered import Heads
from detectors.feeds.gathering import Gathering
from detectors.feeds.grid import REMOVED, Grid, Rows, Run, grid
from detectors.feeds.layout import Layout, Pseudo
from detectors.feeds.nature import Nature, nature
from detectors.feeds.spans import cut
from detectors.feeds.workbook import as_csv
from detectors.sample import BrokenDocument, Quarantined, Reading, Sample

ALL_BAD = 10
"""From so many rows on, a file in which not one can be understood is broken rather than a collection of bad rows."""
_WORDS = ("total", "totals", "grand total", "subtotal", "sum")
TOTALS = frozenset(made for word in _WORDS for made in (word, word.title(), word.capitalize(), word.upper()))
"""What stands where a sample's id should, under a column of figures."""
TOGETHER = 2000
"""Samples that are handed on together, so that what each step costs once is shared by many."""


def read(body: bytes, *, content_type: str = "", settings: Layout, received: date | None = None) -> Reading:
    """All that a table says. `received`: the day it came; dates after the next day are impossible.

    A header without rows is an empty Reading; raises BrokenDocument for what is no such table.
    """
    return collected(iter_items(body, content_type=content_type, settings=settings, received=received))


def collected(items: Iterator[Batch | Quarantined | Reading]) -> Reading:
    """A stream of items as one Reading."""
    samples: list[Sample] = []
    bad: list[Quarantined] = []
    last = Reading()
    for item in one_by_one(items):
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
) -> Iterator[Batch | Quarantined | Reading]:
    """Batches of samples and quarantined rows as they come, and last of all one Reading: counts, notes, newest date.

    heads: what another table says about samples, by key; it wins over what this table says.
    """
    yield from iter_rows(opened(body, content_type, settings), settings, received, heads)


def iter_rows(
    table: Rows, settings: Layout, received: date | None = None, heads: Heads | None = None
) -> Iterator[Batch | Quarantined | Reading]:
    """As `iter_items`, for rows from any kind of document."""
    reader = RowReader(table.header, settings, table.header_line, received)
    show = len(reader.used) == len(table.header)
    gathering = Gathering(settings, heads, _scattered(table, reader))
    examples: dict[str, str] = {}
    newest: date | None = None
    kept = bad = 0
    for run in table.runs(show):
        wrong, lines, keys, said, finds = _sorted_out(run, reader)
        wrong += table.torn
        table.torn.clear()
        yield from wrong
        bad += len(wrong)
        kept += len(keys)
        newest = max(filter(None, (newest, *(head.newest for head in set(said)))), default=None)
        _note_odd(lines, finds, gathering.tally, examples)
        gathering.add(lines, keys, said, finds)
        if len(gathering) >= TOGETHER:
            yield gathering.take()
    gathering.end()
    if len(gathering):
        yield gathering.take()
    if bad >= ALL_BAD and not kept:
        raise BrokenDocument(
            f"Not one of {bad} rows could be understood", "Check the feed's column map against the file."
        )
    notes = (*table.notes, *_notes(gathering.tally, examples, table, reader))
    yield Reading(rows=kept + bad, newest=newest, notes=notes, whole=not bad)


def _sorted_out(
    run: Run, reader: RowReader
) -> tuple[list[Quarantined], Sequence[int], list[str], list[Head], list[Found]]:
    """The rows that cannot be understood, and of the others: line, key, what is said of the sample, what was found."""
    lines, rows = run
    keys, said, finds = reader.keys(rows), reader.heads(rows), reader.finds(rows)
    heads = [head for head in said if not isinstance(head, BadCell)]
    plain = len(heads) == len(rows) and all(keys) and not any(map(TOTALS.__contains__, keys))
    if plain and not any(found.blank for found in set(finds)):
        return [], lines, keys, heads, finds
    wrong: list[Quarantined] = []
    good: list[int] = []
    for i, (line, key, head, found) in enumerate(zip(lines, keys, said, finds, strict=True)):
        if isinstance(head, BadCell):
            wrong.append(Quarantined(line, head.column, head.value, head.reason, head.mend))
        elif not key:
            column, mend = reader.header[reader.key_at[0]], "Ask the source for the id of this row."
            wrong.append(Quarantined(line, column, "", "the row has no sample id", mend))
        elif key in TOTALS and head.newest is None:
            continue
        elif found.blank:
            column, mend = reader.layout.substance[0], "Ask the source what it means by it."
            wrong.append(Quarantined(line, column, "", "the row names no substance", mend))
        else:
            good.append(i)
    heads = [head for head in (said[i] for i in good) if not isinstance(head, BadCell)]
    return wrong, [lines[i] for i in good], [keys[i] for i in good], heads, [finds[i] for i in good]


def _scattered(table: Rows, reader: RowReader) -> frozenset[str]:
    """Keys whose rows do not stand together. Only these samples must be held until the end of the file."""
    seen: set[str] = set()
    apart: set[str] = set()
    last = ""
    for key in _each_key(table, reader):
        if key != last:
            if key in seen:
                apart.add(key)
            seen.add(key)
            last = key
    table.torn.clear()
    return frozenset(apart)


def _each_key(table: Rows, reader: RowReader) -> Iterator[str]:
    """The keys in their order, with few repetitions."""
    quick = table.cells(reader.key_at[0]) if len(reader.key_at) == 1 else None
    if quick is not None:
        yield from map(str.strip, quick)
        return
    for _, rows in table.runs():
        yield from reader.keys(rows)


def _note_odd(lines: Sequence[int], finds: list[Found], tally: Counter[str], examples: dict[str, str]) -> None:
    for found in set(finds):
        for column, value in found.odd:
            tally[f"odd {column}"] += finds.count(found)
            examples.setdefault(f"odd {column}", f"'{value}' in line {lines[finds.index(found)]}")


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
    # What stands above the header is in no column: a title may name a person.
    whole = len(reader.used) == len(table.header) and table.header_line == 1
    if whole and nature(body) is Nature.TEXT:
        return body
    keep = sorted(reader.used)
    header = io.StringIO()
    csv.writer(header, lineterminator="\r\n").writerow([table.header[i] for i in keep])
    begun = b"\n" * (table.header_line - 1) + header.getvalue().encode()
    if table.encoding == "utf-8-sig" and table.delimiter == ",":
        plain = cut(table.body, table.header_line, len(table.header), keep, begun)
        if plain is not None:
            return plain
    out = io.BytesIO()
    out.write(begun)
    text = io.TextIOWrapper(out, "utf-8", newline="")
    # With this line end a cell with either of the two is quoted.
    csv.writer(text, lineterminator="\r\n").writerows(_chosen(table, keep))
    text.detach()
    return out.getvalue()


def _chosen(table: Grid, keep: list[int]) -> Iterator[Sequence[str]]:
    """The chosen cells of each row, and a remark wherever a torn row stood."""
    pick = itemgetter(*keep) if len(keep) > 1 else lambda row: (row[keep[0]],)
    for lines, rows in table.runs():
        chosen = map(pick, rows)
        if table.torn:
            torn = ((t.line, [REMOVED + t.reason]) for t in table.torn)
            chosen = map(itemgetter(1), sorted((*zip(lines, chosen, strict=True), *torn), key=itemgetter(0)))
            table.torn.clear()
        yield from chosen
