"""Rows of feeds: seeding, claiming, and writing down how a poll ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.model.feed_state import FeedCondition, FeedState
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection, claim
from alerts.store.tables import feed_events, feeds


def seed(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Make a row for every configured feed that has none; a new feed is due at once."""
    known = set(connection.scalars(sa.select(feeds.c.name)))
    for name in sorted(set(names) - known):
        insert_new(connection, feeds, {"name": name, "condition": FeedCondition.NEVER, "next_due": now})


def claim_due(
    connection: Connection,
    *,
    only: Iterable[str],
    owner: str,
    now: datetime,
    lease: timedelta,
    even_if_early: bool = False,
) -> list[FeedState]:
    """Take the named feeds that are due and free."""
    due = sa.and_(feeds.c.name.in_(sorted(only)), sa.true() if even_if_early else feeds.c.next_due <= now)
    taken = claim(
        connection, feeds, due=due, order=(feeds.c.next_due,), limit=100, owner=owner, now=now, lease=lease
    )  # fmt: skip
    return [state for state in everything(connection) if state.name in taken]


def everything(connection: Connection) -> list[FeedState]:
    """All feeds, by name."""
    columns = [feeds.c[name] for name in FeedState.__dataclass_fields__]
    return [
        FeedState(**{**row._asdict(), "condition": FeedCondition(row.condition)})
        for row in connection.execute(sa.select(*columns).order_by(feeds.c.name))
    ]


def finish(connection: Connection, state: FeedState, *, owner: str, now: datetime) -> bool:
    """Write down how a poll ended and free the feed. Returns True when its condition changed (and adds an event).

    Only the holder of the lease may write: a worker that slept through its lease must not overwrite a newer outcome.
    """
    before = connection.scalar(sa.select(feeds.c.condition).where(feeds.c.name == state.name))
    done = connection.execute(
        sa.update(feeds)
        .where(feeds.c.name == state.name, feeds.c.lease_owner == owner)
        .values({**asdict(state), "condition": str(state.condition), "lease_owner": None, "lease_until": None})
    )
    if not done.rowcount:
        return False
    if before == state.condition:
        return False
    connection.execute(
        sa.insert(feed_events).values(
            feed=state.name, at=now, condition=str(state.condition), sentence=state.sentence, mend=state.mend
        )
    )
    return True


def set_condition(
    connection: Connection, name: str, condition: FeedCondition, sentence: str, mend: str, now: datetime
) -> None:
    """Change a feed's condition without a poll (it grew late) and add an event."""
    connection.execute(
        sa.update(feeds).where(feeds.c.name == name).values(condition=str(condition), sentence=sentence, mend=mend)
    )
    connection.execute(
        sa.insert(feed_events).values(feed=name, at=now, condition=str(condition), sentence=sentence, mend=mend)
    )


def events(connection: Connection, name: str, latest: int = 20) -> list[tuple[datetime, FeedCondition, str, str]]:
    """(when, condition, sentence, mend) of the last changes, newest first."""
    chosen = sa.select(feed_events).where(feed_events.c.feed == name).order_by(feed_events.c.id.desc()).limit(latest)
    return [(r.at, FeedCondition(r.condition), r.sentence, r.mend) for r in connection.execute(chosen)]
