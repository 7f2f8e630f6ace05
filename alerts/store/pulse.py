"""Whether the work goes on: what an outside monitor asks."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.model.delivery import DeliveryState
from alerts.store.engine import Connection
from alerts.store.tables import outbox, work


def due_since(connection: Connection, name: str) -> datetime | None:
    """Since when a piece of work waits for a worker; None when it does not."""
    due: datetime | None = connection.scalar(sa.select(work.c.next_due).where(work.c.name == name))
    return due


def oldest_due_message(connection: Connection, now: datetime) -> datetime | None:
    """When the longest-waiting message became due; None when none is due. One that a worker just holds still waits."""
    due = (outbox.c.state == str(DeliveryState.QUEUED), outbox.c.next_due <= now)
    oldest: datetime | None = connection.scalar(sa.select(sa.func.min(outbox.c.next_due)).where(*due))
    return oldest
