"""A file of what happened, as staff marked it."""

from __future__ import annotations

import csv
from pathlib import Path

from alerts.app import App
from alerts.cli.opening import Failure
from alerts.flow.history.marked_events import marked_events as parsed
from alerts.flow.history.score_backtest import Event


def marked_events(app: App, path: Path) -> list[Event]:
    """Events in the order of the file. Raises Failure naming line, column and mend."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: {error}. Mend the file or name another.") from None
    try:
        return parsed(app, text)
    except csv.Error as error:
        raise Failure(f"{path}: {error}. Mend the file or name another.") from None
    except ValueError as error:
        raise Failure(f"{path}, {error}") from None
