"""Which editions are through: no message of theirs is on its way any more."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.model.delivery import DeliveryState
from alerts.store import unwritten
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.tables import drained, outbox

OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING)


def waits(connection: Connection, alert: int, version: int) -> bool:
    """Whether any message of an edition is still on its way to its carrier, or to the outbox."""
    if unwritten.left(connection, alert, version):
        return True
    chosen = sa.select(outbox.c.id).where(
        outbox.c.alert == alert, outbox.c.version == version, outbox.c.state.in_([str(state) for state in OPEN])
    )
    return connection.scalar(chosen.limit(1)) is not None


def note(connection: Connection, alert: int, version: int, now: datetime) -> bool:
    """Write down that an edition is through; False when that is written already."""
    return insert_new(connection, drained, {"alert": alert, "version": version, "at": now}) is not None


def reopen(connection: Connection, alert: int, version: int) -> None:
    """An edition has a message to send again."""
    connection.execute(sa.delete(drained).where(drained.c.alert == alert, drained.c.version == version))


def undrained(connection: Connection) -> list[tuple[int, int]]:
    """(alert, version) of editions of which it is not written down that they are through."""
    noted = sa.exists(sa.select(drained.c.alert).where(drained.c.alert == outbox.c.alert,
                                                       drained.c.version == outbox.c.version))  # fmt: skip
    # A notice stands with a negative number and has no edition to note.
    chosen = sa.select(outbox.c.alert, outbox.c.version).where(outbox.c.alert > 0, ~noted).distinct()
    return [(r.alert, r.version) for r in connection.execute(chosen)]
