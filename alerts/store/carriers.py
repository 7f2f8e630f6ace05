"""What is known of the carriers: when their lines are free, which of them refuses us, and codes nobody has classed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.tables import budgets, circuits, unknown_codes


@dataclass(frozen=True, slots=True)
class Circuit:
    """A carrier that refuses our account. since: its first refusal; times: how often it refused since then."""

    channel: str
    since: datetime
    open_until: datetime
    code: str
    detail: str
    times: int


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """An error code that the table in config.toml does not have, and what the carrier last said with it."""

    channel: str
    code: str
    times: int
    first_at: datetime
    last_at: datetime
    detail: str


def free_at(connection: Connection, sender: str, now: datetime) -> datetime:
    """From when on a sender's line is free, locked until the transaction ends: no two workers may spend the same
    second of it. Long ago for a sender that was never used."""
    held = sa.update(budgets).where(budgets.c.sender == sender).values(free_at=budgets.c.free_at)
    at: datetime | None = connection.scalar(held.returning(budgets.c.free_at))
    if at is None:
        insert_new(connection, budgets, {"sender": sender, "free_at": now - timedelta(days=1)})
        # Whoever made it, this one holds it from here.
        at = connection.execute(held.returning(budgets.c.free_at)).scalar_one()
    return at


def spend(connection: Connection, sender: str, until: datetime) -> None:
    """The line is busy until then."""
    connection.execute(sa.update(budgets).where(budgets.c.sender == sender).values(free_at=until))


def alone(connection: Connection, what: str, now: datetime) -> None:
    """Wait until nobody else does this, and keep others waiting until the transaction ends."""
    free_at(connection, what, now)


def circuit(connection: Connection, channel: str) -> Circuit | None:
    """The open or half-open circuit of a channel; None while all is well."""
    return next((c for c in open_circuits(connection) if c.channel == channel), None)


def open_circuits(connection: Connection) -> list[Circuit]:
    """Every carrier that refused us last."""
    return [
        Circuit(r.channel, r.since, r.open_until, r.code, r.detail, r.times)
        for r in connection.execute(sa.select(circuits).order_by(circuits.c.channel))
    ]


def open_circuit(
    connection: Connection, channel: str, *, now: datetime, until: datetime, code: str, detail: str
) -> bool:
    """Stop a channel until then; True when it ran before (staff are told once)."""
    said = {"open_until": until, "code": code[:40], "detail": detail[:500]}
    again = sa.update(circuits).where(circuits.c.channel == channel).values(**said, times=circuits.c.times + 1)
    if connection.execute(again).rowcount:
        return False
    if insert_new(connection, circuits, {"channel": channel, "since": now, "times": 1, **said}) is not None:
        return True
    connection.execute(again)
    return False


def close_circuit(connection: Connection, channel: str) -> bool:
    """The carrier takes messages again; True when it had refused them."""
    return connection.execute(sa.delete(circuits).where(circuits.c.channel == channel)).rowcount > 0


def count_unknown(connection: Connection, channel: str, code: str, detail: str, now: datetime) -> None:
    key = (unknown_codes.c.channel == channel, unknown_codes.c.code == code[:40])
    first = {"channel": channel, "code": code[:40], "times": 1, "first_at": now, "last_at": now}
    if insert_new(connection, unknown_codes, {**first, "detail": detail[:500]}) is None:
        again = sa.update(unknown_codes).where(*key)
        connection.execute(again.values(times=unknown_codes.c.times + 1, last_at=now, detail=detail[:500]))


def unknown(connection: Connection) -> list[UnknownCode]:
    """Codes to be classed, the commonest first."""
    chosen = sa.select(unknown_codes).order_by(unknown_codes.c.times.desc(), unknown_codes.c.code)
    return [
        UnknownCode(r.channel, r.code, r.times, r.first_at, r.last_at, r.detail) for r in connection.execute(chosen)
    ]
