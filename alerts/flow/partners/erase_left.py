"""Contacts that left long ago are erased by themselves: what is not needed is not kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.partners.erase import erase
from alerts.store import partners

BY = "retention"


def erase_left(app: App, now: datetime) -> int:
    """Erase who has had no consent on any address for `privacy.contact_days`; returns how many.

    Somebody on the duty roster stays: that is a matter of staff, not of partners.
    """
    before = now - timedelta(days=app.configuration.privacy.contact_days)
    with app.store.read() as connection:
        gone = partners.left_before(connection, before)
    return sum(erase(app, contact, BY, now) for contact in gone)
