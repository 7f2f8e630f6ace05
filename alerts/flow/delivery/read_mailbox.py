"""The mailbox into which mail that comes back is delivered, read over IMAP by one node at a time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.delivery.bounced import bounced
from alerts.store import settings, work
from alerts.store.engine import Connection
from notifiers.mailbox import Fault, MailboxError, read_mailbox

log = logging.getLogger("supplywatch.mailbox")

WORK = "mailbox"
MOST = 200
"""Mails of one reading: a flood of them must not hold up other work."""
UNREAD_SINCE = "mailbox.unread_since"


@dataclass(frozen=True, slots=True)
class UnreadSince:
    """A mailbox that cannot be read. at: the first reading that failed. fault: what that one met."""

    at: datetime
    fault: Fault


def read_mail(app: App, now: datetime) -> int | None:
    """Read what is new in the mailbox; returns how many messages that ended. None when it is not due, another node
    reads it, there is none, or it cannot be read: then `unread_since` says so until it can.

    What a mail says is written down before the mail is marked: what breaks between is read twice, and ends nothing
    twice.
    """
    box, rules = app.mailbox, app.configuration.mailbox
    if box is None:
        return None
    with app.store.write() as connection:
        work.abandoned(connection, now)
        if work.last_run(connection, WORK) == (None, None, ""):
            work.ask_for(connection, WORK, now)
        # The lease outlasts the longest reading: a slow server must not bring a second reader.
        lease = timedelta(seconds=2 * box.longest)
        if not work.take(connection, WORK, owner=app.store.owner, now=now, lease=lease):
            return None
    ended, problem, fault = 0, "interrupted", Fault.BROKEN

    def take(raw: bytes) -> None:
        nonlocal ended
        ended += bounced(app, raw, now)

    try:
        read_mailbox(box, take, MOST)
        problem = ""
    except MailboxError as error:
        problem, fault = str(error), error.fault
        log.warning("%s It is tried again in %d minutes.", problem, rules.minutes)
    finally:
        with app.store.write() as connection:
            again = now + timedelta(minutes=rules.minutes)
            work.done(connection, WORK, owner=app.store.owner, now=now, problem=problem, again=again)
            since = settings.fact(connection, UNREAD_SINCE)
            if bool(since) != bool(problem):
                settings.note(connection, UNREAD_SINCE, f"{now.isoformat()} {fault}" if problem else "")
    return None if problem else ended


def unread_since(connection: Connection) -> UnreadSince | None:
    """Since when the mailbox cannot be read; None while it can."""
    at, _, fault = settings.fact(connection, UNREAD_SINCE).partition(" ")
    return UnreadSince(datetime.fromisoformat(at), Fault(fault)) if at else None
