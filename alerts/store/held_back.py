"""What waits because somebody has had their number of texts: told to staff, and in the digest to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import outbox as deliveries
from alerts.store.engine import Connection
from alerts.store.tables import merges, outbox

WHY = "weekly limit"
NIGHT = "quiet hours"
"""Words in `held_because`, as `flow.plan` writes them."""


def everything(connection: Connection) -> list[Delivery]:
    """Rows that wait for the weekly limit, or stand for several that waited, soonest first."""
    chosen = sa.select(outbox.c.id).where(_held()).order_by(outbox.c.next_due, outbox.c.id)
    found = (deliveries.get(connection, one) for one in connection.scalars(chosen).all())
    return [one for one in found if one is not None]


def count_of(connection: Connection, contact: int) -> int:
    """How many texts wait for one contact."""
    mine = sa.select(sa.func.count()).select_from(outbox).where(_held(), outbox.c.contact == contact)
    return connection.scalar(mine) or 0


def _held() -> sa.ColumnElement[bool]:
    waits = outbox.c.state == str(DeliveryState.QUEUED)
    return sa.and_(waits, sa.or_(outbox.c.held_because == WHY, outbox.c.kind == "waiting"))


def waiting(connection: Connection, now: datetime) -> list[Delivery]:
    """Texts that wait for a later hour because of their receiver (the week's number, their night), soonest first."""
    late = sa.and_(
        outbox.c.state == str(DeliveryState.QUEUED), outbox.c.channel == "sms", outbox.c.next_due > now,
        sa.or_(outbox.c.held_because.in_((WHY, NIGHT)), outbox.c.kind == "waiting"),
    )  # fmt: skip
    return _rows(connection, late, outbox.c.next_due)


def merged_since(connection: Connection, since: datetime) -> list[tuple[Delivery, Delivery | None]]:
    """(text, the one that said it with others), newest first; None when that one was taken back."""
    chosen = (
        sa.select(merges.c.delivery, merges.c.notice)
        .join(outbox, outbox.c.id == merges.c.delivery)
        .where(outbox.c.created_at >= since)
        .order_by(outbox.c.created_at.desc(), outbox.c.id)
    )
    result = []
    for row in connection.execute(chosen).all():
        text = deliveries.get(connection, row.delivery)
        into = next((d for d in deliveries.of_alert(connection, -row.notice)), None)
        if text is not None:
            result.append((text, into))
    return result


def withdrawn_since(connection: Connection, since: datetime) -> list[Delivery]:
    """Texts that waited for their hour and were superseded, or whose alert ended first, newest first."""
    gone = sa.and_(
        outbox.c.state == str(DeliveryState.CANCELLED), outbox.c.channel == "sms", outbox.c.created_at >= since,
        outbox.c.alert > 0, outbox.c.held_because.in_((WHY, NIGHT)),
        sa.or_(outbox.c.problem.startswith("superseded"), outbox.c.problem.startswith("the alert ended")),
    )  # fmt: skip
    return _rows(connection, gone, outbox.c.created_at.desc())


def _rows(connection: Connection, which: sa.ColumnElement[bool], order: sa.ColumnElement[Any]) -> list[Delivery]:
    ids = connection.scalars(sa.select(outbox.c.id).where(which).order_by(order, outbox.c.id)).all()
    found = (deliveries.get(connection, one) for one in ids)
    return [one for one in found if one is not None]
