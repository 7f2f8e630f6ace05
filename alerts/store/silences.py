"""Silences, and the signals that each of them holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from alerts.model.silence import Silence
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.tables import silenced, silences


def add(connection: Connection, silence: Silence) -> Silence:
    """Write a silence; its number is given here."""
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(silence).items() if k != "id"}
    number = connection.execute(sa.insert(silences).values(values).returning(silences.c.id)).scalar_one()
    found = get(connection, int(number))
    assert found is not None
    return found


def get(connection: Connection, number: int) -> Silence | None:
    row = connection.execute(sa.select(silences).where(silences.c.id == number)).one_or_none()
    return None if row is None else _silence(row)


def everything(connection: Connection) -> list[Silence]:
    """Newest first."""
    return [_silence(row) for row in connection.execute(sa.select(silences).order_by(silences.c.id.desc()))]


def in_force(connection: Connection, now: datetime) -> list[Silence]:
    during = sa.and_(silences.c.begins_at <= now, silences.c.ends_at > now)
    return [_silence(row) for row in connection.execute(sa.select(silences).where(during).order_by(silences.c.id))]


def over(connection: Connection, now: datetime) -> list[Silence]:
    """Ended, and what they hold was not decided again yet."""
    done = sa.and_(silences.c.ends_at <= now, silences.c.settled.is_(False))
    return [_silence(row) for row in connection.execute(sa.select(silences).where(done).order_by(silences.c.id))]


def end(connection: Connection, silence: Silence, now: datetime) -> None:
    """Let it end now instead of later."""
    connection.execute(sa.update(silences).where(silences.c.id == silence.id).values(ends_at=now))


def settle(connection: Connection, silence: Silence) -> None:
    connection.execute(sa.update(silences).where(silences.c.id == silence.id).values(settled=True))


def hold(connection: Connection, silence: int, signals: Iterable[int]) -> None:
    """Keep signals for the end of a silence; one that it holds already stays."""
    kept = set(held(connection, silence))
    for number in sorted(set(signals) - kept):
        insert_new(connection, silenced, {"silence": silence, "signal": number})


def held(connection: Connection, silence: int) -> list[int]:
    """Numbers of the signals that a silence holds."""
    chosen = sa.select(silenced.c.signal).where(silenced.c.silence == silence).order_by(silenced.c.signal)
    return [int(n) for n in connection.scalars(chosen)]


def _silence(row: sa.Row[tuple[object, ...]]) -> Silence:
    values = dict(row._mapping)
    return Silence(**{**values, "substances": tuple(row.substances), "places": tuple(row.places)})
