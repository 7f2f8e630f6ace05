"""Facts about this installation that must survive a restart."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import settings


def secret(connection: Connection, name: str) -> bytes:
    """A random 256-bit key of this installation, made at first use."""
    value = connection.scalar(sa.select(settings.c.value).where(settings.c.name == name))
    if value is None:
        value = secrets.token_hex(32)
        connection.execute(sa.insert(settings).values(name=name, value=value))
    return bytes.fromhex(value)


def fact(connection: Connection, name: str) -> str:
    """What was noted under this name; "" for nothing."""
    return str(connection.scalar(sa.select(settings.c.value).where(settings.c.name == name)) or "")


def note(connection: Connection, name: str, value: str) -> None:
    """Note a fact, in the place of what was noted before; "" forgets it."""
    connection.execute(sa.delete(settings).where(settings.c.name == name))
    if value:
        connection.execute(sa.insert(settings).values(name=name, value=value))
