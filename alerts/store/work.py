"""Work that exists once and that one worker at a time may do: detection, the daily look, tidying."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection, claim
from alerts.store.tables import work

WATCH = "watch"
"""To look at new evidence, and to decide what becomes of it."""


def ask_for(connection: Connection, name: str, at: datetime) -> None:
    """Make the work due at `at`, or earlier if it already was."""
    earlier = sa.case((work.c.next_due.is_(None), at), (work.c.next_due > at, at), else_=work.c.next_due)
    asked = sa.update(work).where(work.c.name == name).values(next_due=earlier)
    if not connection.execute(asked).rowcount and insert_new(connection, work, {"name": name, "next_due": at}) is None:
        connection.execute(asked)


def take(connection: Connection, name: str, *, owner: str, now: datetime, lease: timedelta) -> bool:
    """True when the work is due and this worker now holds it. It stops being due; `ask_for` meanwhile makes it due
    anew."""
    due = sa.and_(work.c.name == name, work.c.next_due <= now)
    taken = claim(connection, work, due=due, order=(work.c.name,), limit=1, owner=owner, now=now, lease=lease)
    if taken:
        connection.execute(sa.update(work).where(work.c.name == name).values(next_due=None, last_started=now))
    return bool(taken)


def done(
    connection: Connection, name: str, *, owner: str, now: datetime, problem: str = "", again: datetime | None = None
) -> None:
    """Free the work. again: when it is due next. Without that, a problem makes it due again by itself, so that a crash
    cannot switch detection off."""
    values: dict[str, object] = {"lease_owner": None, "lease_until": None, "last_ended": now, "problem": problem}
    connection.execute(sa.update(work).where(work.c.name == name, work.c.lease_owner == owner).values(values))
    if again is not None:
        ask_for(connection, name, again)
    elif problem:
        ask_for(connection, name, now + timedelta(seconds=30))


def abandoned(connection: Connection, now: datetime) -> list[str]:
    """Names of work whose holder's lease ran out before it was done; they are made due again."""
    lost = sa.and_(work.c.lease_owner.is_not(None), work.c.lease_until <= now)
    names = list(connection.scalars(sa.select(work.c.name).where(lost)))
    for name in names:
        connection.execute(sa.update(work).where(work.c.name == name).values(lease_owner=None, lease_until=None))
        ask_for(connection, name, now)
    return names


def last_run(connection: Connection, name: str) -> tuple[datetime | None, datetime | None, str]:
    """(started, ended, problem) of the last run."""
    row = connection.execute(sa.select(work).where(work.c.name == name)).one_or_none()
    return (row.last_started, row.last_ended, row.problem) if row else (None, None, "")
