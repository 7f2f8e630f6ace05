"""What waits because somebody has had their number of texts: told to staff, and in the digest to them."""

from __future__ import annotations

import sqlalchemy as sa

from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import outbox as deliveries
from alerts.store.engine import Connection
from alerts.store.tables import outbox

WHY = "weekly limit"


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
