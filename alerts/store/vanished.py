"""Telling a document that was cut or emptied from one whose source withdrew something."""

from __future__ import annotations

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import samples

MANY, SHARE = 5, 0.2
"""From so many samples on, and more than such a share of all that a source has, a disappearance is not believed."""


def held(connection: Connection, feed: str) -> int:
    """How many samples of a feed are believed now."""
    chosen = sa.select(sa.func.count()).where(samples.c.feed == feed, samples.c.known_until.is_(None))
    return connection.scalar(chosen) or 0


def looks_cut(held: int, read: int) -> bool:
    """Whether a document with `read` samples lacks too many of the `held` ones to be believed.

    A laboratory withdraws a few results. A file that was cut at the end of a line, or emptied by a failed export, lacks
    many at once: to believe it would call off alerts on what is still in the supply.
    """
    gone = held - read
    return held > 0 and (read == 0 or (gone >= MANY and gone > held * SHARE))
