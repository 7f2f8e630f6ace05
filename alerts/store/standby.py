"""The next channel of people who have an order of channels: which one stands by, and for whom it must be woken."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import outbox as deliveries
from alerts.store.engine import Connection
from alerts.store.tables import attempts, merges, outbox

_other = outbox.alias("other")
_EDITION = (
    outbox.c.turn.is_not(None),
    _other.c.turn.is_not(None),
    _other.c.alert == outbox.c.alert,
    _other.c.version == outbox.c.version,
    _other.c.contact == outbox.c.contact,
    _other.c.id != outbox.c.id,
)


def holds_elsewhere() -> sa.ColumnElement[bool]:
    """Of a row of the outbox: whether the same edition came through to the same person by another channel, as
    `Delivery.holds` has it."""
    taken = sa.and_(_other.c.state == str(DeliveryState.ACCEPTED), _other.c.given_up_at.is_(None))
    holds = sa.or_(_other.c.state == str(DeliveryState.DELIVERED), taken)
    return sa.exists(sa.select(_other.c.id).where(*_EDITION, holds).correlate(outbox))


def tried_elsewhere() -> sa.ColumnElement[bool]:
    """Likewise: whether another channel that is relied on is with its carrier just now."""
    tried = (_other.c.state == str(DeliveryState.SENDING), _other.c.given_up_at.is_(None))
    return sa.exists(sa.select(_other.c.id).where(*_EDITION, *tried).correlate(outbox))


def troubled(
    connection: Connection,
    *,
    levels: Collection[str],
    since: datetime,
    confirming: Collection[str],
    stopped: Collection[str],
    idle: Collection[str],
    lost: Collection[str],
    merged: str,
    most: int,
) -> list[tuple[int, int, int]]:
    """(alert, version, contact) for whom a channel stands by, and another that was relied on has failed or, at one of
    `levels`, has been tried or taken before `since` without arriving; the most urgent first.

    confirming: channels whose carriers say when a message has arrived. stopped: channels whose circuit is open. idle:
    channels on which nothing was tried since. lost: problems of cancelled rows that no newer message makes good.
    merged: problem of rows that went out inside a notice, which may have failed itself.
    """
    one, notice = outbox.alias("one"), outbox.alias("notice")
    relied_on = one.c.given_up_at.is_(None)
    within = sa.exists(
        sa.select(notice.c.id)
        .join(merges, notice.c.alert == -merges.c.notice)
        .where(merges.c.delivery == one.c.id, notice.c.state == str(DeliveryState.FAILED))
    )
    begun = sa.exists(
        sa.select(attempts.c.id).where(
            attempts.c.delivery == one.c.id, attempts.c.number == 1, attempts.c.started_at <= since
        )
    )
    queued, cancelled = one.c.state == str(DeliveryState.QUEUED), one.c.state == str(DeliveryState.CANCELLED)
    failed = sa.or_(
        one.c.state == str(DeliveryState.FAILED),
        sa.and_(cancelled, one.c.problem.in_(lost)),
        sa.and_(cancelled, one.c.problem == merged, within),
    )
    silent = sa.or_(
        sa.and_(
            one.c.state == str(DeliveryState.ACCEPTED),
            one.c.channel.in_(confirming),
            one.c.accepted_at <= since,
            relied_on,
        ),
        sa.and_(queued, relied_on, one.c.channel.in_(stopped)),
        sa.and_(queued, relied_on, one.c.attempt == 0, one.c.next_due <= since, one.c.channel.in_(idle)),
        sa.and_(sa.or_(queued, one.c.state == str(DeliveryState.SENDING)), relied_on, one.c.attempt > 0, begun),
    )
    chosen = (
        sa.select(outbox.c.alert, outbox.c.version, outbox.c.contact, sa.func.min(outbox.c.rank).label("rank"))
        .join(
            one,
            sa.and_(
                one.c.alert == outbox.c.alert,
                one.c.version == outbox.c.version,
                one.c.contact == outbox.c.contact,
                one.c.id != outbox.c.id,
                one.c.turn.is_not(None),
            ),
        )
        .where(
            outbox.c.state == str(DeliveryState.STANDBY),
            outbox.c.channel.not_in(stopped),
            sa.or_(sa.and_(failed, relied_on), sa.and_(outbox.c.level.in_(levels), silent)),
        )
        .group_by(outbox.c.alert, outbox.c.version, outbox.c.contact)
        .order_by("rank", outbox.c.alert, outbox.c.version, outbox.c.contact)
        .limit(most)
    )
    return [(r.alert, r.version, r.contact) for r in connection.execute(chosen)]


def rows_of(connection: Connection, alert: int, version: int, contacts: Sequence[int]) -> dict[int, list[Delivery]]:
    """Contact → their rows of one edition in the order of their channels."""
    chosen = sa.select(outbox.c.id).where(
        outbox.c.alert == alert, outbox.c.version == version, outbox.c.contact.in_(contacts), outbox.c.turn.is_not(None)
    )
    found = deliveries.by_ids(connection, connection.scalars(chosen).all())
    result: dict[int, list[Delivery]] = {}
    for one in sorted(found, key=lambda d: (d.contact, d.turn or 0)):
        result.setdefault(one.contact, []).append(one)
    return result


def first_tries(connection: Connection, ids: Sequence[str]) -> dict[str, datetime]:
    """Delivery → when it was first tried."""
    chosen = sa.select(attempts.c.delivery, attempts.c.started_at)
    first = chosen.where(attempts.c.delivery.in_(ids), attempts.c.number == 1)
    return {r.delivery: r.started_at for r in connection.execute(first)}


def idle(connection: Connection, channels: Collection[str], since: datetime) -> frozenset[str]:
    """Channels on which a message of the highest level has waited since then, and nothing at all was tried: whoever
    should be sending is not. A line that is long but moves is not idle."""
    waiting = (outbox.c.state == str(DeliveryState.QUEUED), outbox.c.channel.in_(channels), outbox.c.rank <= 1)
    untried = sa.select(outbox.c.channel).where(*waiting, outbox.c.next_due <= since, outbox.c.attempt == 0).distinct()
    suspects = frozenset(connection.scalars(untried))
    if not suspects:
        return suspects
    busy = sa.select(outbox.c.channel).join(attempts, attempts.c.delivery == outbox.c.id)
    recent = busy.where(attempts.c.started_at > since, outbox.c.channel.in_(suspects)).distinct()
    return suspects - frozenset(connection.scalars(recent))


def hold(connection: Connection, ids: Sequence[str]) -> bool:
    """Lock these rows until the transaction ends; False when a worker has one of them just now. Waiting for it here
    could stop both: it may wait for another of ours."""
    if connection.dialect.name != "postgresql":
        return True
    held = connection.scalars(sa.select(outbox.c.id).where(outbox.c.id.in_(ids)).with_for_update(skip_locked=True))
    return len(held.all()) == len(ids)


def ours(connection: Connection, found: Sequence[Delivery]) -> list[Delivery]:
    """Of rows that this transaction has just taken: all but those whose reader has an order of channels and is just
    being written to by another worker on another channel. Each of the two would see the other's row still in the line,
    and both would send. Who comes first has the person until the transaction ends; what is asked after this sees all
    that those before have done.

    On SQLite there is one writer at a time, and nothing to share out.
    """
    people = {_lock_of(d): None for d in found if d.turn is not None}
    if connection.dialect.name != "postgresql" or not people:
        return list(found)
    keys = sa.func.unnest(sa.cast(list(people), ARRAY(sa.BigInteger))).column_valued("key")
    held = sa.select(keys, sa.func.pg_try_advisory_xact_lock(keys).label("ours"))
    mine = {row.key for row in connection.execute(held) if row.ours}
    return [d for d in found if d.turn is None or _lock_of(d) in mine]


def _lock_of(delivery: Delivery) -> int:
    """A person in an edition, as PostgreSQL names locks: 64 bits with a sign."""
    said = f"{delivery.alert}|{delivery.version}|{delivery.contact}"
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big", signed=True)


def give_up(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """These are not relied on any more; what they are in the middle of goes on."""
    connection.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(given_up_at=now))


def others(connection: Connection, delivery: Delivery) -> list[str]:
    """Ids of the same person's other channels in the same edition."""
    mine = (outbox.c.alert == delivery.alert, outbox.c.version == delivery.version)
    chosen = sa.select(outbox.c.id).where(*mine, outbox.c.contact == delivery.contact, outbox.c.id != delivery.id)
    return list(connection.scalars(chosen.where(outbox.c.turn.is_not(None))))


def close(connection: Connection, before: datetime) -> int:
    """Cancel what stood by for messages whose validity ended before then; returns how many."""
    over = (outbox.c.state == str(DeliveryState.STANDBY), outbox.c.valid_until < before)
    changed = sa.update(outbox).where(*over).values(state=str(DeliveryState.CANCELLED), problem="was not needed")
    return connection.execute(changed).rowcount
