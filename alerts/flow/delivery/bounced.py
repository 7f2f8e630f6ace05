"""Mail that came back: a notice from a mail server ends its message, and an address that does not exist."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.drained import note_drained
from alerts.model.delivery import MOVES, DeliveryState
from alerts.store import outbox, partners
from notifiers.bounces import parse
from notifiers.message import Scope


def bounced(app: App, raw: bytes, now: datetime) -> int:
    """Take one received mail; returns how many messages it ended.

    Anybody can write such a notice: it counts only where its delivery id and its recipient belong together in our own
    books. One that says "delayed" ends nothing.
    """
    domain = app.configuration.email.sender.rpartition("@")[2]
    ended = []
    with app.store.write() as connection:
        for bounce in parse(raw, domain):
            delivery = outbox.get(connection, bounce.delivery_id) if bounce.delivery_id else None
            ours = delivery is not None and delivery.address.casefold() == bounce.recipient.casefold()
            if delivery is None or not ours or delivery.channel != "email" or bounce.scope is Scope.TEMPORARY:
                continue
            problem = f"came back: {bounce.status} {bounce.detail}".strip()
            if bounce.scope is Scope.RECIPIENT:
                partners.disable(connection, delivery.contact, "email", f"{problem} ({now:%Y-%m-%d})")
            sent = delivery.state not in (DeliveryState.QUEUED, DeliveryState.FAILED)
            if sent and DeliveryState.FAILED in MOVES[delivery.state]:
                outbox.move(connection, delivery, DeliveryState.FAILED, problem=problem)
                ended.append((delivery.alert, delivery.version))
    note_drained(app, ended, now)
    return len(ended)
