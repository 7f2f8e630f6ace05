"""The outbox: claims, and the states that carriers and people move rows through. How rows come in: `enqueue`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts.model.delivery import MOVES, Delivery, DeliveryState
from alerts.model.letter import Letter
from alerts.model.level import RANK, Level
from alerts.store.engine import Connection
from alerts.store.tables import attempts, callbacks, letters, outbox

RENAMED = {"due_at": "next_due"}
_ROWS = sa.select(
    outbox, letters.c.subject.label("its_subject"), letters.c.text.label("its_text"), letters.c.html.label("its_html")
).select_from(outbox.outerjoin(letters, letters.c.id == outbox.c.letter))
FIELDS = tuple(name for name in Delivery.__dataclass_fields__ if name != "first_contact")
WORDS = ("subject", "text", "html")
_OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING)
_OPEN_WORDS = tuple(str(state) for state in _OPEN)
_LONGEST_WAIT = timedelta(hours=1)
"""No interrupted row is put off for longer."""

# Put together once: a busy worker asks these for each few texts, and putting one together costs more than its answer.
_WAITING = (outbox.c.state == str(DeliveryState.QUEUED), outbox.c.channel == sa.bindparam("on"))
_OLDEST = (outbox.c.next_due, outbox.c.created_at)
_COME = (
    _ROWS.where(*_WAITING, outbox.c.rank == sa.bindparam("place"), outbox.c.next_due <= sa.bindparam("now"))
    .order_by(*_OLDEST)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_EARLY = (
    _ROWS.where(
        *_WAITING, outbox.c.next_due > sa.bindparam("now"), outbox.c.next_due <= outbox.c.created_at
    )
    .order_by(outbox.c.rank, *_OLDEST)
    .limit(sa.bindparam("most", type_=sa.Integer))
)  # fmt: skip


def due(connection: Connection, channel: str, now: datetime, most: int) -> list[Delivery]:
    """Queued rows of one channel whose hour has come: by level, then first-time recipients, then age. On PostgreSQL
    they are locked until the transaction ends, and what others have locked is left to them.

    A row that nobody has put off is due whatever the clock says: it may have been set back since.
    """
    found: list[Delivery] = []
    asked = {"on": channel, "now": now}
    for place in range(2 * len(RANK)):
        found += _locked(connection, _COME, {**asked, "place": place, "most": most - len(found)})
        if len(found) >= most:
            return found
    if not found:
        found = _locked(connection, _EARLY, {**asked, "most": most})
    return found


def interrupted(connection: Connection, now: datetime, lease: timedelta, most: int) -> list[Delivery]:
    """Rows that were `sending` when their worker's lease ran out, locked as by `due`: nobody knows whether the carrier
    has them.

    A lease that ends later than any could was made before the clock was set back; it counts as over.
    """
    over = sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now, outbox.c.lease_until > now + 2 * lease)
    at_hand = sa.or_(outbox.c.next_due <= now, outbox.c.next_due > now + 2 * _LONGEST_WAIT)
    chosen = (
        _ROWS.where(outbox.c.state == str(DeliveryState.SENDING), over, at_hand)
        .order_by(outbox.c.rank, outbox.c.sending_since, outbox.c.id)
        .limit(most)
    )
    return _locked(connection, chosen)


def begin(
    connection: Connection, deliveries: Sequence[Delivery], *, owner: str, now: datetime, lease: timedelta
) -> list[Delivery]:
    """Make queued rows that this transaction holds `sending`, one attempt further, and give them as they are now."""
    if not deliveries:
        return []
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_([d.id for d in deliveries]))
        .values(
            state=str(DeliveryState.SENDING), attempt=outbox.c.attempt + 1, sending_since=now, settled_at=None,
            next_due=now + lease, held_because="", lease_owner=owner, lease_until=now + lease,
        )
    )  # fmt: skip
    begun = [
        replace(
            d, state=DeliveryState.SENDING, attempt=d.attempt + 1, sending_since=now, settled_at=None, held_because="",
            due_at=now + lease,
        )
        for d in deliveries
    ]  # fmt: skip
    rows = [{"delivery": d.id, "number": d.attempt, "started_at": now, "outcome": "begun"} for d in begun]
    connection.execute(sa.insert(attempts), rows)
    return begun


def hold(connection: Connection, delivery: Delivery, *, owner: str, now: datetime, lease: timedelta) -> None:
    """Take a lease on a row that this transaction holds, so that nobody else looks at it meanwhile."""
    taken = sa.update(outbox).where(outbox.c.id == delivery.id)
    connection.execute(taken.values(lease_owner=owner, lease_until=now + lease))


def move(
    connection: Connection,
    delivery: Delivery,
    to: DeliveryState,
    *,
    owner: str | None = None,
    **values: object,
) -> bool:
    """Move a row from the state and attempt it was read in. False when it was moved by somebody else, or the lease is
    no longer ours.

    Raises ValueError for a move that the table of moves does not have. The lease is freed, except into `sending`.
    """
    if to not in MOVES[delivery.state]:
        raise ValueError(f"a delivery that is '{delivery.state}' cannot become '{to}'")
    where = [
        outbox.c.id == delivery.id, outbox.c.state == str(delivery.state), outbox.c.attempt == delivery.attempt,
    ]  # fmt: skip
    if owner is not None:
        where.append(outbox.c.lease_owner == owner)
    changes: dict[str, object] = {RENAMED.get(k, k): v for k, v in values.items()} | {"state": str(to)}
    if to is not DeliveryState.SENDING:
        changes |= {"lease_owner": None, "lease_until": None}
    return connection.execute(sa.update(outbox).where(*where).values(changes)).rowcount == 1


def put_back(connection: Connection, delivery: Delivery, *, due_at: datetime, because: str, **values: object) -> bool:
    """Free a row without changing its state, to be looked at again at `due_at`. False when it has moved on."""
    held = (outbox.c.id == delivery.id, outbox.c.state == str(delivery.state), outbox.c.attempt == delivery.attempt)
    changes = {"next_due": due_at, "held_because": because, "lease_owner": None, "lease_until": None, **values}
    return connection.execute(sa.update(outbox).where(*held).values(changes)).rowcount == 1


def taken_ids(connection: Connection, delivery: Delivery) -> frozenset[str]:
    """The carrier's ids of other deliveries to the same address: what it lists under them is not this delivery."""
    others = (outbox.c.address == delivery.address, outbox.c.id != delivery.id)
    kept = sa.select(outbox.c.provider_id).where(*others, outbox.c.provider_id != "")
    # A callback bears our own id of the delivery: its word is surer than that of a list.
    called = sa.select(callbacks.c.provider_id).where(callbacks.c.delivery == outbox.c.id, *others)
    return frozenset(connection.scalars(kept)) | frozenset(connection.scalars(called))


def twin_under_way(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Whether another message of the same words to the same address is with a worker just now."""
    chosen = sa.select(outbox.c.id).where(
        outbox.c.address == delivery.address, outbox.c.text == delivery.text, outbox.c.id != delivery.id,
        outbox.c.state == str(DeliveryState.SENDING), outbox.c.lease_until > now,
    )  # fmt: skip
    return connection.scalar(chosen.limit(1)) is not None


def get(connection: Connection, delivery: str) -> Delivery | None:
    return next(iter(by_ids(connection, [delivery])), None)


def of_alert(
    connection: Connection, alert: int, version: int | None = None, states: Iterable[DeliveryState] | None = None
) -> list[Delivery]:
    """Rows of an alert, by version, contact and channel."""
    chosen = _ROWS.where(outbox.c.alert == alert)
    if states is not None:
        chosen = chosen.where(outbox.c.state.in_([str(s) for s in states]))
    if version is not None:
        chosen = chosen.where(outbox.c.version == version)
    order = (outbox.c.version, outbox.c.contact, outbox.c.channel.desc())
    return [_delivery(r) for r in connection.execute(chosen.order_by(*order))]


def latest(connection: Connection, limit: int = 50, states: Iterable[DeliveryState] | None = None) -> list[Delivery]:
    """Newest first."""
    chosen = _ROWS.order_by(outbox.c.created_at.desc(), outbox.c.id).limit(limit)
    if states is not None:
        chosen = chosen.where(outbox.c.state.in_([str(s) for s in states]))
    return [_delivery(r) for r in connection.execute(chosen)]


def waiting_for(connection: Connection, contact: int, channel: str | None = None) -> list[Delivery]:
    """Rows of a contact that have not reached a carrier for sure, with those that stand by."""
    waits = [*_OPEN_WORDS, str(DeliveryState.STANDBY)]
    chosen = _ROWS.where(outbox.c.contact == contact, outbox.c.state.in_(waits))
    if channel is not None:
        chosen = chosen.where(outbox.c.channel == channel)
    return [_delivery(r) for r in connection.execute(chosen)]


def with_several_waiting(connection: Connection, channel: str, now: datetime, among: Collection[int]) -> frozenset[int]:
    """Contacts, of these, for whom more than one row of a channel waits for a later hour, none of them tried yet."""
    chosen = sa.select(outbox.c.contact).where(
        outbox.c.state == str(DeliveryState.QUEUED), outbox.c.channel == channel, outbox.c.attempt == 0,
        outbox.c.next_due > now, outbox.c.contact.in_(among),
    )  # fmt: skip
    return frozenset(connection.scalars(chosen.group_by(outbox.c.contact).having(sa.func.count() > 1)))


def of_contact(connection: Connection, contact: int, latest: int = 100) -> list[Delivery]:
    """Rows of one person, newest first."""
    chosen = _ROWS.where(outbox.c.contact == contact).order_by(outbox.c.created_at.desc()).limit(latest)
    return [_delivery(r) for r in connection.execute(chosen)]


def segments_ahead(connection: Connection, channel: str, now: datetime, rank: int = 2 * len(RANK)) -> int:
    """Segments (of mails: mails) that a channel has to carry before a message of this rank that is written now: those
    due, of the same rank and more urgent."""
    size = outbox.c.segments if channel == "sms" else sa.literal(1)
    chosen = sa.select(sa.func.coalesce(sa.func.sum(size), 0)).where(
        outbox.c.state == str(DeliveryState.QUEUED), outbox.c.channel == channel, outbox.c.rank <= rank,
        outbox.c.next_due <= now,
    )  # fmt: skip
    return int(connection.scalar(chosen) or 0)


def counts(connection: Connection, alert: int | None = None, version: int | None = None) -> dict[str, int]:
    """State → number of rows, of one version, one alert or all."""
    chosen = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    if alert is not None:
        chosen = chosen.where(outbox.c.alert == alert)
    if version is not None:
        chosen = chosen.where(outbox.c.version == version)
    return {row[0]: row[1] for row in connection.execute(chosen)}


def by_ids(connection: Connection, ids: Sequence[str]) -> list[Delivery]:
    """In the order in which they would be sent."""
    if not ids:
        return []
    order = (outbox.c.rank, outbox.c.next_due, outbox.c.created_at, outbox.c.id)
    return [_delivery(r) for r in connection.execute(_ROWS.where(outbox.c.id.in_(ids)).order_by(*order))]


def rank(level: Level, first_contact: bool) -> int:
    """Place in the order of sending, smaller is earlier: by level, then those who never heard from us before."""
    return 2 * RANK[level] + (0 if first_contact else 1)


def _locked(
    connection: Connection, chosen: sa.Select[tuple[object, ...]], asked: dict[str, Any] | None = None
) -> list[Delivery]:
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True, of=outbox)
    return [_delivery(r) for r in connection.execute(chosen, asked or {})]


def _delivery(row: sa.Row[tuple[object, ...]]) -> Delivery:
    values = [getattr(row, RENAMED.get(name, name)) for name in FIELDS]
    made = dict(zip(FIELDS, values, strict=True))
    made |= {"level": Level(row.level), "state": DeliveryState(row.state), "first_contact": row.rank % 2 == 0}
    if row.letter:
        made |= dict(zip(WORDS, Letter(row.its_subject, row.its_text, row.its_html).to(row.own_link), strict=True))
    return Delivery(**made)
