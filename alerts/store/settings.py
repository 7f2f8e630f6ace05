"""Facts about this installation that must survive a restart."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from alerts.store.conflicts import insert_new, insert_or_replace
from alerts.store.engine import Connection
from alerts.store.tables import settings


def secret(connection: Connection, name: str) -> bytes:
    """A random 256-bit key of this installation, made at first use."""
    chosen = sa.select(settings.c.value).where(settings.c.name == name)
    value = connection.scalar(chosen)
    if value is None:
        insert_new(connection, settings, {"name": name, "value": secrets.token_hex(32)})
        # A node that starts in the same instant may have made it; all must hold the same key.
        value = connection.execute(chosen).scalar_one()
    return bytes.fromhex(value)


def fact(connection: Connection, name: str) -> str:
    """What was noted under this name; "" for nothing."""
    return str(connection.scalar(sa.select(settings.c.value).where(settings.c.name == name)) or "")


def note(connection: Connection, name: str, value: str) -> None:
    """Note a fact, in the place of what was noted before; "" forgets it."""
    if value:
        insert_or_replace(connection, settings, {"name": name, "value": value})
    else:
        connection.execute(sa.delete(settings).where(settings.c.name == name))
