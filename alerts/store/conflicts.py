"""Writing a row that another worker may be writing in the same instant.

To look first and write then is two statements. On PostgreSQL both workers see nothing, both write, and the second one
loses its whole transaction: a callback, a text that says STOP, the entry that an alert is through. Here the database
itself decides who was first: the second waits until the first has committed, and then finds the row there.

Source: PostgreSQL, INSERT, "ON CONFLICT Clause"; SQLite, "UPSERT".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from alerts.store.engine import Connection


def insert_new(connection: Connection, table: sa.Table, values: Mapping[str, Any]) -> Any | None:
    """Write a row unless one with its key is there: the first column of the new row's primary key, or None.

    After None the row of the other one can be read and changed, with the next statement.
    """
    fresh = _insert(connection, table).values(values).on_conflict_do_nothing()
    return connection.scalar(fresh.returning(next(iter(table.primary_key.columns))))


def insert_or_replace(connection: Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Write a row; what it gives takes the place of what a row with its primary key had."""
    key = [column.name for column in table.primary_key.columns]
    said = {name: value for name, value in values.items() if name not in key}
    connection.execute(_insert(connection, table).values(values).on_conflict_do_update(index_elements=key, set_=said))


def _insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
