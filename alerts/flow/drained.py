"""Noting in the record that an edition is through: how large a share of it the carriers took."""

from __future__ import annotations

from datetime import datetime

from alerts.model.delivery import Delivery, DeliveryState
from alerts.privacy import rounded_share
from alerts.record.append import append
from alerts.store import alerts, outbox
from alerts.store.engine import Connection


def note_if_drained(connection: Connection, delivery: Delivery, now: datetime) -> None:
    """Append an entry when no row of the delivery's edition waits any more."""
    counts = outbox.counts(connection, delivery.alert, delivery.version)
    if counts.get(DeliveryState.QUEUED) or counts.get(DeliveryState.SENDING):
        return
    alert = alerts.get(connection, delivery.alert)
    if alert is None:
        return
    taken = counts.get(DeliveryState.ACCEPTED, 0) + counts.get(DeliveryState.DELIVERED, 0)
    whole = sum(counts.values())
    append(
        connection,
        at=now,
        kind="alert.drained",
        subject=alert.number,
        fields={
            "version": delivery.version,
            "accepted": taken,
            "failed": counts.get(DeliveryState.FAILED, 0),
            "cancelled": counts.get(DeliveryState.CANCELLED, 0),
            "accepted_share": rounded_share(taken, whole),
        },
    )
