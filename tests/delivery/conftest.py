"""A programme with everything in it, for what people write back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import SqliteFiles
from tests.flow.timeline import Diary, opened_diary


@pytest.fixture
def diary(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    """Anybody may join by text."""
    with opened_diary(
        sqlite_files.migrated(), own=lambda text: text.replace("[delivery]", "[delivery]\njoin = true")
    ) as opened:
        yield opened
