"""What tests of several rooms need: a database of either kind. And what makes all of them quick and steady."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from alerts.store.engine import Store, open_store
from tests.compiled import share
from tests.databases import KINDS, Postgres, SqliteFiles, postgres

share()

TESTS = Path(__file__).parent

# How long an example takes says more of what else the machine is doing than of the example; pytest-timeout ends what
# hangs. How many examples there are is each test's own affair.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

LONG = (
    "lifecycle/test_a_year.py", "flow/test_replay.py", "delivery/test_chaos.py", "flow/test_kill.py",
    "console/test_browser.py", "flow/test_nights.py", "flow/test_endings.py", "flow/test_backtest.py",
    "cli/test_commands.py", "wording/test_screens.py", "wording/test_shelf.py", "docs/test_demo.py",
    "delivery/test_fallback.py", "flow/test_carriers.py", "delivery/test_inbound.py", "methods/test_lag.py",
)  # fmt: skip
"""Files that take longest, in that order: begun last, one of them would keep one core busy and let the others wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {TESTS / name: rank for rank, name in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.path, len(LONG)))


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest) -> SqliteFiles | Postgres:
    """Both kinds of database, one after the other; the PostgreSQL server starts with the first test that wants it."""
    name = "sqlite_files" if request.param == "sqlite" else "postgres_server"
    made: SqliteFiles | Postgres = request.getfixturevalue(name)
    return made


@pytest.fixture
def store_url(databases: SqliteFiles | Postgres) -> str:
    """URL of an empty database."""
    return databases.empty()


@pytest.fixture
def store(databases: SqliteFiles | Postgres) -> Iterator[Store]:
    """An open store in today's shape, of either kind."""
    opened = open_store(databases.migrated(), durable=False)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_files: SqliteFiles) -> Iterator[Store]:
    """An open SQLite store in today's shape, for what does not depend on the kind of database."""
    opened = open_store(sqlite_files.migrated(), durable=False)
    yield opened
    opened.close()
