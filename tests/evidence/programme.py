"""A programme with one feed that reads a folder, on a day that the test chooses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.collection.collect import Outcome, collect
from alerts.flow.thresholds.seed import seed
from alerts.model.feed_state import FeedState
from alerts.store import feeds
from alerts.store.evidence import known

FEED = "partner"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Programme:
    def __init__(self, app: App, folder: Path) -> None:
        self.app = app
        self.folder = folder

    def drop(self, name: str, body: str | bytes, when: datetime) -> None:
        """A partner copies a file into the folder a minute before `when`."""
        path = self.folder / name
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
        moment = (when - timedelta(minutes=1)).timestamp()
        os.utime(path, (moment, moment))

    def collect(self, when: datetime) -> Outcome:
        (outcome,) = collect(self.app, when, only=[FEED], force=True)
        return outcome

    def state(self) -> FeedState:
        with self.app.store.read() as connection:
            (state,) = feeds.everything(connection)
        return state

    def believed(self, when: datetime) -> dict[str, tuple[str, ...]]:
        """What was found above trace, by sample, as believed at a moment."""
        with self.app.store.read() as connection:
            return {
                t.ref.partition("/")[2]: tuple(sorted(t.substances))
                for t in known(connection, now=when, since=datetime(2000, 1, 1).date())  # noqa: DTZ001
            }


@contextmanager
def programme(url: str, folder: Path, preset: str, state: str = "CA", county: str = "") -> Iterator[Programme]:
    drop = folder / "drop"
    drop.mkdir()
    text = f"""
[store]
url = "{url}"
[feeds.{FEED}]
preset = "{preset}"
folder = "{drop}"
every = "1d"
state = "{state}"
county = "{county}"
cadence_days = 7
"""
    app = open_app(parse(text, "test", {}), {}, durable=False)
    try:
        seed(app, at("2025-01-01 00:00"))
        yield Programme(app, drop)
    finally:
        app.close()
