"""Alerts and the chain of their versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.model.alert import ALERT_MOVES, VERSION_MOVES, Alert, AlertState, AlertVersion, VersionState
from alerts.model.level import Level
from alerts.model.reason import Reason
from alerts.store.engine import Connection
from alerts.store.json_nouns import from_json, to_json
from alerts.store.tables import alert_versions, alerts

_STATE_COLUMNS = (
    "state", "approved_by", "approved_at", "deadline", "texts_sha256", "break_glass", "looked_at_by",
)  # fmt: skip

_NUMBERS = 0x5357204E
"""PostgreSQL's advisory lock: "SW N"."""


def next_number(connection: Connection, year: int) -> tuple[int, str]:
    """(id, public number) of the next alert: "SW-2026-0007". Numbers count up within a year and have no gaps."""
    if connection.dialect.name == "postgresql":
        # Held until the transaction ends: two workers must not open two alerts under one number.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_NUMBERS})")
    prefix = f"SW-{year}-"
    count = connection.scalar(sa.select(sa.func.count()).where(alerts.c.number.startswith(prefix))) or 0
    last = connection.scalar(sa.select(sa.func.max(alerts.c.id))) or 0
    return last + 1, f"{prefix}{count + 1:04d}"


def add(connection: Connection, alert: Alert) -> None:
    connection.execute(sa.insert(alerts).values({**asdict(alert), "places": list(alert.places)}))


def change(connection: Connection, before: AlertState, alert: Alert, reason: Reason) -> None:
    """Write an alert's row anew. Its versions are a chain of their own and are never rewritten.

    Raises ValueError for a move that the table of moves does not have.
    """
    if reason not in ALERT_MOVES[before].get(alert.state, frozenset()):
        raise ValueError(f"an alert that is '{before}' cannot become '{alert.state}' because of '{reason}'")
    values = {**asdict(alert), "places": list(alert.places)}
    connection.execute(sa.update(alerts).where(alerts.c.id == alert.id).values(values))


def get(connection: Connection, alert: int, *, hold: bool = False) -> Alert | None:
    """hold: nobody else who holds it may change it until the transaction ends. Without, a refusal and an approval in
    the same instant would both find it waiting, and an alert would be ended whose texts are on their way."""
    return _one(connection, sa.select(alerts).where(alerts.c.id == alert), hold)


def by_number(connection: Connection, number: str, *, hold: bool = False) -> Alert | None:
    """As `get`, by the public number."""
    return _one(connection, sa.select(alerts).where(alerts.c.number == number), hold)


def open_one(connection: Connection, substance: str, region: str, kind: str) -> Alert | None:
    """The open alert of a substance, region and kind: there is one at most. Exercises do not count."""
    key = (alerts.c.substance == substance, alerts.c.region == region, alerts.c.kind == kind)
    alive = (alerts.c.state == str(AlertState.OPEN), alerts.c.exercise.is_(False))
    return _one(connection, sa.select(alerts).where(*key, *alive), hold=False)


def everything(connection: Connection, *, state: AlertState | None = None, latest: int | None = None) -> list[Alert]:
    """Newest first."""
    chosen = sa.select(alerts).order_by(alerts.c.id.desc())
    if state is not None:
        chosen = chosen.where(alerts.c.state == str(state))
    if latest is not None:
        chosen = chosen.limit(latest)
    return [_alert(row) for row in connection.execute(chosen)]


def open_or_ended_since(connection: Connection, since: datetime) -> list[Alert]:
    """Alerts that a new signal may belong to: the open ones, and those whose cool-down may still run."""
    alive = sa.or_(alerts.c.state == str(AlertState.OPEN), alerts.c.ended_at >= since)
    real = alerts.c.exercise.is_(False)
    return [_alert(row) for row in connection.execute(sa.select(alerts).where(alive, real).order_by(alerts.c.id))]


def last_ended(connection: Connection) -> list[Alert]:
    """The latest ended alert of each substance, region and kind: what comes back is told as coming back."""
    newest = (
        sa.select(sa.func.max(alerts.c.id))
        .where(alerts.c.state == str(AlertState.ENDED), alerts.c.exercise.is_(False))
        .group_by(alerts.c.substance, alerts.c.region, alerts.c.kind)
    )
    return [_alert(row) for row in connection.execute(sa.select(alerts).where(alerts.c.id.in_(newest)))]


def exercises(connection: Connection) -> list[Alert]:
    """Drills that are under way."""
    chosen = sa.select(alerts).where(alerts.c.exercise.is_(True), alerts.c.state == str(AlertState.OPEN))
    return [_alert(row) for row in connection.execute(chosen.order_by(alerts.c.id))]


def add_version(connection: Connection, version: AlertVersion) -> None:
    connection.execute(
        sa.insert(alert_versions).values(
            alert=version.alert, version=version.version, state=str(version.state), reason=str(version.reason),
            level=str(version.level), at=version.at, author=version.author, deadline=version.deadline,
            approved_by=version.approved_by, approved_at=version.approved_at, texts_sha256=version.texts_sha256,
            break_glass=version.break_glass, looked_at_by=version.looked_at_by,
            body=to_json(version),
        )
    )  # fmt: skip


def versions(connection: Connection, alert: int) -> list[AlertVersion]:
    """The chain, first to last."""
    chosen = sa.select(alert_versions).where(alert_versions.c.alert == alert).order_by(alert_versions.c.version)
    return [_version(row) for row in connection.execute(chosen)]


def version(connection: Connection, alert: int, number: int) -> AlertVersion | None:
    return next((v for v in versions(connection, alert) if v.version == number), None)


def versions_in(connection: Connection, states: Iterable[VersionState]) -> list[AlertVersion]:
    """Versions in one of these states, oldest first."""
    chosen = sa.select(alert_versions).where(alert_versions.c.state.in_([str(s) for s in states]))
    return [_version(r) for r in connection.execute(chosen.order_by(alert_versions.c.at, alert_versions.c.alert))]


def move_version(
    connection: Connection,
    held: AlertVersion,
    to: VersionState,
    *,
    approved_by: str = "",
    approved_at: datetime | None = None,
    texts_sha256: str = "",
    break_glass: str = "",
) -> bool:
    """Move a version from the state it is held to be in. False when somebody else moved it first.

    Raises ValueError for a move that the table of moves does not have.
    """
    if to not in VERSION_MOVES[held.state]:
        raise ValueError(f"a version that is '{held.state}' cannot become '{to}'")
    values: dict[str, object] = {"state": str(to)}
    if approved_by:
        values |= {"approved_by": approved_by, "approved_at": approved_at, "break_glass": break_glass}
    if texts_sha256:
        values["texts_sha256"] = texts_sha256
    moved = connection.execute(
        sa.update(alert_versions)
        .where(
            alert_versions.c.alert == held.alert,
            alert_versions.c.version == held.version,
            alert_versions.c.state == str(held.state),
        )
        .values(values)
    )
    return moved.rowcount == 1


def supersede(connection: Connection, alert: int, to: VersionState = VersionState.SUPERSEDED) -> datetime | None:
    """Take back the versions of an alert that nobody was told of; returns the earliest deadline among them."""
    deadlines = []
    for one in versions(connection, alert):
        if one.state in (VersionState.HELD, VersionState.APPROVED) and move_version(connection, one, to):
            deadlines += [one.deadline] if one.deadline else []
    return min(deadlines, default=None)


def unreviewed_break_glass(connection: Connection) -> list[AlertVersion]:
    """Versions that went out on one person's word and that nobody else has looked at since, oldest first."""
    chosen = sa.select(alert_versions).where(
        alert_versions.c.break_glass != "", alert_versions.c.looked_at_by == ""
    )  # fmt: skip
    return [_version(row) for row in connection.execute(chosen.order_by(alert_versions.c.approved_at))]


def break_glass(connection: Connection) -> list[AlertVersion]:
    """Versions that went out on one person's word, looked at since or not, oldest first."""
    chosen = sa.select(alert_versions).where(alert_versions.c.break_glass != "")
    return [_version(row) for row in connection.execute(chosen.order_by(alert_versions.c.approved_at))]


def mark_looked_at(connection: Connection, looked_at: AlertVersion, by: str) -> None:
    key = (alert_versions.c.alert == looked_at.alert, alert_versions.c.version == looked_at.version)
    connection.execute(sa.update(alert_versions).where(*key).values(looked_at_by=by))


def overdue_reviews(connection: Connection, now: datetime) -> list[AlertVersion]:
    """Held versions past their deadline of which nobody was reminded yet."""
    late = sa.and_(
        alert_versions.c.state == str(VersionState.HELD),
        alert_versions.c.deadline <= now,
        alert_versions.c.reminded_at.is_(None),
    )
    return [_version(r) for r in connection.execute(sa.select(alert_versions).where(late))]


def mark_reminded(connection: Connection, held: AlertVersion, now: datetime) -> None:
    key = (alert_versions.c.alert == held.alert, alert_versions.c.version == held.version)
    connection.execute(sa.update(alert_versions).where(*key).values(reminded_at=now))


def _one(connection: Connection, chosen: sa.Select[Any], hold: bool) -> Alert | None:
    # On SQLite there is one writer at a time, and the clause is dropped.
    row = connection.execute(chosen.with_for_update() if hold else chosen).one_or_none()
    return None if row is None else _alert(row)


def _alert(row: sa.Row[tuple[object, ...]]) -> Alert:
    values = dict(row._mapping)
    return Alert(**{**values, "places": tuple(row.places), "state": AlertState(row.state), "level": Level(row.level)})


def _version(row: sa.Row[tuple[object, ...]]) -> AlertVersion:
    return from_json(AlertVersion, {**row.body, **{name: row._mapping[name] for name in _STATE_COLUMNS}})
