"""One sheet of an Excel workbook as CSV, so that all tables are read by one reader."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Sequence, Set
from datetime import date, datetime, time
from itertools import islice

import openpyxl

from detectors.feeds.columns import same
from detectors.feeds.header import LOOKED_AT
from detectors.sample import BrokenDocument

UNPACKED = 400_000_000
"""Most bytes that the parts of a workbook may have when unpacked; a 40 MB ZIP can hold 40 GB."""
PROLOG = 65_536
"""Bytes at the beginning of a part in which its first element must stand."""
BEFORE = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
"""What may stand before the first element: all but a declaration of the document's type."""
ROOT = re.compile(rb"<[^!?]")
DAMAGED = "Open it in Excel, save it again, or ask the source for CSV."


def as_csv(body: bytes, sheet: str = "", likely: Sequence[str] = ()) -> bytes:
    """The sheet of that name, or the one with the most of the likely columns, as UTF-8 CSV with ISO dates.

    Raises BrokenDocument for a workbook that is damaged, too large when unpacked, or without such a sheet.
    """
    _refuse_bombs(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which hold no data
            book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
            try:
                names = book.sheetnames
                if sheet and sheet not in names:
                    raise BrokenDocument(
                        f"The workbook has no sheet '{sheet}'; it has {', '.join(names)}", "Name one of these."
                    )
                tables = [_csv(book[name]) for name in ([sheet] if sheet else names[:20])]
            finally:
                book.close()
    except BrokenDocument:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside openpyxl, in a dozen kinds of exception
        raise BrokenDocument(f"The Excel workbook is damaged ({type(error).__name__})", DAMAGED) from error
    if not any(table.strip() for table in tables):
        raise BrokenDocument("The workbook is empty", "Check that the right file was saved.")
    # The first of the best: a sheet with the columns looked for, else one that has columns at all.
    return max(tables, key=lambda table: _worth(table, {same(name) for name in likely})).encode("utf-8")


def _worth(table: str, wanted: Set[str]) -> tuple[int, bool]:
    """How many of the wanted columns one of its first rows has, and whether it is a table and no sheet of remarks."""
    rows = list(islice(csv.reader(io.StringIO(table)), LOOKED_AT))
    named = max((len(wanted & {same(cell) for cell in row}) for row in rows), default=0)
    return named, sum(sum(map(bool, row)) > 1 for row in rows) > 1


def _refuse_bombs(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED:
                raise BrokenDocument("The workbook is too large when unpacked", "Ask the source for CSV.")
            for part in parts.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    with parts.open(part) as stream:
                        begun = stream.read(PROLOG).replace(b"\0", b"")  # UTF-16 as well
                    if part.file_size and not ROOT.match(BEFORE.sub(b"", begun)):
                        raise BrokenDocument("The workbook declares XML entities, which no Excel does", DAMAGED)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise BrokenDocument("The Excel workbook is damaged", DAMAGED) from error
    except Exception as error:
        if isinstance(error, BrokenDocument):
            raise
        raise BrokenDocument(f"The Excel workbook is damaged ({type(error).__name__})", DAMAGED) from error


def _csv(sheet: object) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    begun = False
    for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
        cells = [_cell(value) for value in row]
        if begun or any(cells):
            begun = True
            writer.writerow(cells)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
