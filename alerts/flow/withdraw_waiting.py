"""Messages of an earlier edition that still wait are taken back: what came after them says it better, or not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from alerts.flow.drained import note_if_drained
from alerts.model.alert import Alert, AlertState, AlertVersion
from alerts.model.delivery import DeliveryState
from alerts.store import outbox, reached
from alerts.store.engine import Connection


def withdraw_waiting(
    connection: Connection,
    alert: Alert,
    version: AlertVersion,
    now: datetime,
    only: Collection[reached.Pair] | None = None,
) -> int:
    """Cancel rows before `version` that no carrier can have; returns how many. only: of these contacts and channels."""
    ended = alert.state is AlertState.ENDED
    why = "the alert ended before this went out" if ended else f"superseded by edition {version.version}"
    withdrawn = 0
    for row in reached.never_left(connection, alert.id):
        mine = row.version < version.version and (only is None or (row.contact, row.channel) in only)
        # A worker may just have taken it; then it counts as told.
        if mine and outbox.move(connection, row, DeliveryState.CANCELLED, problem=why):
            withdrawn += 1
            note_if_drained(connection, row, now)
    return withdrawn
