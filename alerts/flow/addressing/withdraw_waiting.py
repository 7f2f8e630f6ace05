"""Messages of an earlier edition that still wait are taken back: what came after them says it better, or not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.drained import note_if_drained
from alerts.flow.addressing.merge_waiting import write_merged
from alerts.model.alert import Alert, AlertState, AlertVersion
from alerts.model.delivery import DeliveryState
from alerts.store import marks, notices, outbox, reached
from alerts.store.engine import Connection


def withdraw_waiting(
    app: App,
    connection: Connection,
    alert: Alert,
    version: AlertVersion,
    now: datetime,
    only: Collection[reached.Pair] | None = None,
) -> int:
    """Cancel rows before `version` that no carrier can have; returns how many. only: of these contacts and channels."""
    ended = alert.state is AlertState.ENDED
    why = "the alert ended before this went out" if ended else f"superseded by edition {version.version}"
    mine = [
        row
        for row in reached.waiting(connection, alert.id)
        if row.version < version.version and (only is None or (row.contact, row.channel) in only)
    ]
    # A worker may just have taken one; then it counts as told.
    withdrawn = marks.cancel(connection, mine, why)
    for one in sorted({row.version for row in mine}):
        note_if_drained(connection, alert.id, one, now)
    return withdrawn + _merged(app, connection, alert, version, now, only)


def _merged(
    app: App,
    connection: Connection,
    alert: Alert,
    version: AlertVersion,
    now: datetime,
    only: Collection[reached.Pair] | None,
) -> int:
    """Lines about this alert in texts that stand for several and still wait; the other lines go on waiting."""
    rows = [
        row
        for row in marks.marks_of_alert(connection, alert.id)
        if row.version < version.version and (only is None or (row.contact, row.channel) in only)
    ]
    inside = notices.mergers_of(connection, [row.id for row in rows])
    withdrawn = 0
    for notice in sorted(set(inside.values())):
        for text in reached.never_left(connection, -notice):
            if not outbox.move(connection, text, DeliveryState.CANCELLED, problem="one of its alerts changed"):
                continue
            mine = [one for one, where in inside.items() if where == notice]
            others = [one for one in notices.merged_into(connection, notice) if one not in mine]
            notices.unmerge(connection, mine)
            found = (outbox.get(connection, one) for one in others)
            write_merged(app, connection, text.contact, [o for o in found if o], text.due_at, now)
            withdrawn += 1
    return withdrawn
