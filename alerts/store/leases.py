"""Leases across all tables that have them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from alerts.model.delivery import DeliveryState
from alerts.store.engine import Connection
from alerts.store.tables import feeds, outbox, work

LEASED = (feeds, work, outbox)


def owners(connection: Connection) -> set[str]:
    """Everybody who holds something."""
    found: set[str] = set()
    for table in LEASED:
        chosen = sa.select(table.c.lease_owner).where(table.c.lease_owner.is_not(None)).distinct()
        found.update(str(owner) for owner in connection.scalars(chosen))
    return found


def free(connection: Connection, whose: Sequence[str], now: datetime) -> int:
    """End the leases of these owners at `now`; what they were doing is due at once. Returns how many rows that were."""
    if not whose:
        return 0
    freed = 0
    for table in LEASED:
        held = table.c.lease_owner.in_(list(whose))
        values: dict[str, object] = {"lease_until": now}
        if table is work:
            values["next_due"] = now
        elif table is outbox:
            values["next_due"] = sa.case((outbox.c.state == str(DeliveryState.SENDING), now), else_=outbox.c.next_due)
        freed += connection.execute(sa.update(table).where(held).values(values)).rowcount
    return freed
