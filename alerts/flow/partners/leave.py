"""A contact leaves: nothing goes to them any more, and after the retention their data are erased."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.partners.revoke import revoke
from alerts.record.append import append
from alerts.store import duty, partners


def leave(app: App, contact: int, by: str, why: str, now: datetime) -> bool:
    """Let a contact leave, with every address; False when there is none or it has left already.

    The consent log says so for each channel: from its last line on the retention counts. Raises ValueError for
    somebody on the duty roster, who would be asked in vain.
    """
    with app.store.write() as connection:
        found = partners.get(connection, contact)
        if found is None or not found.active:
            return False
        if any(one.contact.id == contact for one in duty.roster(connection)):
            raise ValueError(f"{found.label} is on the duty roster. Take them off it first.")
        for address in found.addresses:
            revoke(connection, contact, address.channel, f"left, told {by}"[:80], why, now)
        partners.deactivate(connection, contact)
        append(connection, at=now, kind="contact.left", subject="partners", fields={"contact": contact, "by": by})
    return True
