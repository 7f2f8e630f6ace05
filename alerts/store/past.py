"""Every edition of every sample, with the days between which it was believed: what a backtest goes through."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.evidence import _tested
from alerts.store.tables import samples
from detectors.history import Tested


def editions(connection: Connection) -> list[tuple[Tested, datetime | None]]:
    """(sample as detectors see it, when it was changed or withdrawn), in the order in which they were written."""
    placed = samples.c.place != ""
    ends = connection.execute(sa.select(samples.c.id, samples.c.known_until).where(placed))
    until = {r.id: r.known_until for r in ends}
    return [(tested, until[number]) for number, tested in _tested(connection, placed).items()]
