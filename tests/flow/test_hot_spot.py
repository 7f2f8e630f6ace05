"""A cluster over neighbouring counties, from stored results to an alert that waits for a person, and said again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from alerts.app import open_app
from alerts.config.load import parse
from alerts.flow.detection.detect import detect
from alerts.flow.detection.explain_signal import explain_signal
from alerts.flow.thresholds.seed import seed
from alerts.flow.watch import look
from alerts.store import evidence
from detectors.methods.cluster import cluster_counties
from detectors.methods.cluster_scan import SCANS
from detectors.sample import Finding, Sample, SampleKind
from tests.databases import Postgres, SqliteFiles

NITAZENES = ("isotonitazene", "metonitazene", "protonitazene", "etonitazene", "n-pyrrolidino-etonitazene")
COUNTIES = ("06001", "06013", "06029", "06037", "06067", "06073", "06085", "06019", "06107", "06023")
HEAD = """
[programme]
state = "CA"
[store]
url = "{store}"
"""
RULE = """
[thresholds.{name}]
method = "{method}"
substances = ["{substances}"]
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "review"
parameters = {{ {parameters} }}
cool_down_days = 60
expires_days = 60
longest_days = 180
update_hours = 168
review_hours = 24
"""
SCAN = "recurrence_weeks = 520, most_counties = 10"
HOT_SPOT = RULE.format(name="hot-spot", method="cluster", substances="xylazine", parameters=SCAN)
FIRST = datetime(2025, 1, 1, 20, tzinfo=UTC)


def day(n: int) -> date:
    return (FIRST + timedelta(days=n)).date()


def results(hot: Callable[[str, int], bool], share: float = 0.35) -> list[Sample]:
    """A year of ten counties with a sample every other day: xylazine in a few, in a third where it is hot."""
    r = random.Random(3)
    made = []
    for place in COUNTIES:
        for n in range(0, 364, 2):
            found = ["fentanyl", *(["xylazine"] if r.random() < (share if hot(place, n) else 0.04) else [])]
            findings = tuple(Finding(f, f, "GCMS") for f in found)
            made.append(
                Sample(f"{place}.{n}", SampleKind.DRUG, findings, place=place, collected=day(n), methods=("GCMS",))
            )
    return made


def test_two_neighbours_that_rise_make_one_alert(databases: SqliteFiles | Postgres) -> None:
    app = open_app(parse(HEAD.format(store=databases.migrated()) + HOT_SPOT, "test", {}), {}, durable=False)
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


def test_what_every_scan_and_the_tree_said_comes_out_equal(databases: SqliteFiles | Postgres) -> None:
    rules = [
        RULE.format(
            name=algorithm,
            method="cluster",
            substances="xylazine",
            parameters=f'most_counties = 10, algorithm = "{algorithm}"',
        )
        for algorithm in SCANS
    ] + [RULE.format(name="whole-class", method="tree", substances="class:nitazene", parameters="members = 3")]
    app = open_app(parse(HEAD.format(store=databases.migrated()) + "".join(rules), "test", {}), {}, durable=False)
    try:
        seed(app, FIRST)
        now = FIRST + timedelta(days=364)
        made = results(lambda place, n: place in ("06001", "06013") and n >= 336, share=0.6)
        # Five nitazenes in five counties, one sample each: no county's news and no substance's, but the class's.
        for place, name in zip(COUNTIES, NITAZENES, strict=False):
            findings = (Finding(name, name, "LC-MS"),)
            made.append(
                Sample(f"n.{name}", SampleKind.DRUG, findings, place=place, collected=day(360), methods=("LC-MS",))
            )
        with app.store.write() as connection:
            evidence.store(
                connection, "lab", made, now=now, document=0, whole=False, known_on=lambda s: s.collected or day(0)
            )
        said = detect(app, now)
        assert {s.threshold for s in said} == {*SCANS, "whole-class"}
        for signal in said:
            again = explain_signal(app, signal.id)
            assert again.equal, (signal.threshold, again.differences, again.problem)
            assert signal.signal.smallest is not None
            assert "would have been enough" in again.sentence or "fewer would not" in again.sentence
        (whole,) = (s.signal for s in said if s.threshold == "whole-class")
        assert (whole.substance, whole.place, whole.observed) == ("nitazene", "06", 5)
    finally:
        app.close()
