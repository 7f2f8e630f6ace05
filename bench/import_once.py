"""One size of the import benchmark, in a process of its own so that its peak memory is its own. Prints JSON."""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.collect import collect
from alerts.flow.seed import seed
from bench.import_file import write

FEED = "partner"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Took:
    """Seconds of one stretch: on the wall, and of the processor alone."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """One size. peak_mb: most memory that the process ever had until the third reading was done."""

    rows: int
    samples: int
    megabytes: float
    first: Took
    changed: Took
    unchanged: Took
    bare: Took
    peak_mb: float


def measure(rows: int, wide: bool, folder: Path, bar: Progress) -> Measured:
    """First import, an import with 1 % of the samples changed, and the unchanged file; then the bare database."""
    drop = folder / "drop"
    drop.mkdir()
    task = bar.add_task("writing the file", total=rows)

    def tell(name: str) -> Callable[[int], None]:
        bar.reset(task, description=name, total=rows)
        return lambda done: bar.update(task, completed=done)

    samples = write(drop / "results.csv", rows, wide=wide, progress=tell("writing the file"))
    megabytes = (drop / "results.csv").stat().st_size / 1e6
    app = open_app(parse(_settings(folder, drop), "bench", {}), {})
    try:
        seed(app, NOW)
        first = _collect(app, NOW + timedelta(hours=1), tell("first import"), samples, rows)
        write(drop / "results.csv", rows, wide=wide, changed=0.01, progress=tell("changing one in a hundred"))
        changed = _collect(app, NOW + timedelta(days=1), tell("one in a hundred changed"), samples, rows)
        unchanged = _collect(app, NOW + timedelta(days=2), tell("unchanged"), samples, rows)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bar.reset(task, description="the bare database", total=1)
        bare = _bare(app, folder)
    finally:
        app.close()
    return Measured(rows, samples, megabytes, first, changed, unchanged, bare, peak)


def _collect(app: App, now: datetime, tell: Callable[[int], None], samples: int, rows: int) -> Took:
    time.sleep(2.1)  # a file that was written just now is left alone until it has rested
    started, used = time.perf_counter(), time.process_time()
    outcomes = collect(app, now, only=[FEED], force=True, progress=lambda _, done: tell(done * rows // samples))
    took = Took(time.perf_counter() - started, time.process_time() - used)
    if [str(o.condition) for o in outcomes] not in (["fresh"], ["unchanged"]):
        raise SystemExit(f"the import went wrong: {outcomes}")
    return took


def _bare(app: App, folder: Path) -> Took:
    """The rows of the first import with sqlite3 alone, from tuples in memory, into the same tables and indexes."""
    with app.store.read() as connection:
        schema = [
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE tbl_name IN ('samples', 'findings') AND sql IS NOT NULL "
                "ORDER BY type DESC"
            )
        ]
        tables = {
            "samples": [tuple(r) for r in connection.exec_driver_sql("SELECT * FROM samples WHERE revision = 1")],
            "findings": [
                tuple(r)
                for r in connection.exec_driver_sql(
                    "SELECT f.* FROM findings f JOIN samples s ON s.id = f.sample WHERE s.revision = 1 "
                    "ORDER BY f.sample, f.position"
                )
            ],
        }
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as bare:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            bare.execute(f"PRAGMA {pragma}")
        for statement in schema:
            bare.execute(statement)
        started, used = time.perf_counter(), time.process_time()
        bare.execute("BEGIN IMMEDIATE")
        for name, rows in tables.items():
            marks = ", ".join("?" * len(rows[0]))
            bare.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        bare.execute("COMMIT")
        return Took(time.perf_counter() - started, time.process_time() - used)


def _settings(folder: Path, drop: Path) -> str:
    return f"""
[store]
url = "sqlite:///{folder / "import.db"}"
[feeds.{FEED}]
preset = "unc-lab-detail"
folder = "{drop}"
every = "1d"
state = "CA"
county = "Alameda County"
cadence_days = 7
"""


def main() -> None:
    rows, wide = int(sys.argv[1]), sys.argv[2] == "wide"
    with (
        tempfile.TemporaryDirectory(prefix="supplywatch-import-") as scratch,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        print(json.dumps(asdict(measure(rows, wide, Path(scratch), bar))))


if __name__ == "__main__":
    main()
