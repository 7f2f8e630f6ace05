"""Noting in the record that an edition is through: how large a share of it the carriers took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alerts.app import App
from alerts.model.delivery import DeliveryState
from alerts.privacy import rounded_share
from alerts.record.append import append
from alerts.store import alerts, drained, outbox
from alerts.store.engine import Connection


def note_drained(app: App, editions: Iterable[tuple[int, int]], now: datetime) -> int:
    """Append an entry for each (alert, version) of which no message waits any more; returns how many were appended.

    Called after the transaction that moved the messages: of two workers that finish an edition together, neither sees
    the other's last message before its commit, but the later of the two sees both here.
    """
    with app.store.read() as connection:
        through = [
            (alert, version)
            for alert, version in sorted(set(editions))
            if not drained.waits(connection, alert, version) and alerts.get(connection, alert) is not None
        ]
    noted = 0
    for alert, version in through:
        with app.store.write() as connection:
            noted += _note(connection, alert, version, now)
    return noted


def note_if_drained(connection: Connection, alert: int, version: int, now: datetime) -> bool:
    """As `note_drained` for one edition, within the caller's own transaction."""
    return _note(connection, alert, version, now)


def _note(connection: Connection, number: int, version: int, now: datetime) -> bool:
    alert = alerts.get(connection, number)
    if alert is None or drained.waits(connection, number, version):
        return False
    if not drained.note(connection, number, version, now):
        return False
    counts = outbox.counts(connection, number, version)
    # What only stands by was meant for nobody yet.
    counts.pop(str(DeliveryState.STANDBY), None)
    taken = counts.get(DeliveryState.ACCEPTED, 0) + counts.get(DeliveryState.DELIVERED, 0)
    append(
        connection,
        at=now,
        kind="alert.drained",
        subject=alert.number,
        fields={
            "version": version,
            "accepted": taken,
            "failed": counts.get(DeliveryState.FAILED, 0),
            "cancelled": counts.get(DeliveryState.CANCELLED, 0),
            "accepted_share": rounded_share(taken, sum(counts.values())),
        },
    )
    return True
