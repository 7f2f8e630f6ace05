"""One round of the import benchmark, in a process of its own so that its peak memory is its own. Prints JSON."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.collection.brought import Document
from alerts.flow.collection.collect import collect
from alerts.flow.collection.read import items, redacted
from alerts.flow.thresholds.seed import seed

FEED = "partner"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Took:
    """Seconds of one stretch: on the wall, and of the processor alone."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """One round. reading: of a first import, what goes before naming and storing, done once more by itself.

    peak_mb: most memory that the process ever had until the third reading of the feed was done.
    """

    first: Took
    changed: Took
    unchanged: Took
    reading: Took
    bare: Took
    peak_mb: float


def measure(rows: int, before: Path, after: Path, folder: Path, bar: Progress) -> Measured:
    """First import of `before`, sqlite3 alone, an import of `after`, and `after` again; each follows at once on the
    other, so that what else the machine does weighs on all alike."""
    drop = folder / "drop"
    drop.mkdir()
    app = open_app(parse(_settings(folder, drop), "bench", {}), {})
    task = bar.add_task("", total=rows)

    def look(name: str, file: Path, now: datetime) -> Took:
        bar.reset(task, description=name, total=rows)
        (drop / "results.csv").unlink(missing_ok=True)
        os.link(file, drop / "results.csv")
        return _collect(app, now, lambda done: bar.update(task, completed=done * 7 // 2))

    try:
        seed(app, NOW)
        first = look("first import", before, NOW + timedelta(hours=1))
        bar.reset(task, description="sqlite3 alone", total=rows)
        alone = subprocess.run(
            [sys.executable, "-m", "bench.import_bare", str(folder / "import.db"), str(folder / "bare.db")],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        changed = look("one in a hundred changed", after, NOW + timedelta(days=1))
        unchanged = look("unchanged", after, NOW + timedelta(days=2))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        reading = _reading(app, before)
    finally:
        app.close()
    return Measured(first, changed, unchanged, reading, Took(**json.loads(alone.stdout)), peak)


def _collect(app: App, now: datetime, tell: Callable[[int], None]) -> Took:
    started, used = time.perf_counter(), time.process_time()
    outcomes = collect(app, now, only=[FEED], force=True, progress=lambda _, done: tell(done))
    took = Took(time.perf_counter() - started, time.process_time() - used)
    if [str(o.condition) for o in outcomes] not in (["fresh"], ["unchanged"]):
        raise SystemExit(f"the import went wrong: {outcomes}")
    return took


def _reading(app: App, file: Path) -> Took:
    feed = app.configuration.feeds[FEED]
    started, used = time.perf_counter(), time.process_time()
    body = file.read_bytes()
    kept = redacted(feed, Document(file.name, body)) or body
    for _ in items(feed, [Document(file.name, kept)], NOW.date()):
        pass
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
    rows, before, after = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    with (
        tempfile.TemporaryDirectory(prefix="round-", dir=before.parent) as scratch,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        print(json.dumps(asdict(measure(rows, before, after, Path(scratch), bar))))


if __name__ == "__main__":
    main()
