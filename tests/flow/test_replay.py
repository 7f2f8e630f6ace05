"""Real history through the whole system: the known answers, the same each time, on either database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from alerts.app import open_app
from alerts.config.feed import Feed
from alerts.config.load import parse
from alerts.flow.collection.brought import Document
from alerts.flow.collection.read import read
from alerts.flow.history.replay import ReplayedAlert, as_json, replay
from alerts.flow.thresholds.seed import seed
from alerts.record.verify import verify
from alerts.store import ledger_rows
from detectors.sample import Sample
from detectors.words.naming import name_reading
from tests.databases import Postgres, SqliteFiles
from tests.flow.nouns import NOW
from tests.shared import shared

CONFIG = """
[programme]
state = "PA"
time_zone = "America/New_York"
[store]
url = "{url}"
[lists]
life-at-risk = ["carfentanil"]
[thresholds.new-here]
method = "novelty"
substances = ["role:contaminant"]
scope = "county"
kinds = ["death"]
level = "advisory"
release = "automatic"
parameters = {{ findings = 3, days = 90, strays = 1 }}
cool_down_days = 60
expires_days = 60
longest_days = 180
update_hours = 72
review_hours = 24
"""
FIRST, LAST = date(2016, 1, 1), date(2017, 12, 31)

Replayed = Callable[[str, date, date], list[ReplayedAlert]]


@pytest.fixture(scope="module")
def replayed() -> Replayed:
    """Replays Allegheny County's deaths, known 60 days after they happened, in the database at a URL."""
    body = shared("data/allegheny_me/deaths_long.csv").read_bytes()
    feed = Feed(preset="allegheny-me", folder=".", every=timedelta(days=1), cadence_days=1)
    reading = read(feed, [Document("deaths_long.csv", body)], received=NOW.date())
    named: list[tuple[Sample, ...]] = []

    def run(url: str, first: date, last: date) -> list[ReplayedAlert]:
        app = open_app(parse(CONFIG.format(url=url), "replay.toml", {}), {}, durable=False)
        try:
            if not named:
                named.append(name_reading(reading, app.lexicon, app.gazetteer).reading.samples)
            seed(app, NOW)
            samples = [s for s in named[0] if s.collected and first - timedelta(days=500) < s.collected <= last]
            rows = list(replay(app, "deaths", samples, first=first, last=last, lag=timedelta(days=60)))
            with app.store.read() as connection:
                assert verify(ledger_rows.rows(connection), ledger_rows.head(connection)).problems == ()
        finally:
            app.close()
        return rows

    return run


def test_two_known_years_are_found(replayed: Replayed, sqlite_files: SqliteFiles) -> None:
    """Acetylfentanyl, furanylfentanyl and carfentanil came to Pittsburgh in 2016 and 2017."""
    rows = replayed(sqlite_files.migrated(), FIRST, LAST)
    firsts = {r.substance: r for r in rows if r.version == 1}
    assert {"acetylfentanyl", "furanylfentanyl", "carfentanil"} <= set(firsts)
    for row in rows:
        assert row.first_event is None or row.first_event + timedelta(days=60) <= row.on, "known before its day"
        assert row.evidence
        assert row.region == "42"
    assert [r.on for r in rows] == sorted(r.on for r in rows)


def test_twice_and_on_postgresql_it_is_the_same_byte_for_byte(
    replayed: Replayed, sqlite_files: SqliteFiles, postgres_server: Postgres
) -> None:
    span = (date(2016, 7, 1), date(2016, 12, 31))
    urls = (sqlite_files.migrated(), sqlite_files.migrated(), postgres_server.migrated())
    once, again, there = (json.dumps(as_json(replayed(url, *span))).encode() for url in urls)
    assert len(json.loads(once)) > 0
    assert again == once
    assert there == once
