"""Consent is taken back: nothing that waits goes out any more."""

from __future__ import annotations

from datetime import datetime

from alerts.model.delivery import DeliveryState
from alerts.model.partner import Consent
from alerts.store import outbox, partners
from alerts.store.engine import Connection


def revoke(connection: Connection, contact: int, channel: str, how: str, words: str, now: datetime) -> int:
    """Write a revocation into the consent log and cancel what still waits; returns how many rows were cancelled.

    A row that is `sending` is with its worker, which looks at the log of consent right before each call.
    """
    partners.add_consent(connection, Consent(contact, channel, False, how, words, now))
    cancelled = 0
    for waiting in outbox.waiting_for(connection, contact, channel):
        if waiting.state is not DeliveryState.SENDING:
            cancelled += outbox.move(connection, waiting, DeliveryState.CANCELLED, problem="consent was taken back")
    return cancelled
