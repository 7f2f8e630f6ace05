"""Read an export of the NFLIS-Drug public query (DEA): reports of drugs seized, by state and half-year.

It has no denominator: how many items were examined is not said. And the name of an isomer changes with time, so what
falls under one name may rise under another on the same day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from detectors.feeds.columns import position, required
from detectors.feeds.dates import date_of
from detectors.feeds.grid import grid
from detectors.feeds.tallies import count, span
from detectors.sample import BrokenDocument, Quarantined, Reading, Tally

PERIOD = re.compile(r"\(\s*([A-Z]{3})\s*-\s*([A-Z]{3})\s*\)|\b(SA1|SA2|ANNUAL)\b", re.IGNORECASE)
HALVES = {"SA1": (1, 6), "SA2": (7, 12), "ANNUAL": (1, 12)}
COLUMNS = ("YYYY", "PERIOD", "DRUG_REPORTS", "SUBSTANCE_DESCRIPTION", "STATE")


@dataclass(frozen=True, slots=True)
class NflisSettings:
    """states: keep only these postal codes, () for all. by_base: name the drug by its base, not by its salt."""

    states: tuple[str, ...] = ()
    by_base: bool = False


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: NflisSettings = NflisSettings(),
    received: date | None = None,
) -> Reading:
    """One tally (without denominator) for each state, substance and period; several rows of one key are added up.

    Raises BrokenDocument when a column is missing.
    """
    table = grid(body, content_type, "", COLUMNS)
    year, period, reports, name, state = (required(table.header, (column,), table.header_line) for column in COLUMNS)
    if settings.by_base:
        name = required(table.header, ("BASE_DESCRIPTION",), table.header_line)
    asked = position(table.header, ("QUERY_RUN_DATE",))
    found: dict[str, Tally] = {}
    bad: list[Quarantined] = []
    rows = other = 0
    for line, row in table.rows(show=True):
        rows += 1
        column, value = "PERIOD", row[period]
        try:
            first, last = _period(row[year], row[period])
            column, value = "DRUG_REPORTS", row[reports]
            positives = count(row[reports])
            column, value = "QUERY_RUN_DATE", row[asked] if asked is not None else ""
            published = date_of(value)
        except ValueError as error:
            bad.append(Quarantined(line, column, value[:60], str(error), "Export the query anew; the rest was read."))
            continue
        where, what = row[state].strip(), " ".join(row[name].split())
        if positives is None or not where or not what:
            bad.append(Quarantined(line, "", "", "the row lacks a count, a state or a substance", "Export it anew."))
            continue
        if settings.states and where not in settings.states:
            other += 1
            continue
        key = f"{where}|{what}|{first:%Y-%m}..{last:%Y-%m}"
        before = found.get(key)
        if before is not None:
            positives += before.positives
        found[key] = Tally(key, what, first, last, positives, None, state=where, published=published, line=line)
    bad.extend(table.torn)
    rows += len(table.torn)
    if rows and not found and not other:
        raise BrokenDocument("Not one row of the export could be understood", "Check that this is the NFLIS export.")
    notes = [*table.notes, *([f"{other} rows are of other states."] if other else [])]
    newest = max((t.last for t in found.values()), default=None)
    return Reading(
        tallies=tuple(found.values()),
        quarantined=tuple(bad),
        rows=rows,
        newest=newest,
        notes=tuple(notes),
        whole=not bad,
    )


def _period(year: str, period: str) -> tuple[date, date]:
    if not re.fullmatch(r"\s*\d{4}\s*", year):
        raise ValueError("this is not a year")
    found = PERIOD.search(period)
    if found is None:
        raise ValueError("this is not a half-year")
    if found.group(3):
        return span(int(year), *HALVES[found.group(3).upper()])
    months = [date_of(f"1{name}2000") for name in found.group(1, 2)]
    first, last = (day.month if day else 0 for day in months)
    return span(int(year), first, last)
