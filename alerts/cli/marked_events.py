"""What happened, as staff marked it: a CSV with the columns substance, place and date."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from alerts.app import App
from alerts.cli.opening import Failure
from alerts.flow.score_backtest import Event
from alerts.flow.select import family

LIKE = 'Each line is substance,place,date, like carfentanil,"Kern County, CA",2025-03-01.'


def marked_events(app: App, path: Path) -> list[Event]:
    """Events in the order of the file. Raises Failure naming line, column and mend."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Failure(f"{path}: {error}. Mend the file or name another.") from None
    return [
        _event(app, path, line, {k: (v or "").strip() for k, v in row.items() if isinstance(v, str | None)})
        for line, row in enumerate(rows, 2)
    ]


def _event(app: App, path: Path, line: int, cells: dict[str, str]) -> Event:
    def wrong(column: str, why: str) -> Failure:
        return Failure(f"{path}, line {line}, column {column}: '{cells.get(column, '')}' is {why}. {LIKE}")

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
