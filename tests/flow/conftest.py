"""Diaries, on SQLite unless a test asks for both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import Postgres, SqliteFiles
from tests.flow.timeline import Diary, opened_diary


@pytest.fixture
def diary(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    with opened_diary(sqlite_files.migrated()) as opened:
        yield opened


@pytest.fixture
def reviewed(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    """A programme in which a person looks first."""
    with opened_diary(sqlite_files.migrated(), release="review") as opened:
        yield opened


@pytest.fixture
def diary_on_both(databases: SqliteFiles | Postgres) -> Iterator[Diary]:
    with opened_diary(databases.migrated()) as opened:
        yield opened
