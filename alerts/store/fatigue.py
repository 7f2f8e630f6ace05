"""What was and will be texted to people: the measure of the weekly limit."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from alerts.model.delivery import DeliveryState
from alerts.model.level import Level
from alerts.store.engine import Connection
from alerts.store.tables import outbox

WAITING = "waiting"
"""Kind of the one notice that stands for alerts."""


def texts_since(
    connection: Connection, since: datetime, among: tuple[int, int] | None = None
) -> dict[int, list[datetime]]:
    """Contact → when texts about alerts below act now went out since then, or will go out. among: the first and the
    last number of the contacts that are asked about."""
    when = sa.func.coalesce(outbox.c.accepted_at, outbox.c.sending_since, outbox.c.next_due)
    chosen = sa.select(outbox.c.contact, when.label("at")).where(
        outbox.c.channel == "sms",
        sa.or_(outbox.c.alert > 0, outbox.c.kind == WAITING),
        outbox.c.level != str(Level.ACT_NOW),
        outbox.c.state.not_in([str(s) for s in (DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.STANDBY)]),
        when > since,
    )
    if among is not None:
        chosen = chosen.where(outbox.c.contact.between(*among))
    result: dict[int, list[datetime]] = defaultdict(list)
    for row in connection.execute(chosen.order_by(when)):
        result[int(row.contact)].append(row.at)
    return dict(result)
