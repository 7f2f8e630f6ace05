"""Messages that failed for good, and who looks after them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import outbox as deliveries
from alerts.store.engine import Connection
from alerts.store.standby import holds_elsewhere
from alerts.store.tables import outbox

_DEAD = (
    outbox.c.state == str(DeliveryState.FAILED),
    outbox.c.dismissed_at.is_(None),
    # Whom another of their channels has told, nobody needs to look after.
    ~holds_elsewhere(),
)


def waiting(connection: Connection, latest: int = 200) -> list[Delivery]:
    """Messages that failed for good and that nobody has dismissed, the most urgent and newest first."""
    order = (outbox.c.rank, outbox.c.created_at.desc(), outbox.c.id)
    found = connection.scalars(sa.select(outbox.c.id).where(*_DEAD).order_by(*order).limit(latest)).all()
    by_id = {d.id: d for d in deliveries.by_ids(connection, found)}
    return [by_id[one] for one in found]


def count(connection: Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(outbox).where(*_DEAD)) or 0


def care(connection: Connection, delivery: str, by: str, dismissed_at: datetime | None = None) -> None:
    """Who looks after a failed message; with `dismissed_at` it is off the list of dead letters."""
    changed = sa.update(outbox).where(outbox.c.id == delivery)
    connection.execute(changed.values(care_of=by, dismissed_at=dismissed_at))
