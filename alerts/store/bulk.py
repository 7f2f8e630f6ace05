"""Many rows at once, as the driver takes them: what SQLAlchemy does for each row would cost more than the database."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa

from alerts.store.engine import Connection

TOGETHER = 100
"""Rows in one SQLite statement: 6 columns of it are 600 variables, of 32,766 that it takes."""
ROOM_KB = 98_304
"""SQLite's page cache during an import. In its usual 2 MB the pages of the indexes would be written again and again."""

Row = tuple[Any, ...]
Bind = Callable[[Any], Any]


class Bulk:
    """INSERT into a table of which many rows share most of their values. Values are already bound.

    own: the columns that each row has for itself. shared: the columns of which the values come again and again. On
    SQLite these stand once in a temporary table and are joined to the rows: to hand them over with each row costs more
    than to write them.
    """

    def __init__(self, connection: Connection, table: sa.Table, own: Sequence[str], shared: Sequence[str]) -> None:
        self._connection = connection
        self._columns = [table.c[name] for name in (*own, *shared)]
        quote = connection.dialect.identifier_preparer.format_column
        names, self._shared_names = ", ".join(map(quote, self._columns)), ", ".join(quote(table.c[n]) for n in shared)
        self._into = f"{table.name} ({names})"
        self._once = f"temp.shared_{table.name}"
        marks = "(" + ", ".join("?" * (len(own) + 1)) + ")"
        given = ", ".join(f"v.column{i + 1}" for i in range(len(own)))
        self._joined = (  # names of our own tables only
            f"INSERT INTO {self._into} SELECT {given}, {self._shared_names} "  # noqa: S608
            f"FROM (VALUES {', '.join([marks] * TOGETHER)}) v CROSS JOIN {self._once} s ON s.n = v.column{len(own) + 1}"
        )
        self._shared: list[Row] = []
        self._numbers: dict[Row, int] = {}
        self._written: int | None = None  # how many of the shared values stand in the temporary table; None without one

    @property
    def null(self) -> float | None:
        """What the driver writes as NULL. SQLite does so with a NaN, which the sqlite3 module takes as it is; for each
        None that module looks in vain for an adapter, and that costs a fifth of an import."""
        return math.nan if self._connection.dialect.name == "sqlite" else None

    def bind(self, name: str) -> Bind:
        """What turns a Python value of this column into the driver's own."""
        column = next(c for c in self._columns if c.name == name)
        dialect = self._connection.dialect
        processor: Bind = column.type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)
        return lambda value: self.null if value is None else processor(value)

    def share(self, values: Row) -> int:
        """The number by which rows are given these values, until they are forgotten."""
        number = self._numbers.setdefault(values, len(self._shared))
        if number == len(self._shared):
            self._shared.append(values)
        return number

    def forget(self) -> None:
        """Begin the shared values anew."""
        self._shared.clear()
        self._numbers.clear()
        if self._written:
            self._connection.exec_driver_sql(f"DELETE FROM {self._once}")  # noqa: S608
            self._written = 0

    def insert(self, rows: Sequence[Row]) -> None:
        """Write the rows, each its own values and the number of those that it shares: COPY on PostgreSQL, INSERT on
        SQLite."""
        if not rows:
            return
        if self._connection.dialect.name == "postgresql":
            with self._connection.connection.cursor() as cursor, cursor.copy(f"COPY {self._into} FROM STDIN") as copy:  # type: ignore[attr-defined]
                for row in self._whole(rows):
                    copy.write_row(row)
            return
        joined = 0
        fresh = len(self._shared) - (self._written or 0)
        if 2 * fresh < len(rows) >= TOGETHER:
            self._write_shared()
            joined = len(rows) - len(rows) % TOGETHER
            values = chain.from_iterable(rows)
            for _ in range(0, joined, TOGETHER):
                part = tuple(islice(values, TOGETHER * len(rows[0])))
                self._connection.exec_driver_sql(self._joined, part)
        if joined < len(rows):
            marks = ", ".join("?" * len(self._columns))
            self._connection.exec_driver_sql(
                f"INSERT INTO {self._into} VALUES ({marks})",  # noqa: S608
                list(self._whole(rows[joined:])),
            )

    def _whole(self, rows: Sequence[Row]) -> Iterator[Row]:
        return ((*row[:-1], *self._shared[row[-1]]) for row in rows)

    def _write_shared(self) -> None:
        if self._written is None:
            self._written = 0
            self._connection.exec_driver_sql(f"DROP TABLE IF EXISTS {self._once}")
            self._connection.exec_driver_sql(f"CREATE TABLE {self._once} (n INTEGER PRIMARY KEY, {self._shared_names})")
        rows = [(n, *values) for n, values in enumerate(self._shared[self._written :], start=self._written)]
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.exec_driver_sql(f"INSERT INTO {self._once} VALUES ({marks})", rows)  # noqa: S608
        self._written = len(self._shared)


def numbers(connection: Connection, table: sa.Table) -> Iterator[int]:
    """Row numbers that nobody else gets. On SQLite the writing transaction is alone; PostgreSQL is asked for them."""
    if connection.dialect.name == "postgresql":
        sequence = sa.func.nextval(sa.func.pg_get_serial_sequence(table.name, "id"))
        while True:
            drawn = sa.select(sequence).select_from(sa.func.generate_series(1, 1000).alias("n"))
            yield from list(connection.scalars(drawn))
    last = connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
    while True:
        last += 1
        yield last


@contextmanager
def room(connection: Connection, kilobytes: int = ROOM_KB) -> Iterator[None]:
    """A large page cache for this connection while the block runs."""
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = {-kilobytes}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


@contextmanager
def indexed_later(connection: Connection, table: sa.Table) -> Iterator[None]:
    """Fill an empty table and then build its indexes in one go: entries that come in no order each seek their place.

    SQLite only, where the writing transaction is alone and the change of the schema is undone with it. The index that
    keeps rows unique stays. A table that already holds rows is left as it is, since all of it would be indexed anew.
    """
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    if connection.dialect.name != "sqlite" or connection.scalar(sa.select(sa.exists().select_from(table))):
        yield
        return
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
