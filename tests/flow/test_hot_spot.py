"""A cluster over neighbouring counties, from stored results to an alert that waits for a person, and said again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from alerts.app import open_app
from alerts.config.load import parse
from alerts.flow.explain_signal import explain_signal
from alerts.flow.seed import seed
from alerts.flow.watch import look
from alerts.store import evidence
from detectors.methods.cluster import cluster_counties
from detectors.sample import Finding, Sample, SampleKind
from tests.databases import Postgres, SqliteFiles

COUNTIES = ("06001", "06013", "06029", "06037", "06067", "06073", "06085", "06019", "06107", "06023")
CONFIG = """
[programme]
state = "CA"
[store]
url = "{store}"
[thresholds.hot-spot]
method = "cluster"
substances = ["xylazine"]
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "review"
parameters = {{ recurrence_weeks = 520, most_counties = 10 }}
cool_down_days = 60
expires_days = 60
longest_days = 180
update_hours = 168
review_hours = 24
"""
FIRST = datetime(2025, 1, 1, 20, tzinfo=UTC)


def day(n: int) -> date:
    return (FIRST + timedelta(days=n)).date()


def results(hot: Callable[[str, int], bool]) -> list[Sample]:
    """A year of ten counties with a sample every other day: xylazine in a few, in a third where it is hot."""
    r = random.Random(3)
    made = []
    for place in COUNTIES:
        for n in range(0, 364, 2):
            found = ["fentanyl", *(["xylazine"] if r.random() < (0.35 if hot(place, n) else 0.04) else [])]
            findings = tuple(Finding(f, f, "GCMS") for f in found)
            made.append(
                Sample(f"{place}.{n}", SampleKind.DRUG, findings, place=place, collected=day(n), methods=("GCMS",))
            )
    return made


def test_two_neighbours_that_rise_make_one_alert(databases: SqliteFiles | Postgres) -> None:
    app = open_app(parse(CONFIG.format(store=databases.migrated()), "test", {}), {}, durable=False)
    try:
        seed(app, FIRST)
        made = results(lambda place, n: place in ("06001", "06013") and n >= 336)
        now = FIRST + timedelta(days=364)
        with app.store.write() as connection:
            evidence.store(
                connection, "lab", made, now=now, document=0, whole=False, known_on=lambda s: s.collected or day(0)
            )
        seen = look(app, now)
        (intent,) = seen.intents
        (signal,) = (s.signal for s in intent.signals)
        assert {"06001", "06013"} <= set(cluster_counties(signal))
        assert [str(v.state) for v in seen.versions] == ["held for review"]
        again = explain_signal(app, seen.versions[0].signals[0])
        assert again.equal, again.differences
        assert "Alameda County, CA" in again.sentence
        assert "Contra Costa County, CA" in again.sentence
    finally:
        app.close()
