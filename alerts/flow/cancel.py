"""A person ends an alert: those who got it are told, those who did not are left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.app import App
from alerts.flow.address import address
from alerts.flow.review import ReviewError
from alerts.model.alert import AlertState, AlertVersion, VersionState
from alerts.model.delivery import DeliveryState
from alerts.model.reason import Reason
from alerts.model.staff import Person
from alerts.record.append import append
from alerts.store import alerts, outbox


def cancel(app: App, number: str, by: Person, why: str, now: datetime) -> int:
    """End an alert with a correction to exactly those who were told; returns how many messages that made."""
    if not why.strip():
        raise ReviewError("Say why, in a few words: the reason goes into the record.")
    with app.store.write() as connection:
        alert = alerts.by_number(connection, number)
        if alert is None or alert.state is not AlertState.OPEN:
            raise ReviewError(f"There is no open alert {number}. `supplywatch alerts list` shows them.")
        editions = alerts.versions(connection, alert.id)
        for held in editions:
            if held.state in (VersionState.HELD, VersionState.APPROVED):
                alerts.move_version(connection, held, VersionState.REJECTED)
        for delivery in outbox.of_alert(connection, alert.id):
            if delivery.state is DeliveryState.QUEUED and delivery.attempt == 0:
                outbox.move(connection, delivery, DeliveryState.CANCELLED, problem="the alert was cancelled")
        told = bool(outbox.reached(connection, alert.id))
        latest = editions[-1]
        alerts.add_version(
            connection,
            AlertVersion(
                alert=alert.id, version=alert.version + 1, reason=Reason.CORRECTED, level=alert.level, at=now,
                state=VersionState.APPROVED if told else VersionState.REJECTED, places=latest.places, new_places=(),
                kind=alert.kind, methods=latest.methods, confidence=latest.confidence, sentence=why, author=by.name,
            ),
        )  # fmt: skip
        alerts.change(
            connection,
            replace(
                alert, version=alert.version + 1, state=AlertState.ENDED, ended_at=now, updated_at=now,
                ended_because=f"cancelled: {why}",
            ),
        )  # fmt: skip
        append(
            connection, at=now, kind="alert.ended", subject=alert.number,
            fields={"reason": "cancelled", "why": why, "by": by.name, "version": alert.version + 1,
                    "substance": alert.substance, "region": alert.region},
        )  # fmt: skip
    return address(app, now)
