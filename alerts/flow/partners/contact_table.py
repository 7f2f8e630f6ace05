"""A list of contacts, as CSV or Excel, read into rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from alerts.flow.partners.add_contact import FIELDS
from detectors.feeds.workbook import as_csv
from detectors.sample import BrokenDocument

STANDING = "standing"
"""Column of an export that says how each address stands; an import passes over it."""


class ContactTableError(ValueError):
    """A file that is no list of contacts; the text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class ContactTable:
    """rows: (line in the file, column → text). text: the same table as CSV, whatever it came as."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    text: str


def contact_table(name: str, body: bytes) -> ContactTable:
    """The rows of a file of that name. Raises ContactTableError for a file or a header that cannot be used."""
    try:
        if name.lower().endswith((".xlsx", ".xlsm")):
            body = as_csv(body, likely=FIELDS)
        text = body.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        header = [h.strip() for h in reader.fieldnames or []]
        reader.fieldnames = header
        rows = tuple(
            (reader.line_num, {k: _meant(v or "") for k, v in row.items() if k and k != STANDING})
            for row in reader
            if any(v for k, v in row.items() if k)
        )
    except BrokenDocument as error:
        raise ContactTableError(str(error)) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ContactTableError(f"cannot be read: {error}. It must be an Excel file, or CSV in UTF-8.") from None
    unknown = [h for h in header if h not in FIELDS and h != STANDING]
    if unknown or "partner" not in header:
        raise ContactTableError(f"the header must be of {', '.join(FIELDS)}; it is {', '.join(header) or 'empty'}.")
    return ContactTable(rows, text)


def _meant(text: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would run."""
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "@", "+", "-"} else text
