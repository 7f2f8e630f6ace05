"""What happened, as staff marked it: lines of substance, place and date."""

from __future__ import annotations

import csv
import io
from datetime import date

from alerts.app import App
from alerts.flow.history.score_backtest import Event
from alerts.flow.scope.select import family

LIKE = 'Each line is substance,place,date, like carfentanil,"Kern County, CA",2025-03-01.'
COLUMNS = ("substance", "place", "date")


def marked_events(app: App, text: str) -> list[Event]:
    """Events in the order of the lines; a first line with the names of the columns is passed over.

    Raises ValueError naming line, column and mend.
    """
    rows = [(n, row) for n, row in enumerate(csv.reader(io.StringIO(text)), 1) if any(cell.strip() for cell in row)]
    if rows and sorted(cell.strip().lower() for cell in rows[0][1])[: len(COLUMNS)] == sorted(COLUMNS):
        order = [cell.strip().lower() for cell in rows.pop(0)[1]]
    else:
        order = list(COLUMNS)
    return [_event(app, n, dict(zip(order, (cell.strip() for cell in row), strict=False))) for n, row in rows]


def _event(app: App, line: int, cells: dict[str, str]) -> Event:
    def wrong(column: str, why: str) -> ValueError:
        return ValueError(f"line {line}, column {column}: '{cells.get(column, '')}' is {why}. {LIKE}")

    named = app.lexicon.name(cells.get("substance", "")).substances
    if len(named) != 1:
        raise wrong("substance", "not one known substance")
    place = _place(app, cells.get("place", ""))
    if place is None:
        raise wrong("place", "not a known place")
    try:
        day = date.fromisoformat(cells.get("date", ""))
    except ValueError:
        raise wrong("date", "not a day") from None
    return Event(family(named[0], app.lexicon), place, day)


def _place(app: App, word: str) -> str | None:
    if word in app.gazetteer:
        return word
    county, _, state = word.rpartition(",")
    return app.gazetteer.resolve(state.strip(), county.strip())
