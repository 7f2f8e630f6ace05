"""How many of a feed's samples a document does not have any more."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import samples


def vanished(connection: Connection, feed: str, keys: Collection[str]) -> tuple[int, int]:
    """(how many samples that are believed are not among `keys`, how many are believed)."""
    held = set(
        connection.scalars(sa.select(samples.c.key).where(samples.c.feed == feed, samples.c.known_until.is_(None)))
    )
    return len(held.difference(keys)), len(held)
