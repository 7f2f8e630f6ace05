"""Opening the database, reading and writing transactions, and the claim that makes one worker do the work.

SQLite runs in WAL with BEGIN IMMEDIATE for writers: two writers that begin as readers and then both want to write
would meet SQLITE_BUSY at once, without the busy time-out being honoured, and one of them would lose its work.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.engine import Engine

_WAL_TRIES = 200
"""Of 50 ms each."""


@dataclass(frozen=True)
class Store:
    """One open database. owner: this process, as it stands in leases ("host:pid:nonce")."""

    engine: Engine
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent view."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; committed when the block ends, rolled back when it raises."""
        with self.engine.connect().execution_options(supplywatch_write=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str, *, durable: bool = True) -> Store:
    """Open the database at a SQLAlchemy URL; makes the folder of a SQLite file. Raises SQLAlchemy's errors as they are.

    durable: False lets SQLite answer before the disk has the data; only for a replay, whose store is thrown away.
    """
    parsed = sa.make_url(url)
    options: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("a SQLite store needs a file: workers and the console open it side by side")
        assert parsed.database is not None
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    else:
        options = {"pool_pre_ping": True}
    engine = sa.create_engine(url, json_serializer=_stable_json, **options)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", partial(_sqlite_settings, durable=durable))
        sa.event.listen(engine, "begin", _sqlite_begin)
    return Store(engine)


def batched(ids: Sequence[str], most: int = 1000) -> Iterator[Sequence[str]]:
    """Ids in parts: neither database takes a query with as many parameters as a state has readers."""
    for start in range(0, len(ids), most):
        yield ids[start : start + most]


def claim(
    connection: Connection,
    table: sa.Table,
    *,
    due: sa.ColumnElement[bool],
    order: tuple[sa.ColumnElement[Any], ...],
    limit: int,
    owner: str,
    now: datetime,
    lease: timedelta,
) -> list[Any]:
    """Take up to `limit` due rows whose lease is free or has run out, and give their primary keys.

    One conditional UPDATE: whoever's UPDATE changes the row does the work. On PostgreSQL the inner select skips rows
    that another worker is just taking (the clause is silently dropped on SQLite, where writers queue anyway).
    """
    key = next(iter(table.primary_key.columns))
    free = sa.or_(table.c.lease_until.is_(None), table.c.lease_until <= now)
    inner = sa.select(key).where(due, free).order_by(*order).limit(limit)
    if connection.dialect.name == "postgresql":
        inner = inner.with_for_update(skip_locked=True)
    taken = connection.execute(
        sa.update(table).where(key.in_(inner), free).values(lease_owner=owner, lease_until=now + lease).returning(key)
    )
    return [row[0] for row in taken]


def _stable_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sqlite_settings(connection: Any, _record: object, *, durable: bool) -> None:
    # The driver's own implicit BEGIN is switched off, so that ours below is the only one.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: a receipt that is lost in a power cut would send its message a second time.
    synchronous = "synchronous=FULL" if durable else "synchronous=OFF"
    # Longer than the longest transaction there is, an alert to a hundred thousand people: to wait is a delay, to give
    # up would be a STOP that was not written down.
    cursor.execute("PRAGMA busy_timeout=60000")
    _into_wal(cursor)
    for pragma in (synchronous, "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _into_wal(cursor: sqlite3.Cursor) -> None:
    """Several nodes may open a new file at once: while one of them makes this change SQLite tells the others "locked"
    at once, without the busy time-out being honoured, and a node would not start."""
    for _ in range(_WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            time.sleep(0.05)
    cursor.execute("PRAGMA journal_mode=WAL")


def _sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("supplywatch_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
