"""Each try of a delivery and each callback of its carrier, kept as they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from alerts.store.engine import Connection, batched
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


class Callback(NamedTuple):
    """What a carrier called back with, as it came: our id of the delivery, when, its own id, its word, its code."""

    delivery: str
    at: datetime
    provider_id: str
    status: str
    code: str

    @property
    def said(self) -> tuple[str, str, str, str]:
        """All but the hour: the same a second time says nothing new."""
        return self.delivery, self.provider_id, self.status, self.code


def add_callbacks(connection: Connection, called: Sequence[Callback]) -> None:
    """Keep callbacks as they came; what they mean is decided beside it."""
    if called:
        connection.execute(sa.insert(callbacks), [one._asdict() for one in called])


def said_of(connection: Connection, deliveries: Sequence[str]) -> set[tuple[str, str, str, str]]:
    """What was ever called back about these deliveries."""
    found: set[tuple[str, str, str, str]] = set()
    for part in batched(deliveries):
        for r in connection.execute(sa.select(callbacks).where(callbacks.c.delivery.in_(part))):
            found.add((r.delivery, r.provider_id, r.status, r.code))
    return found


def callback_for(connection: Connection, delivery: str) -> str:
    """The carrier's own id out of a callback that bore our delivery id; "" when none came."""
    chosen = sa.select(callbacks.c.provider_id).where(callbacks.c.delivery == delivery)
    return connection.scalar(chosen.order_by(callbacks.c.id).limit(1)) or ""


def callbacks_of(connection: Connection, delivery: str) -> list[tuple[datetime, str, str, str]]:
    """(when, the carrier's own id, its word for the state, its code) of every callback, in the order they came."""
    chosen = sa.select(callbacks).where(callbacks.c.delivery == delivery).order_by(callbacks.c.id)
    return [(r.at, r.provider_id, r.status, r.code) for r in connection.execute(chosen)]
