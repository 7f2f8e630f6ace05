"""By which channel a contact wishes to hear of alerts first, and by which when that fails."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.partners.add_contact import ContactError, channel_order
from alerts.record.append import append
from alerts.store import partners


def order_channels(app: App, contact: int, text: str, by: str, now: datetime) -> tuple[str, ...]:
    """Store an order written like "sms; email", or "" for all addresses at once; returns it. It holds from the next
    edition on. Raises ContactError."""
    with app.store.write() as connection:
        found = partners.get(connection, contact)
        if found is None:
            raise ContactError([f"There is no contact {contact}. `supplywatch partners list` shows them."])
        mistakes: list[str] = []
        order = channel_order(text, {a.channel for a in found.addresses}, mistakes)
        if mistakes:
            raise ContactError(mistakes)
        partners.set_channels(connection, contact, order)
        append(
            connection, at=now, kind="contact.changed", subject=f"contact {contact}",
            fields={"channels": list(order), "by": by},
        )  # fmt: skip
    return order
