"""Who has an alert in their hands, by the outbox: an update, a correction or an end must reach them and nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import marks, notices, outbox
from alerts.store.engine import Connection, batched
from alerts.store.tables import attempts

Pair = tuple[int, str]
"""(contact, channel)."""

Row = TypeVar("Row", Delivery, marks.Mark)

_WAITING = (DeliveryState.QUEUED, DeliveryState.STANDBY)
SURELY_NOT_TAKEN = frozenset({"temporary", "hours", "not sent", "account"})
"""Outcomes of an attempt after which the carrier certainly does not have the message."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who knows of an alert, at one moment.

    told: pairs that have, or may have, messages of it, with the editions that these were made from. A row that is being
    sent counts: the call under way cannot be taken back. One that the carrier refused does not, unless the carrier had
    taken it before. What went out merged with others counts with the text it went out in.
    worked: contact → channels by which it has come through to them, the surest first: what arrived for certain, then
    what a carrier took; the newest edition decides.
    meant: pairs that a message of it was ever made for, whatever became of that.
    """

    told: Mapping[Pair, frozenset[int]]
    worked: Mapping[int, tuple[str, ...]]
    meant: frozenset[Pair]


def reach(connection: Connection, alert: int) -> Reach:
    rows = marks.marks_of_alert(connection, alert)
    meant = frozenset((row.contact, row.channel) for row in rows)
    return Reach(_told(connection, rows), _worked(rows), meant)


def _told(connection: Connection, rows: list[marks.Mark]) -> dict[Pair, frozenset[int]]:
    inside = notices.mergers_of(connection, [d.id for d in rows if d.state is DeliveryState.CANCELLED])
    sent = {n: _may_be_out(connection, marks.marks_of_alert(connection, -n)) for n in set(inside.values())}
    kept = {d.id for d in _never_left(connection, rows)}
    result: dict[Pair, set[int]] = defaultdict(set)
    for row in rows:
        out = sent[inside[row.id]] if row.id in inside else row.id not in kept and _out(row)
        if out:
            result[(row.contact, row.channel)].add(row.version)
    return {pair: frozenset(versions) for pair, versions in result.items()}


def _out(row: marks.Mark) -> bool:
    refused = row.state is DeliveryState.FAILED and row.accepted_at is None
    return row.state is not DeliveryState.CANCELLED and not refused


def _worked(rows: list[marks.Mark]) -> dict[int, tuple[str, ...]]:
    best: dict[int, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for row in rows:
        if row.turn is not None and row.holds:
            grade = (row.version, int(row.state is DeliveryState.DELIVERED), -row.turn)
            best[row.contact][row.channel] = max(grade, best[row.contact].get(row.channel, grade))
    return {c: tuple(sorted(grades, key=lambda one: grades[one], reverse=True)) for c, grades in best.items()}


def _may_be_out(connection: Connection, rows: list[marks.Mark]) -> bool:
    kept = {d.id for d in _never_left(connection, rows)}
    return any(row.id not in kept and _out(row) for row in rows)


def waiting(connection: Connection, alert: int) -> list[marks.Mark]:
    """Rows that still wait and that no carrier can have, without their words."""
    return _never_left(connection, marks.marks_of_alert(connection, alert))


def never_left(connection: Connection, alert: int) -> list[Delivery]:
    """Rows that still wait and that no carrier can have."""
    waiting = outbox.of_alert(connection, alert, states=_WAITING)
    return _never_left(connection, waiting)


def _never_left(connection: Connection, rows: list[Row]) -> list[Row]:
    queued = [row for row in rows if row.state in _WAITING]
    doubtful: set[str] = set()
    for tried in batched([row.id for row in queued if row.attempt]):
        doubtful |= set(
            connection.scalars(
                sa.select(attempts.c.delivery).where(
                    attempts.c.delivery.in_(tried), attempts.c.outcome.not_in(sorted(SURELY_NOT_TAKEN))
                )
            )
        )
    return [row for row in queued if row.id not in doubtful]
