"""The outbox: rows in, claims, and the states that carriers and people move them through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.model.delivery import MOVES, Delivery, DeliveryState
from alerts.model.level import RANK, Level
from alerts.store.engine import Connection, claim
from alerts.store.tables import attempts, callbacks, outbox

_RENAMED = {"due_at": "next_due"}
_OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING)


def add(connection: Connection, deliveries: Sequence[Delivery]) -> int:
    """Write rows that are not there yet; returns how many were new. The key (alert, version, contact, channel) makes a
    second addressing of the same version harmless."""
    if not deliveries:
        return 0
    held = set(
        connection.scalars(
            sa.select(outbox.c.id).where(
                outbox.c.alert == deliveries[0].alert, outbox.c.version == deliveries[0].version
            )
        )
    )
    rows = [_row(d) for d in deliveries if d.id not in held]
    if rows:
        connection.execute(sa.insert(outbox), rows)
    return len(rows)


def claim_due(connection: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
    """Take queued rows that are due: the most urgent first, then the oldest."""
    due = sa.and_(outbox.c.state == str(DeliveryState.QUEUED), outbox.c.next_due <= now)
    order = (outbox.c.rank, outbox.c.next_due, outbox.c.created_at, outbox.c.id)
    return _by_ids(
        connection, claim(connection, outbox, due=due, order=order, limit=limit, owner=owner, now=now, lease=lease)
    )


def claim_interrupted(
    connection: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Delivery]:
    """Take rows that were `sending` when their worker's lease ran out: nobody knows whether the carrier has them."""
    lost = sa.and_(outbox.c.state == str(DeliveryState.SENDING), outbox.c.next_due <= now)
    order = (outbox.c.rank, outbox.c.sending_since, outbox.c.id)
    return _by_ids(
        connection, claim(connection, outbox, due=lost, order=order, limit=limit, owner=owner, now=now, lease=lease)
    )


def move(
    connection: Connection,
    delivery: Delivery,
    to: DeliveryState,
    *,
    owner: str | None = None,
    **values: object,
) -> bool:
    """Move a row from the state it was read in. False when it was moved by somebody else, or the lease is no longer
    ours.

    Raises ValueError for a move that the table of moves does not have. The lease is freed, except into `sending`.
    """
    if to not in MOVES[delivery.state]:
        raise ValueError(f"a delivery that is '{delivery.state}' cannot become '{to}'")
    where = [outbox.c.id == delivery.id, outbox.c.state == str(delivery.state)]
    if owner is not None:
        where.append(outbox.c.lease_owner == owner)
    changes: dict[str, object] = {_RENAMED.get(k, k): v for k, v in values.items()} | {"state": str(to)}
    if to is not DeliveryState.SENDING:
        changes |= {"lease_owner": None, "lease_until": None}
    return connection.execute(sa.update(outbox).where(*where).values(changes)).rowcount == 1


def put_back(connection: Connection, delivery: Delivery, *, owner: str, due_at: datetime, because: str) -> None:
    """Free a claimed row without changing its state, to be looked at again at `due_at`."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == delivery.id, outbox.c.lease_owner == owner)
        .values(next_due=due_at, held_because=because, lease_owner=None, lease_until=None)
    )


def note_receipt(
    connection: Connection, delivery: str, *, provider: str, provider_id: str, accepted_at: datetime
) -> None:
    """Add the carrier's own id to a row that a callback has already moved on."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == delivery, outbox.c.provider_id == "")
        .values(provider=provider, provider_id=provider_id, accepted_at=accepted_at)
    )


def taken_ids(connection: Connection, delivery: Delivery) -> frozenset[str]:
    """The carrier's ids of other deliveries to the same address: what it lists under them is not this delivery."""
    chosen = sa.select(outbox.c.provider_id).where(
        outbox.c.address == delivery.address, outbox.c.id != delivery.id, outbox.c.provider_id != ""
    )
    return frozenset(connection.scalars(chosen))


def begin_attempt(connection: Connection, delivery: Delivery, number: int, now: datetime) -> None:
    connection.execute(sa.insert(attempts).values(delivery=delivery.id, number=number, started_at=now, outcome="begun"))


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
) -> None:
    """Keep what a carrier called back with, as it came; what it means is decided afterwards."""
    connection.execute(
        sa.insert(callbacks).values(delivery=delivery, at=now, provider_id=provider_id, status=status, code=code)
    )


def callback_for(connection: Connection, delivery: str) -> str:
    """The carrier's own id out of a callback that bore our delivery id; "" when none came."""
    chosen = sa.select(callbacks.c.provider_id).where(callbacks.c.delivery == delivery)
    return connection.scalar(chosen.order_by(callbacks.c.id).limit(1)) or ""


def get(connection: Connection, delivery: str) -> Delivery | None:
    return next(iter(_by_ids(connection, [delivery])), None)


def of_alert(connection: Connection, alert: int, version: int | None = None) -> list[Delivery]:
    """Rows of an alert, by version, contact and channel."""
    chosen = sa.select(outbox).where(outbox.c.alert == alert)
    if version is not None:
        chosen = chosen.where(outbox.c.version == version)
    order = (outbox.c.version, outbox.c.contact, outbox.c.channel.desc())
    return [_delivery(r) for r in connection.execute(chosen.order_by(*order))]


def latest(connection: Connection, limit: int = 50, states: Iterable[DeliveryState] | None = None) -> list[Delivery]:
    """Newest first."""
    chosen = sa.select(outbox).order_by(outbox.c.created_at.desc(), outbox.c.id).limit(limit)
    if states is not None:
        chosen = chosen.where(outbox.c.state.in_([str(s) for s in states]))
    return [_delivery(r) for r in connection.execute(chosen)]


def waiting_for(connection: Connection, contact: int, channel: str | None = None) -> list[Delivery]:
    """Rows of a contact that have not reached a carrier for sure."""
    chosen = sa.select(outbox).where(outbox.c.contact == contact, outbox.c.state.in_([str(s) for s in _OPEN]))
    if channel is not None:
        chosen = chosen.where(outbox.c.channel == channel)
    return [_delivery(r) for r in connection.execute(chosen)]


def earlier_unsent(connection: Connection, delivery: Delivery) -> bool:
    """True while an earlier version of the same alert still waits for the same contact and channel: it goes first."""
    chosen = sa.select(outbox.c.id).where(
        outbox.c.alert == delivery.alert,
        outbox.c.contact == delivery.contact,
        outbox.c.channel == delivery.channel,
        outbox.c.version < delivery.version,
        outbox.c.state.in_([str(s) for s in _OPEN]),
    )
    return connection.scalar(chosen.limit(1)) is not None


def counts(connection: Connection, alert: int | None = None, version: int | None = None) -> dict[str, int]:
    """State → number of rows, of one version, one alert or all."""
    chosen = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    if alert is not None:
        chosen = chosen.where(outbox.c.alert == alert)
    if version is not None:
        chosen = chosen.where(outbox.c.version == version)
    return {row[0]: row[1] for row in connection.execute(chosen)}


def reached(connection: Connection, alert: int) -> set[tuple[int, str]]:
    """(contact, channel) pairs that a message of this alert was made for and not cancelled: they hear how it ends."""
    chosen = sa.select(outbox.c.contact, outbox.c.channel).where(
        outbox.c.alert == alert, outbox.c.state != str(DeliveryState.CANCELLED)
    )
    return {(r.contact, r.channel) for r in connection.execute(chosen.distinct())}


def _by_ids(connection: Connection, ids: Sequence[str]) -> list[Delivery]:
    if not ids:
        return []
    order = (outbox.c.rank, outbox.c.next_due, outbox.c.created_at, outbox.c.id)
    return [_delivery(r) for r in connection.execute(sa.select(outbox).where(outbox.c.id.in_(ids)).order_by(*order))]


def _row(delivery: Delivery) -> dict[str, object]:
    values = {_RENAMED.get(k, k): v for k, v in asdict(delivery).items()}
    return {**values, "level": str(delivery.level), "state": str(delivery.state), "rank": RANK[delivery.level]}


def _delivery(row: sa.Row[tuple[object, ...]]) -> Delivery:
    mapped = row._mapping
    values = {name: mapped[_RENAMED.get(name, name)] for name in Delivery.__dataclass_fields__}
    return Delivery(**{**values, "level": Level(row.level), "state": DeliveryState(row.state)})


def callbacks_of(connection: Connection, delivery: str) -> list[tuple[datetime, str, str, str]]:
    """(when, the carrier's own id, its word for the state, its code) of every callback, in the order they came."""
    chosen = sa.select(callbacks).where(callbacks.c.delivery == delivery).order_by(callbacks.c.id)
    return [(r.at, r.provider_id, r.status, r.code) for r in connection.execute(chosen)]
