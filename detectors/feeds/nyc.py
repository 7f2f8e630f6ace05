"""Read New York City's monthly drug-checking tables: positives and samples tested, no single results.

The tables restate themselves: a month published with 2 of 16 can be 5 of 18 in the next edition. A figure's key is its
place, substance and month, so that the later edition is a revision of the earlier one. The file is a window of about a
year; a month that drops out of it was not withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from detectors.feeds.columns import position, required
from detectors.feeds.grid import grid
from detectors.feeds.tallies import count, month
from detectors.sample import BrokenDocument, Quarantined, Reading, Tally


@dataclass(frozen=True, slots=True)
class NycSettings:
    """month: column of the month. tested: column of the samples tested. positives: column → substance as it is named.
    state, county: place as printed on each tally."""

    month: str = "yr_mo"
    tested: str = "Total_Lab"
    positives: Mapping[str, str] = field(
        default_factory=lambda: {
            "Total_Lab_Fent_Pos": "fentanyl",
            "Total_Lab_Xyl_Pos": "xylazine",
            "Total_Lab_Med_Pos": "medetomidine",
        }
    )
    state: str = "NY"
    county: str = "New York City"


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: NycSettings = NycSettings(),
    received: date | None = None,
) -> Reading:
    """One tally for each month and substance. Raises BrokenDocument when the month, the denominator or every known
    column of positives is missing."""
    table = grid(body, content_type, "", (settings.month, settings.tested))
    at_month = required(table.header, (settings.month,), table.header_line)
    at_tested = required(table.header, (settings.tested,), table.header_line)
    columns = {n: name for n, name in settings.positives.items() if position(table.header, (n,)) is not None}
    if not columns:
        required(table.header, tuple(settings.positives), table.header_line)
    lost = [name for name in settings.positives if name not in columns]
    tallies: list[Tally] = []
    bad: list[Quarantined] = []
    seen: set[str] = set()
    rows = 0
    for line, row in table.rows(show=True):
        rows += 1
        column = settings.month
        try:
            first, last = month(row[at_month])
            if received is not None and first > received + timedelta(days=1):
                raise ValueError("the month lies in the future")
            column = settings.tested
            tested = count(row[at_tested])
        except ValueError as error:
            value = row[at_month if column == settings.month else at_tested][:60]
            bad.append(Quarantined(line, column, value, str(error), "Correct it in the source; the rest was read."))
            continue
        for column, name in columns.items():
            printed = row[required(table.header, (column,))]
            key = f"{settings.county or settings.state}|{name}|{first:%Y-%m}"
            try:
                positives = count(printed)
                if positives is not None and tested is not None and positives > tested:
                    raise ValueError("more positives than samples tested")
                if key in seen:
                    raise ValueError("this month stands in the table twice")
            except ValueError as error:
                bad.append(Quarantined(line, column, printed[:60], str(error), "Ask the source; the rest was read."))
                continue
            if positives is None:
                continue
            seen.add(key)
            tallies.append(
                Tally(
                    key, name, first, last, positives, tested, state=settings.state, county=settings.county, line=line
                )
            )
    bad.extend(table.torn)
    rows += len(table.torn)
    if rows and not tallies:
        raise BrokenDocument("Not one row of the table could be understood", "Check that this is the monthly table.")
    notes = [*table.notes, *(f"The column '{name}' is not in this edition." for name in lost)]
    newest = max((tally.last for tally in tallies), default=None)
    if newest is not None and received is not None:
        newest = min(newest, received)
    return Reading(tallies=tuple(tallies), quarantined=tuple(bad), rows=rows, newest=newest, notes=tuple(notes))
