"""What `supplywatch backtest --inject` is to put into the past, as typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from alerts.app import App
from alerts.cli.opening import Failure
from alerts.flow.history.marked_events import marked_events
from alerts.flow.history.score_backtest import Event
from alerts.flow.scope.select import family
from detectors.injection import SHAPES, Injection

EMERGENCES = frozenset({"new", "step", "ramp", "spike"})
"""Shapes that should be found: they are events. The others should make no alert, or one that says why."""
LIKE = (
    "It is SHAPE,SUBSTANCE,PLACE,DATE and then share=, days= or was=, "
    'like step,carfentanil,"Kern County, CA",2025-03-01.'
)


def injections(app: App, typed: Sequence[str]) -> tuple[list[Injection], list[Event]]:
    """(the changes, those of them that are emergences, as events). Raises Failure naming what is wrong."""
    changes, events = [], []
    for text in typed:
        cells = [cell.strip() for cell in next(csv.reader([text]))]
        if len(cells) < 4 or cells[0] not in SHAPES:
            raise Failure(f"--inject {text}: the shape is one of {', '.join(SHAPES)}. {LIKE}")
        row = io.StringIO()
        csv.writer(row).writerow(cells[1:4])
        try:
            (event,) = marked_events(app, row.getvalue())
            settings = _settings(app, cells[4:])
        except ValueError as error:
            raise Failure(f"--inject {text}: {error} {LIKE}") from None
        changes.append(Injection(cells[0], event.substance, event.place, event.on, **settings))  # type: ignore[arg-type]
        if cells[0] in EMERGENCES:
            events.append(event)
    return changes, events


def _settings(app: App, cells: Sequence[str]) -> dict[str, float | int | str]:
    found: dict[str, float | int | str] = {}
    for cell in cells:
        name, _, value = cell.partition("=")
        if name == "was":
            named = app.lexicon.name(value).substances
            if len(named) != 1:
                raise ValueError(f"'{value}' is not one known substance.")
            found[name] = family(named[0], app.lexicon)
        elif name in ("share", "days"):
            found[name] = float(value) if name == "share" else int(value)
        else:
            raise ValueError(f"'{cell}' is none of share=, days= and was=.")
    return found
