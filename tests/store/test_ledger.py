"""The record's rows: the database itself refuses to change them, and two writers cannot fork them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from alerts.record.append import append
from alerts.record.verify import verify
from alerts.store import ledger_rows
from alerts.store.engine import Store, open_store
from tests.databases import Postgres

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def write(store: Store, count: int = 3) -> None:
    for i in range(count):
        with store.write() as connection:
            append(
                connection, at=NOW, kind="alert.opened", subject=f"SW-2026-{i:04d}", fields={"substance": "xylazine"}
            )


@pytest.mark.parametrize("table", ["ledger", "ledger_fields"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET seq = seq + 100", "DELETE FROM {}", "DELETE FROM {} WHERE seq = 3"])
def test_rows_cannot_be_changed_or_deleted(store: Store, table: str, sql: str) -> None:
    write(store)
    with pytest.raises(sa.exc.DBAPIError, match=f"{table} is append-only"), store.write() as connection:
        connection.exec_driver_sql(sql.format(table))
    with store.read() as connection:
        assert verify(ledger_rows.rows(connection), ledger_rows.head(connection)).problems == ()


def test_postgresql_refuses_to_empty_them_too(postgres_server: Postgres) -> None:
    """SQLite has no TRUNCATE; a statement trigger for DELETE does not see PostgreSQL's."""
    store = open_store(postgres_server.migrated())
    write(store)
    for table in ("ledger_fields", "ledger CASCADE"):
        with pytest.raises(sa.exc.DBAPIError, match="is append-only"), store.write() as connection:
            connection.exec_driver_sql(f"TRUNCATE {table}")
    store.close()


def test_many_writers_make_one_chain(store: Store) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    problems: list[BaseException] = []

    def writer() -> None:
        own = open_store(url, durable=False)
        try:
            write(own, 8)
        except BaseException as error:
            problems.append(error)
        finally:
            own.close()

    writers = [threading.Thread(target=writer) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert problems == []
    with store.read() as connection:
        verdict = verify(ledger_rows.rows(connection), ledger_rows.head(connection))
    assert (verdict.entries, verdict.problems) == (32, ())


def test_a_step_that_is_undone_leaves_no_entry(store: Store) -> None:
    write(store, 1)

    def step() -> None:
        with store.write() as connection:
            append(connection, at=NOW, kind="alert.opened", subject="SW-2026-0009", fields={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        step()
    with store.read() as connection:
        assert ledger_rows.head(connection)[0] == 1
    write(store, 1)
    with store.read() as connection:
        assert verify(ledger_rows.rows(connection), ledger_rows.head(connection)).problems == ()
