"""The shipped thresholds on a real record, through the whole system as a backtest plays it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime

from alerts.app import open_app
from alerts.config import load
from alerts.config.sections import Store
from alerts.flow.backtest import backtest
from alerts.flow.past import OPEN, Past
from alerts.flow.replay import ReplayedAlert
from alerts.flow.seed import of_configuration
from bench.real_history import Record


def shipped(record: Record, lag: int, every: int) -> tuple[ReplayedAlert, ...]:
    """Editions of every alert. lag: days from death to knowledge. every: days between two looks."""
    with tempfile.TemporaryDirectory(prefix="supplywatch-bench-") as folder:
        settings = load(None).model_copy(update={"store": Store(url=f"sqlite:///{folder}/bench.db")})
        app = open_app(settings, {}, durable=False)
        try:
            began = datetime(2000, 1, 1, tzinfo=UTC)
            rules = [of_configuration(app, name, began) for name in settings.thresholds]
            samples = [replace(s, ref=f"deaths/{s.ref}", known=s.event + lag) for s in record.samples]
            past = Past.of(app, samples, [OPEN] * len(samples))
            return backtest(app, {"": rules}, past, first=record.first, last=record.last, every=every)[""]
        finally:
            app.close()
