"""Dates as sources print them. A table of shapes; what fits none, or is no day of the calendar, is refused."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep september sept", "oct october", "nov november", "dec december"), start=1)
    for name in names.split()
}  # fmt: skip
CLOCK = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
SHAPES = tuple(
    re.compile(shape + CLOCK + r"\Z", re.IGNORECASE)
    for shape in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",  # ISO 8601
        r"(?P<d>\d{1,2})[- ]?(?P<b>[a-z]{3,9})\.?[- ,]*(?P<y>\d{4})",  # Stata 16apr2023, Oracle 16-APR-2023
        r"(?P<first>\d{1,2})[/.](?P<second>\d{1,2})[/.](?P<y>\d{4}|\d{2})",  # 4/16/2023 in the United States
        r"(?P<b>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",  # April 16, 2023
        r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",  # HL7, FHIR basic
    )
)
BLANK = frozenset({"", ".", "-", "na", "n/a", "nan", "nat", "null", "none", "unknown", "not available"})
SERIAL = re.compile(r"(?P<days>[2-9]\d{4})(?:\.\d+)?\Z")
DAY_ZERO = date(1899, 12, 30)
"""Of the days that Excel counts, for each day since March 1900."""
EARLIEST = date(1980, 1, 1)
LATEST = date(2100, 1, 1)


@lru_cache(maxsize=65536)
def date_of(printed: str, day_first: bool = False) -> date | None:
    """The calendar date of a cell, None when it is blank or says "unknown". A bare number of days is Excel's.

    day_first: read 4/5/2023 as the fourth of May. Raises ValueError with the reason in plain words.
    """
    cell = printed.strip()
    if cell.lower() in BLANK:
        return None
    for shape in SHAPES:
        match = shape.match(cell[:60])
        if match is None:
            continue
        part = match.groupdict()
        if "first" in part:
            day, month = (part["first"], part["second"]) if day_first else (part["second"], part["first"])
        else:
            day, month = part["d"], part.get("m") or str(MONTHS.get(part["b"].lower(), 0))
        year = int(part["y"]) + (2000 if len(part["y"]) == 2 else 0)
        try:
            found = date(year, int(month), int(day))
        except ValueError:
            raise ValueError("there is no such day in the calendar") from None
        if not EARLIEST <= found < LATEST:
            raise ValueError(f"the year {found.year} cannot be right")
        return found
    if serial := SERIAL.match(cell):
        found = DAY_ZERO + timedelta(days=int(serial["days"]))
        if EARLIEST <= found < LATEST:
            return found
    raise ValueError("this is not a date in a form we know")
