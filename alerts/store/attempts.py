"""Each try of a delivery and each callback of its carrier, kept as they came."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import attempts, callbacks


def end_attempt(
    connection: Connection, delivery: str, number: int, now: datetime, outcome: str, code: str = "", detail: str = ""
) -> None:
    key = (attempts.c.delivery == delivery, attempts.c.number == number)
    connection.execute(
        sa.update(attempts).where(*key).values(ended_at=now, outcome=outcome, code=code[:40], detail=detail[:500])
    )


def attempts_of(connection: Connection, delivery: str) -> list[tuple[int, datetime, datetime | None, str, str, str]]:
    """(number, started, ended, outcome, code, detail), first to last."""
    chosen = sa.select(attempts).where(attempts.c.delivery == delivery).order_by(attempts.c.id)
    return [(r.number, r.started_at, r.ended_at, r.outcome, r.code, r.detail) for r in connection.execute(chosen)]


def add_callback(
    connection: Connection, *, delivery: str, now: datetime, provider_id: str, status: str, code: str
) -> bool:
    """Keep what a carrier called back with, as it came; what it means is decided afterwards. False when the very same
    was kept before: a repeat, by the carrier or by somebody who listened in, says nothing new and moves nothing."""
    said = {"delivery": delivery, "provider_id": provider_id, "status": status[:30], "code": code[:20]}
    same = (callbacks.c[name] == value for name, value in said.items())
    known = connection.scalar(sa.select(callbacks.c.id).where(*same).limit(1))
    connection.execute(sa.insert(callbacks).values(**said, at=now))
    return known is None


def callback_for(connection: Connection, delivery: str) -> str:
    """The carrier's own id out of a callback that bore our delivery id; "" when none came."""
    chosen = sa.select(callbacks.c.provider_id).where(callbacks.c.delivery == delivery)
    return connection.scalar(chosen.order_by(callbacks.c.id).limit(1)) or ""


def callbacks_of(connection: Connection, delivery: str) -> list[tuple[datetime, str, str, str]]:
    """(when, the carrier's own id, its word for the state, its code) of every callback, in the order they came."""
    chosen = sa.select(callbacks).where(callbacks.c.delivery == delivery).order_by(callbacks.c.id)
    return [(r.at, r.provider_id, r.status, r.code) for r in connection.execute(chosen)]
