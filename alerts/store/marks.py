"""What became of messages, without their words, and many of them moved to their end at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from alerts.model.delivery import DeliveryState, relied_on
from alerts.store.engine import Connection, batched
from alerts.store.tables import outbox


class Mark(NamedTuple):
    """What became of a row, without its words."""

    id: str
    alert: int
    contact: int
    channel: str
    version: int
    state: DeliveryState
    attempt: int
    accepted_at: datetime | None
    turn: int | None
    given_up_at: datetime | None

    @property
    def holds(self) -> bool:
        """As of a delivery."""
        return relied_on(self.state, self.given_up_at)


_STATE = Mark._fields.index("state")


def marks_of_alert(connection: Connection, alert: int) -> list[Mark]:
    """Rows of an alert without their words: a state's worth of mail must not be read to know who got it."""
    return _marks(connection, outbox.c.alert == alert)


def marks_of(connection: Connection, ids: Sequence[str]) -> list[Mark]:
    """Rows by their ids, without their words."""
    return [mark for part in batched(ids) for mark in _marks(connection, outbox.c.id.in_(part))]


def _marks(connection: Connection, which: sa.ColumnElement[bool]) -> list[Mark]:
    chosen = sa.select(*(outbox.c[name] for name in Mark._fields)).where(which)
    states = {str(state): state for state in DeliveryState}
    # An alert to a state has a hundred thousand of them.
    return [Mark._make((*r[:_STATE], states[r[_STATE]], *r[_STATE + 1 :])) for r in connection.execute(chosen)]


class Ended(NamedTuple):
    """How a row ended, by its carrier: our id, the carrier's, when, and what went wrong."""

    id: str
    provider_id: str
    at: datetime
    problem: str


def cancel(connection: Connection, rows: Sequence[Mark], why: str) -> int:
    """Cancel rows that wait, each only if nobody has taken or moved it since it was read; returns how many. In the
    order of their ids, so that two workers do not wait for each other."""
    changed = (
        sa.update(outbox)
        .where(outbox.c.id == sa.bindparam("which"), outbox.c.state == sa.bindparam("was"),
               outbox.c.attempt == sa.bindparam("tried"))
        .values(state=str(DeliveryState.CANCELLED), problem=why, lease_owner=None, lease_until=None)
    )  # fmt: skip
    given = [{"which": r.id, "was": str(r.state), "tried": r.attempt} for r in sorted(rows, key=lambda r: r.id)]
    return connection.execute(changed, given).rowcount if given else 0


def end(connection: Connection, to: DeliveryState, before: Collection[DeliveryState], ended: Sequence[Ended]) -> None:
    """Move rows to where they end, each only from one of the states `before`: whoever moved it meanwhile, it never goes
    back. In the order of their ids, so that two workers do not wait for each other."""
    if not ended:
        return
    values: dict[str, Any] = {
        "state": str(to), "provider_id": sa.bindparam("its"), "problem": sa.bindparam("wrong"),
        "lease_owner": None, "lease_until": None,
    }  # fmt: skip
    if to is DeliveryState.DELIVERED:
        values["delivered_at"] = sa.bindparam("moment")
    come_from = sa.or_(*(outbox.c.state == str(state) for state in before))
    changed = sa.update(outbox).where(outbox.c.id == sa.bindparam("which"), come_from).values(values)
    rows = [{"which": e.id, "its": e.provider_id, "wrong": e.problem, "moment": e.at} for e in sorted(ended)]
    if to is not DeliveryState.DELIVERED:
        rows = [{k: v for k, v in row.items() if k != "moment"} for row in rows]
    connection.execute(changed, rows)
