"""Dates as notices write them, in English and Spanish."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_ENGLISH = tuple(name.lower() for name in calendar.month_name[1:])
_SPANISH = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_MONTHS = {name: number % 12 + 1 for number, name in enumerate((*_ENGLISH, *_SPANISH))}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items() if name in _ENGLISH} | {"sept": 9, "setiembre": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_PATTERNS = (
    re.compile(r"\b(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)\b"),
    re.compile(r"\b(?P<m>[01]?\d)/(?P<d>[0-3]?\d)/(?P<y>20\d\d|\d\d)\b"),
    re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<d>[0-3]?\d)(?:st|nd|rd|th)?,? (?P<y>20\d\d)\b"),
    re.compile(rf"\b(?P<d>[0-3]?\d)(?: de)? (?P<month>{_MONTH})\.?(?: del?)? (?P<y>20\d\d)\b"),
    re.compile(
        rf"\b(?P<month>{_MONTH})\.?(?: and | to | through | y | a |[-–])(?:{_MONTH})"
        r"\.?(?: del?| of)?,? (?P<y>20\d\d)\b"
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\.?(?: del?| of)?,? (?P<y>20\d\d)\b"),
    re.compile(r"\b(?P<y>20[0-4]\d)\b"),
)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """when: ISO 8601 cut to what is known. start, end: offsets in the folded text."""

    when: str
    start: int
    end: int


def dates_in(folded: str) -> tuple[WrittenDate, ...]:
    """The dates of a folded text, in order; of a span of months the first. Slashes are month/day/year.

    What is no real date (30 February) is left out.
    """
    found: list[WrittenDate] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            when = _written(match.groupdict())
            if when:
                found.append(WrittenDate(when, match.start(), match.end()))
    return tuple(sorted(found, key=lambda written: written.start))


def _written(parts: dict[str, str]) -> str:
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    month = _MONTHS[parts["month"]] if "month" in parts else int(parts.get("m") or 0)
    day = int(parts.get("d") or 0)
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return ""
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
