"""A source's file on the command line: read as its preset says, and a bar that shows how far the work is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from alerts.cli.opening import Failure
from alerts.clock.now import now
from alerts.config.feed import Feed
from alerts.flow.collection.brought import Document
from alerts.flow.collection.read import read
from detectors.feeds.presets import preset as preset_of
from detectors.sample import BrokenDocument, Reading

FEED = "replay"


def read_file(data: Path, preset: str) -> tuple[str, Reading]:
    """(title of the source, what its file says). Raises Failure."""
    try:
        title = preset_of(preset).title
    except KeyError as error:
        raise Failure(str(error.args[0])) from None
    feed = Feed(preset=preset, folder=".", every=timedelta(days=1), cadence_days=1)
    try:
        return title, read(feed, [Document(data.name, data.read_bytes())], received=now().date())
    except OSError as error:
        raise Failure(f"{data}: {error.strerror}.") from None
    except BrokenDocument as error:
        raise Failure(f"{data}: {error}") from None


def wide() -> Console:
    """Where tables are printed: as wide as the terminal, and wide enough for whole dates in a file or pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, 160))


def bar() -> Progress:
    """On standard error, with a column "alerts" for words."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[alerts]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)
