"""Signals, each written down once however often its method says it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from alerts.model.intent import StoredSignal
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.json_nouns import from_json, to_json
from alerts.store.tables import signals
from detectors.signal import Signal


def fingerprint(threshold: str, signal: Signal) -> str:
    """The same method on the same evidence says the same thing: its day is left out, its evidence is not."""
    said = [
        threshold,
        signal.method,
        signal.version,
        signal.substance,
        signal.place,
        signal.kind,
        sorted(signal.evidence),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def store(connection: Connection, found: Sequence[tuple[str, Signal]], now: datetime) -> list[StoredSignal]:
    """Write (threshold name, signal) pairs that are new; returns all of them with their numbers, in the given order."""
    result: list[StoredSignal] = []
    for threshold, signal in found:
        mark = fingerprint(threshold, signal)
        known = sa.select(signals.c.id).where(signals.c.fingerprint == mark)
        number = connection.scalar(known)
        if number is None:
            said = {
                "fingerprint": mark, "at": now, "threshold": threshold, "method": signal.method,
                "substance": signal.substance, "place": signal.place, "body": to_json(signal),
            }  # fmt: skip
            number = insert_new(connection, signals, said) or connection.execute(known).scalar_one()
        result.append(StoredSignal(int(number), signal, threshold))
    return result


def by_number(connection: Connection, numbers: Sequence[int]) -> list[StoredSignal]:
    chosen = sa.select(signals).where(signals.c.id.in_(list(numbers))).order_by(signals.c.id)
    return [_noun(r) for r in connection.execute(chosen)]


def first_said(connection: Connection, number: int) -> tuple[datetime, StoredSignal] | None:
    """(when it was first said, signal) of a number; None when there is no such signal."""
    row = connection.execute(sa.select(signals).where(signals.c.id == number)).one_or_none()
    return None if row is None else (row.at, _noun(row))


def said_since(
    connection: Connection, substance: str, since: datetime, *, outside: Sequence[str] = ()
) -> list[StoredSignal]:
    """Signals about a substance that were first said then or later, oldest first. outside: without those of these
    places."""
    chosen = sa.select(signals).where(signals.c.substance == substance, signals.c.at >= since)
    if outside:
        chosen = chosen.where(signals.c.place.not_in(list(outside)))
    return [_noun(r) for r in connection.execute(chosen.order_by(signals.c.id))]


def latest(connection: Connection, limit: int = 50, without: Sequence[str] = ()) -> list[tuple[datetime, StoredSignal]]:
    """(when it was first said, signal), newest first. without: methods that are left out."""
    chosen = sa.select(signals).where(signals.c.method.not_in(list(without))).order_by(signals.c.id.desc())
    return [(r.at, _noun(r)) for r in connection.execute(chosen.limit(limit))]


def latest_of(connection: Connection, methods: Sequence[str], since: datetime) -> list[tuple[datetime, StoredSignal]]:
    """(when it was first said, signal) of these methods, newest first."""
    mine = sa.and_(signals.c.method.in_(list(methods)), signals.c.at >= since)
    chosen = sa.select(signals).where(mine).order_by(signals.c.id.desc())
    return [(r.at, _noun(r)) for r in connection.execute(chosen)]


def _noun(row: sa.Row[tuple[object, ...]]) -> StoredSignal:
    return StoredSignal(int(row.id), from_json(Signal, row.body), row.threshold)
