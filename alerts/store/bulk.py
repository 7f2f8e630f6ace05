"""Many rows at once, as the driver takes them: what SQLAlchemy does for each row would cost more than the database."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import sqlalchemy as sa

from alerts.store.engine import Connection

TOGETHER = 50
"""Rows in one SQLite statement where that pays: 9 columns of it are 450 variables, of 32,766 that it takes."""
ROOM_KB = 98_304
"""SQLite's page cache during an import. In its usual 2 MB the pages of the indexes would be written again and again."""

Row = tuple[Any, ...]
Bind = Callable[[Any], Any]


class Bulk:
    """INSERT into some columns of a table. Rows are tuples in the order of `columns`, their values already bound.

    many: several rows in one statement, which SQLite likes for narrow rows and dislikes for wide ones.
    """

    def __init__(self, connection: Connection, table: sa.Table, columns: Sequence[str], *, many: bool = False) -> None:
        self._connection = connection
        self._size = TOGETHER if many else 1
        self._columns = [table.c[name] for name in columns]
        quoted = connection.dialect.identifier_preparer
        names = ", ".join(quoted.format_column(column) for column in self._columns)
        self._into = f"{quoted.format_table(table)} ({names})"
        self._values = "(" + ", ".join("?" for _ in columns) + ")"

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

    def insert(self, rows: list[Row]) -> None:
        """Write the rows: COPY on PostgreSQL, INSERT on SQLite."""
        if not rows:
            return
        if self._connection.dialect.name == "postgresql":
            with self._connection.connection.cursor() as cursor, cursor.copy(f"COPY {self._into} FROM STDIN") as copy:  # type: ignore[attr-defined]
                for row in rows:
                    copy.write_row(row)
            return
        whole = len(rows) - len(rows) % self._size if self._size > 1 else 0
        into = f"INSERT INTO {self._into} VALUES "  # noqa: S608 -- names of our own tables only
        for first in range(0, whole, self._size):
            part = tuple(chain.from_iterable(rows[first : first + self._size]))
            self._connection.exec_driver_sql(into + ", ".join([self._values] * self._size), part)
        if whole < len(rows):
            self._connection.exec_driver_sql(into + self._values, rows[whole:])


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
def room(connection: Connection) -> Iterator[None]:
    """A large page cache for this connection while the block runs."""
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = {-ROOM_KB}")
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
