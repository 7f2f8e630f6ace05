"""A person asks to be forgotten: everything that names them goes, and the record still proves itself."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from alerts.app import App
from alerts.model.delivery import DeliveryState
from alerts.record.append import append
from alerts.store import outbox, partners
from alerts.store.erasure import erase_contact


def erase(app: App, contact: int, by: str, now: datetime) -> bool:
    """Erase one contact; False when there is none.

    The record never held an address: it counts. Of the erasure it keeps a commitment (SHA-256 under a key that is
    thrown away here), so that the entry stands for somebody without telling whom. Counts of past messages stay.
    """
    with app.store.write() as connection:
        found = partners.get(connection, contact)
        if found is None:
            return False
        for waiting in outbox.waiting_for(connection, contact):
            if waiting.state is not DeliveryState.SENDING:
                outbox.move(connection, waiting, DeliveryState.CANCELLED, problem="the person was erased")
        key = secrets.token_bytes(32)
        said = "|".join(f"{a.channel}:{a.address}" for a in found.addresses)
        erase_contact(connection, contact)
        append(
            connection, at=now, kind="contact.erased", subject="partners",
            fields={"contact": contact, "by": by,
                    "commitment": hashlib.blake2b(said.encode(), key=key, digest_size=32).hexdigest()},
        )  # fmt: skip
    return True
