"""What sources that publish only totals have in common: counts checked, periods in words turned into dates."""

from __future__ import annotations

import calendar
import re
from datetime import date

from detectors.feeds.dates import MONTHS


def count(cell: str) -> int | None:
    """A whole number of samples; None when blank or masked ("<5", "*"). Raises ValueError for the rest."""
    plain = cell.strip().replace(",", "")
    if plain in ("", "*", ".", "-", "NA", "null") or plain.startswith(("<", "≤")):
        return None
    if not re.fullmatch(r"\d{1,9}(?:\.0+)?", plain):
        raise ValueError("this is not a count")
    return int(float(plain))


def month(cell: str) -> tuple[date, date]:
    """First and last day of a month printed as "Jan 2025", "2025-01" or "01/2025". Raises ValueError."""
    words = cell.strip().lower()
    match = re.fullmatch(r"([a-z]{3,9})\.?[ -](\d{4})", words)
    if match and match.group(1) in MONTHS:
        year, number = int(match.group(2)), MONTHS[match.group(1)]
    elif match := re.fullmatch(r"(\d{4})-(\d{1,2})(?:-01)?", words):
        year, number = int(match.group(1)), int(match.group(2))
    elif match := re.fullmatch(r"(\d{1,2})/(\d{4})", words):
        year, number = int(match.group(2)), int(match.group(1))
    else:
        raise ValueError("this is not a month")
    return span(year, number, number)


def span(year: int, first: int, last: int) -> tuple[date, date]:
    """First day of one month and last day of another in the same year. Raises ValueError for what cannot be."""
    if not 1980 <= year < 2100 or not 1 <= first <= last <= 12:
        raise ValueError("there is no such month in the calendar")
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
