"""The shipped thresholds on a real record, read and judged by the whole system as `supplywatch backtest` plays it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from alerts.app import App, open_app
from alerts.cli.source_file import FEED, read_file
from alerts.config import load
from alerts.config.sections import Store
from alerts.flow.history.backtest import backtest
from alerts.flow.history.past import Past
from alerts.flow.history.replay import ReplayedAlert
from alerts.flow.thresholds.seed import of_configuration
from bench.real_history import Record
from detectors.history import Tested
from detectors.words.naming import name_reading


def as_read(record: Record, lag: int) -> Record:
    """The record with the samples that the system reads, with their counties. lag: days from death to knowledge."""
    with _opened() as app:
        return replace(record, samples=_past(app, record, lag).editions)


def shipped(
    record: Record, lag: int, every: int, first: date | None = None, last: date | None = None
) -> tuple[tuple[ReplayedAlert, ...], tuple[Tested, ...]]:
    """(editions of every alert, the record as it was read, with its counties).

    lag: days from death to knowledge. every: days between two looks. first, last: another span than the record's.
    """
    with _opened() as app:
        began = datetime(2000, 1, 1, tzinfo=UTC)
        rules = [of_configuration(app, name, began) for name in app.configuration.thresholds]
        past = _past(app, record, lag)
        rows = backtest(
            app, {"": rules}, past, first=first or record.first, last=last or record.last, every=every
        )  # fmt: skip
        return rows[""], past.editions


@contextmanager
def _opened() -> Iterator[App]:
    with tempfile.TemporaryDirectory(prefix="supplywatch-bench-") as folder:
        settings = load(None).model_copy(update={"store": Store(url=f"sqlite:///{folder}/bench.db")})
        app = open_app(settings, {}, durable=False)
        try:
            yield app
        finally:
            app.close()


def _past(app: App, record: Record, lag: int) -> Past:
    _, reading = read_file(record.file, record.preset)
    named = name_reading(reading, app.lexicon, app.gazetteer).reading
    return Past.of_samples(app, FEED, named.samples, timedelta(days=lag))
