"""Forget what is not needed any more: old raw documents, old sessions, words that nobody read in time, contacts that
left long ago; and write down what a process that was killed did not."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.drained import note_drained
from alerts.flow.partners.erase_left import erase_left
from alerts.store import archive, drained, inbound, reports, staff, standby

STANDBY_GRACE = timedelta(days=1)
"""How long after its own end a message may still be replaced by the next channel."""


def tidy(app: App, now: datetime) -> int:
    """Drop raw bytes past their retention and sessions past their time, and erase contacts that left before theirs;
    returns how many documents were dropped."""
    erase_left(app, now)
    with app.store.write() as connection:
        standby.close(connection, now - STANDBY_GRACE)
        # A process that was killed just after an edition's last message did not write down that it is through.
        editions = drained.undrained(connection)
    note_drained(app, editions, now)
    with app.store.write() as connection:
        staff.drop_old(connection, now)
        words_kept = now - timedelta(days=app.configuration.delivery.inbound_days)
        inbound.forget(connection, words_kept)
        reports.forget(connection, words_kept.date())
        return archive.drop_older(connection, now - timedelta(days=app.configuration.privacy.archive_days))
