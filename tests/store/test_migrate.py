"""Bringing a database to today's shape, from nothing, twice, and never backwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from alerts.store.engine import Store, open_store
from alerts.store.migrate import migrate
from alerts.store.tables import metadata


@pytest.fixture
def fresh(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url, durable=False)
    yield opened
    opened.close()


def test_twice_is_once(fresh: Store) -> None:
    first = migrate(fresh)
    assert migrate(fresh) == first


def test_the_migrated_shape_is_that_of_the_tables(fresh: Store) -> None:
    migrate(fresh)
    with fresh.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_several_nodes_start_at_once(fresh: Store) -> None:
    url = fresh.engine.url.render_as_string(hide_password=False)
    problems: list[BaseException] = []
    start = threading.Barrier(4)

    def node() -> None:
        own = open_store(url, durable=False)
        try:
            start.wait()
            migrate(own)
        except BaseException as error:
            problems.append(error)
        finally:
            own.close()

    nodes = [threading.Thread(target=node) for _ in range(4)]
    for one in nodes:
        one.start()
    for one in nodes:
        one.join()
    assert problems == []
    with fresh.read() as connection:
        assert connection.scalar(sa.text("select count(*) from ledger_head")) == 1


def test_a_database_of_a_newer_program_is_refused_and_left_alone(fresh: Store) -> None:
    migrate(fresh)
    with fresh.write() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(RuntimeError, match=r"revision 9999.*newer Supplywatch.*backup"):
        migrate(fresh)
    with fresh.read() as connection:
        assert connection.scalar(sa.text("select version_num from alembic_version")) == "9999"


def test_a_store_in_memory_is_refused() -> None:
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="needs a file"):
            open_store(url)
