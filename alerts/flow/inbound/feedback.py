"""What people say of the last alert they got: 1 seen here, 2 not here, 3 useful."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.links import secret_name
from alerts.flow.inbound.answers import last_told
from alerts.model.partner import Contact
from alerts.store import alerts, inbound
from alerts.store.engine import Connection


def feedback(app: App, connection: Connection, contact: Contact, said: str, now: datetime) -> bool:
    """Count it for the alert and its threshold; False when they never got one.

    Who said it is not kept: the voter's mark differs from alert to alert, and only tells a second word from a first.
    """
    last = last_told(connection, contact.id)
    alert = None if last is None else alerts.get(connection, last[0])
    if last is None or alert is None:
        return False
    voter = secret_name(app.key, f"voter of {alert.id}", str(contact.id))
    day = now.astimezone(app.configuration.programme.zone).date()
    inbound.vote(
        connection, alert=alert.id, version=last[1], threshold=alert.threshold, voter=voter, answer=said, day=day
    )
    return True
