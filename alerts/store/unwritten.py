"""Parts of editions that are decided and still to be written into the outbox: what a killed worker leaves, the next
one finds here, to the letter."""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from datetime import datetime

import sqlalchemy as sa

from alerts.model.part import Line, Part, Words
from alerts.store.engine import Connection
from alerts.store.tables import unwritten


def dumped(part: Part) -> str:
    """As it is kept: JSON, made before the transaction that keeps it."""
    return json.dumps(
        {
            "alert": part.alert, "version": part.version, "level": part.level, "approved": part.approved,
            "at": part.at.isoformat(), "valid_hours": part.valid_hours,
            "texts": [astuple(words) for words in part.texts], "hours": [hour.isoformat() for hour in part.hours],
            "lines": part.lines,
        },
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def keep(connection: Connection, alert: int, version: int, body: str) -> None:
    """Keep a part as it was dumped."""
    connection.execute(sa.insert(unwritten).values(alert=alert, version=version, body=body))


def first(connection: Connection, alert: int | None = None) -> tuple[int, Part] | None:
    """The part that is to be written next, with its number; of one alert or of all."""
    chosen = sa.select(unwritten.c.id, unwritten.c.body).order_by(unwritten.c.id).limit(1)
    row = connection.execute(chosen if alert is None else chosen.where(unwritten.c.alert == alert)).one_or_none()
    return None if row is None else (int(row.id), _part(row.body))


def take(connection: Connection, number: int) -> bool:
    """Strike a part off; False when somebody else has just written it."""
    return connection.execute(sa.delete(unwritten).where(unwritten.c.id == number)).rowcount == 1


def left(connection: Connection, alert: int, version: int | None = None) -> bool:
    """Whether anything of an alert, or of one edition, is still to be written."""
    chosen = sa.select(unwritten.c.id).where(unwritten.c.alert == alert)
    if version is not None:
        chosen = chosen.where(unwritten.c.version == version)
    return connection.scalar(chosen.limit(1)) is not None


def forget(connection: Connection, contact: int) -> None:
    """Take a person out of every part."""
    numbers = connection.scalars(sa.select(unwritten.c.id)).all()
    for number in numbers:
        body = connection.scalar(sa.select(unwritten.c.body).where(unwritten.c.id == number).with_for_update())
        if body is None:
            continue
        part = _part(body)
        others = tuple(line for line in part.lines if line.contact != contact)
        if len(others) < len(part.lines):
            changed = dumped(replace(part, lines=others))
            connection.execute(sa.update(unwritten).where(unwritten.c.id == number).values(body=changed))


def _part(body: str) -> Part:
    said = json.loads(body)
    return Part(
        said["alert"], said["version"], said["level"], said["approved"],
        datetime.fromisoformat(said["at"]), said["valid_hours"],
        tuple(Words(*words) for words in said["texts"]),
        tuple(datetime.fromisoformat(hour) for hour in said["hours"]),
        tuple(Line(*line) for line in said["lines"]),
    )  # fmt: skip
