"""Thresholds with every edition they ever had."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.model.threshold import Threshold
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.json_nouns import from_json, to_json
from alerts.store.tables import thresholds


def add_edition(connection: Connection, threshold: Threshold) -> bool:
    """Write the next edition; False when somebody else wrote an edition of that number first."""
    edition = {
        "name": threshold.name, "version": threshold.version, "at": threshold.at, "by": threshold.by,
        "why": threshold.why, "body": to_json(threshold),
    }  # fmt: skip
    return insert_new(connection, thresholds, edition) is not None


def current(connection: Connection) -> list[Threshold]:
    """The newest edition of each, by name."""
    newest = sa.select(thresholds.c.name, sa.func.max(thresholds.c.version).label("v")).group_by(thresholds.c.name)
    inner = newest.subquery()
    chosen = sa.select(thresholds.c.body).join(
        inner, sa.and_(inner.c.name == thresholds.c.name, inner.c.v == thresholds.c.version)
    )
    return sorted((from_json(Threshold, body) for body in connection.scalars(chosen)), key=lambda t: t.name)


def editions(connection: Connection, name: str) -> list[Threshold]:
    """Every edition of one threshold, newest first; empty when there is no such threshold."""
    chosen = sa.select(thresholds.c.body).where(thresholds.c.name == name).order_by(thresholds.c.version.desc())
    return [from_json(Threshold, body) for body in connection.scalars(chosen)]


def edition_at(connection: Connection, name: str, at: datetime) -> Threshold | None:
    """The edition of a threshold that held at a moment; None when there is no such threshold.

    Before its first edition it is the first: a replay looks at days that are older than its thresholds.
    """
    of_name = sa.select(thresholds.c.body).where(thresholds.c.name == name)
    held = of_name.where(thresholds.c.at <= at).order_by(thresholds.c.version.desc()).limit(1)
    body = connection.scalar(held) or connection.scalar(of_name.order_by(thresholds.c.version).limit(1))
    return None if body is None else from_json(Threshold, body)
