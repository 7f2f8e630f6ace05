"""Notices: what was said to whom outside of alerts, and what of alerts went out inside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from alerts.store.conflicts import insert_new, insert_or_replace
from alerts.store.engine import Connection, batched
from alerts.store.tables import merges, notices


def once(connection: Connection, key: str, kind: str, contact: int, now: datetime) -> int | None:
    """The number of a new notice; None when one with this key was made before."""
    return insert_new(connection, notices, {"key": key, "kind": kind, "contact": contact, "at": now})


def said_at(connection: Connection, key: str) -> datetime | None:
    return connection.scalar(sa.select(notices.c.at).where(notices.c.key == key))


def about(connection: Connection, start: str) -> list[tuple[str, int, datetime]]:
    """(key, contact, when) of notices whose key begins so, oldest first."""
    chosen = sa.select(notices).where(notices.c.key.startswith(start, autoescape=True)).order_by(notices.c.id)
    return [(r.key, r.contact, r.at) for r in connection.execute(chosen)]


def merge(connection: Connection, deliveries: Iterable[str], notice: int) -> None:
    """Note that these went out, or will, inside that notice; a later merger takes the place of an earlier one."""
    for one in sorted(deliveries):
        insert_or_replace(connection, merges, {"delivery": one, "notice": notice})


def merged_into(connection: Connection, notice: int) -> list[str]:
    """Ids of the deliveries that a notice stands for."""
    return list(connection.scalars(sa.select(merges.c.delivery).where(merges.c.notice == notice)))


def unmerge(connection: Connection, deliveries: Iterable[str]) -> None:
    """These are not said by any notice any more."""
    connection.execute(sa.delete(merges).where(merges.c.delivery.in_(list(deliveries))))


def mergers_of(connection: Connection, deliveries: Iterable[str]) -> dict[str, int]:
    """Delivery → number of the notice that stands for it."""
    found: dict[str, int] = {}
    for part in batched(list(deliveries)):
        chosen = sa.select(merges).where(merges.c.delivery.in_(part))
        found |= {r.delivery: int(r.notice) for r in connection.execute(chosen)}
    return found
