"""A spectrum that cannot see nitazenes is no test for nitazenes: from the store to the alert, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.history.backtest import backtest
from alerts.flow.history.past import Past
from alerts.flow.history.replay import ReplayedAlert, as_json, replay
from alerts.flow.thresholds.seed import seed
from alerts.store import thresholds
from alerts.store.tested_counts import day_counts
from detectors.panels import could_see
from detectors.sample import Finding, Sample, SampleKind
from tests.databases import Postgres, SqliteFiles

CONFIG = """
[programme]
state = "CA"
time_zone = "America/Los_Angeles"
[store]
url = "{url}"
[thresholds.new-here]
method = "novelty"
substances = ["role:contaminant"]
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "automatic"
parameters = {{ findings = 3, days = 90, strays = 1, min_earlier = 30 }}
cool_down_days = 60
expires_days = 60
longest_days = 180
update_hours = 72
review_hours = 24
"""
FIRST, LAST = date(2025, 3, 1), date(2025, 3, 31)
ALAMEDA = "06001"


def _year(way: str, number: int) -> list[Sample]:
    """Negatives over the year before."""
    return [
        Sample(f"{way}-{n}", SampleKind.DRUG, (), place=ALAMEDA, collected=FIRST - timedelta(95 + n), methods=(way,))
        for n in range(number)
    ]


def _finds() -> list[Sample]:
    return [
        Sample(f"new-{n}", SampleKind.DRUG, (Finding("x", "isotonitazene", "GCMS"),), place=ALAMEDA,
               collected=FIRST + timedelta(3 * n), methods=("GCMS",))
        for n in range(3)
    ]  # fmt: skip


def _app(url: str) -> App:
    app = open_app(parse(CONFIG.format(url=url), "denominators.toml", {}), {}, durable=False)
    seed(app, datetime(2025, 2, 1, tzinfo=UTC))
    return app


def _replayed(url: str, samples: list[Sample]) -> tuple[list[ReplayedAlert], list[tuple[date, str]], int]:
    """Alerts as they opened; what a backtest of the same threshold says; and the tests that a plot would draw."""
    app = _app(url)
    try:
        rows = list(replay(app, "lab", samples, first=FIRST, last=LAST, lag=timedelta(days=2)))
        with app.store.read() as connection:
            rules = thresholds.current(connection)
            counts = day_counts(
                connection, substances={"isotonitazene"}, place=ALAMEDA, kind="drug", first=date(2024, 1, 1),
                last=LAST, now=datetime(2025, 4, 1, tzinfo=UTC), sees=lambda way: could_see(way, "isotonitazene"),
            )  # fmt: skip
        past = Past.of_samples(app, "lab", samples, timedelta(days=2))
        said = backtest(app, {"": rules}, past, first=FIRST, last=LAST)[""]
        tried = [(r.on, r.substance) for r in said if r.version == 1]
        return rows, tried, sum(c.tested for c in counts)
    finally:
        app.close()


def test_infrared_negatives_neither_make_a_nitazene_new_nor_water_it_down(
    sqlite_files: SqliteFiles, postgres_server: Postgres
) -> None:
    for infrared, mass, baseline in ((200, 0, None), (200, 40, 40), (0, 40, 40)):
        samples = [*_year("FTIR", infrared), *_year("GCMS", mass), *_finds()]
        here, tried, drawn = _replayed(sqlite_files.migrated(), samples)
        there, tried_there, drawn_there = _replayed(postgres_server.migrated(), samples)
        assert json.dumps(as_json(here)) == json.dumps(as_json(there))
        assert tried == tried_there
        assert drawn == drawn_there == mass + 3
        opened = [r for r in here if r.version == 1]
        assert tried == [(r.on, r.substance) for r in opened]
        if baseline is None:
            assert opened == [], "nobody who could have seen it looked before: nothing says that it is new"
        else:
            assert [(r.substance, r.on) for r in opened] == [("isotonitazene", FIRST + timedelta(8))]
            assert f"none of {baseline} did" in opened[0].sentences[0]
