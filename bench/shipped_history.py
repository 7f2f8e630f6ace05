"""The shipped thresholds on a real record, read and judged by the whole system as `supplywatch backtest` plays it."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta

from alerts.app import open_app
from alerts.cli.source_file import FEED, read_file
from alerts.config import load
from alerts.config.sections import Store
from alerts.flow.backtest import backtest
from alerts.flow.past import Past
from alerts.flow.replay import ReplayedAlert
from alerts.flow.seed import of_configuration
from bench.real_history import Record
from detectors.history import Tested
from detectors.words.naming import name_reading


def shipped(
    record: Record, lag: int, every: int, first: date | None = None, last: date | None = None
) -> tuple[tuple[ReplayedAlert, ...], tuple[Tested, ...]]:
    """(editions of every alert, the record as it was read, with its counties).

    lag: days from death to knowledge. every: days between two looks. first, last: another span than the record's.
    """
    with tempfile.TemporaryDirectory(prefix="supplywatch-bench-") as folder:
        settings = load(None).model_copy(update={"store": Store(url=f"sqlite:///{folder}/bench.db")})
        app = open_app(settings, {}, durable=False)
        try:
            began = datetime(2000, 1, 1, tzinfo=UTC)
            rules = [of_configuration(app, name, began) for name in settings.thresholds]
            _, reading = read_file(record.file, record.preset)
            named = name_reading(reading, app.lexicon, app.gazetteer).reading
            past = Past.of_samples(app, FEED, named.samples, timedelta(days=lag))
            rows = backtest(
                app, {"": rules}, past, first=first or record.first, last=last or record.last, every=every
            )  # fmt: skip
            return rows[""], past.editions
        finally:
            app.close()
