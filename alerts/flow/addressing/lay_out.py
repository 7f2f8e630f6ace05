"""Write the parts of editions that wait for it into the outbox, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.drained import note_drained
from alerts.flow.addressing.merge_waiting import merge_waiting
from alerts.flow.addressing.rows_of import rows_of
from alerts.flow.process.fault import fault
from alerts.flow.process.undisturbed import undisturbed
from alerts.model.alert import AlertState
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.part import Part
from alerts.model.reason import ENDINGS
from alerts.store import alerts, enqueue, outbox, unwritten
from alerts.store.bulk import room
from alerts.store.engine import Connection

ROOM_KB = 24_576
"""SQLite's page cache for a part: ids and addresses come in no order, and each touches another page of its index."""
OVERTAKEN = "the alert ended before this went out"


def lay_out(app: App, now: datetime, *, alert: int | None = None, most: int | None = None) -> int:
    """Write what is left, of one alert or of all, at the most so many parts; returns how many parts those were.

    A part's rows and its being struck off share a commit: a worker that is killed has written it or has not, and of
    two workers one does. Its rows are made up while others may write.
    """
    done = 0
    editions = set()
    while most is None or done < most:
        with app.store.read() as connection:
            found = unwritten.first(connection, alert)
        if found is None:
            break
        number, part = found
        with undisturbed():
            rows = list(rows_of(app.key, part))
        with app.store.write() as connection, room(connection, ROOM_KB):
            if unwritten.take(connection, number):
                write_part(app, connection, part, rows, now)
                fault("in-laying-out")
        fault("after-laying-out")
        editions.add((part.alert, part.version))
        done += 1
    if editions:
        note_drained(app, editions, now)
    return done


def write_part(app: App, connection: Connection, part: Part, rows: Sequence[Delivery], now: datetime) -> int:
    """Write the rows of a part, and merge the texts that now wait for the same person; returns how many were new."""
    if _overtaken(connection, part):
        rows = [replace(row, state=DeliveryState.CANCELLED, problem=OVERTAKEN) for row in rows]
    written = enqueue.add(connection, rows)
    held = {row.contact for row in rows if row.channel == "sms" and row.due_at > now and not row.turn}
    for contact in sorted(held & outbox.with_several_waiting(connection, "sms", now, held)) if held else ():
        merge_waiting(app, connection, contact, now)
    return written


def _overtaken(connection: Connection, part: Part) -> bool:
    """A warning of an alert that has ended since it was planned: its rows stand in the books and go nowhere."""
    alert = alerts.get(connection, part.alert)
    if alert is None or alert.state is not AlertState.ENDED or part.version >= alert.version:
        return False
    edition = alerts.version(connection, part.alert, part.version)
    return edition is not None and edition.reason not in ENDINGS
