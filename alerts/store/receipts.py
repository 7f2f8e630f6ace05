"""What carriers give for the messages that they take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.model.delivery import Delivery, DeliveryState
from alerts.store.engine import Connection
from alerts.store.tables import attempts, outbox
from notifiers.message import Receipt

_OPEN_WORDS = tuple(str(state) for state in (DeliveryState.QUEUED, DeliveryState.SENDING))

# Put together once, as in the outbox: a busy worker says these for each few texts.
_TOOK: dict[str, Any] = {
    "provider": sa.bindparam("by"),
    "provider_id": sa.bindparam("its"),
    "accepted_at": sa.bindparam("moment"),
}
_WHICH = outbox.c.id == sa.bindparam("which")
_ACCEPT = (
    sa.update(outbox)
    .where(_WHICH, sa.or_(*(outbox.c.state == state for state in _OPEN_WORDS)))
    .values(
        **_TOOK, state=str(DeliveryState.ACCEPTED), problem="", lease_owner=None, lease_until=None, given_up_at=None,
        held_because="",
    )
)  # fmt: skip
_NAME = (
    sa.update(outbox)
    .where(
        _WHICH,
        sa.or_(*(outbox.c.state == str(state) for state in (DeliveryState.DELIVERED, DeliveryState.FAILED))),
        sa.or_(outbox.c.provider_id == "", outbox.c.accepted_at.is_(None)),
    )
    .values(**_TOOK)
)
_END = (
    sa.update(attempts)
    .where(attempts.c.delivery == sa.bindparam("which"), attempts.c.number == sa.bindparam("nth"))
    .values(ended_at=sa.bindparam("moment"), outcome="accepted", detail=sa.bindparam("said"))
)


def take(connection: Connection, receipts: Sequence[tuple[Delivery, Receipt]], moments: Sequence[datetime]) -> None:
    """Keep what carriers gave for rows that are `sending`, or that were queued again in the meantime. A callback may
    have been faster and moved a row on: then only the carrier's own id is added."""
    known = [
        {"which": d.id, "by": r.provider, "its": r.provider_id, "moment": m}
        for (d, r), m in zip(receipts, moments, strict=True)
    ]
    if connection.execute(_ACCEPT, known).rowcount != len(known):
        connection.execute(_NAME, known)
    ended = [
        {"which": d.id, "nth": d.attempt, "moment": m, "said": r.state[:500]}
        for (d, r), m in zip(receipts, moments, strict=True)
    ]
    connection.execute(_END, ended)
