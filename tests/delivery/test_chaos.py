"""A slice of `./run bench chaos`: workers killed at every named point, and the other mishaps once each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import Postgres, SqliteFiles
from tests.delivery import scenarios

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("store", "cycles"), [("sqlite", 26), ("postgresql", 13)])
def test_killed_workers_lose_nothing_and_repeat_no_text(store: str, cycles: int) -> None:
    """In a process of its own: it forks, and a test runner has threads."""
    command = [sys.executable, "-m", "bench.bench_chaos", "--only", store, "--cycles", str(cycles)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_locked_database_delays_and_loses_nothing(sqlite_files: SqliteFiles) -> None:
    scenarios.database_locked(sqlite_files.migrated())


def test_a_full_disk_delays_and_loses_nothing(sqlite_files: SqliteFiles) -> None:
    scenarios.disk_full(sqlite_files.migrated())


def test_clocks_that_jump_an_hour_repeat_nothing(databases: SqliteFiles | Postgres) -> None:
    scenarios.clock_jumps(databases.migrated())


def test_carriers_that_are_down_for_a_day_get_everything_once(sqlite_files: SqliteFiles) -> None:
    scenarios.carrier_down_a_day(sqlite_files.migrated())


def test_many_callbacks_at_once_are_all_taken(databases: SqliteFiles | Postgres) -> None:
    scenarios.callbacks_at_once(databases.migrated(), 300)


@pytest.mark.parametrize("point", ["after-claim", "before-send", "after-send"])
def test_a_node_that_wakes_after_its_lease_sends_nothing_more(point: str) -> None:
    """It forks, too."""
    told = (
        "import tempfile; from tests.delivery.scenarios import paused_node; "
        f"print(paused_node('sqlite:///' + tempfile.mkdtemp() + '/paused.db', {point!r}))"
    )
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
