"""A backtest says what a day-by-day replay of the whole system says, edition by edition and text by text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.app import App, open_app
from alerts.config.feed import Feed
from alerts.config.load import parse
from alerts.flow.collection.brought import Document
from alerts.flow.collection.read import read
from alerts.flow.history.backtest import backtest
from alerts.flow.history.let_out import let_out
from alerts.flow.history.past import Past
from alerts.flow.history.replay import HOUR, ReplayedAlert, replay
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.thresholds.seed import seed
from alerts.flow.watch import look
from alerts.store import evidence, partners, thresholds
from detectors.sample import Sample
from detectors.simulator.counties import CountyVolume
from detectors.simulator.settings import Emergence, Shape, SimulationSettings
from detectors.simulator.simulate import simulate
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv
from detectors.words.naming import name_reading
from tests.databases import SqliteFiles
from tests.shared import shared

RULE = """
[thresholds.{name}]
method = "{method}"
substances = [{what}]
scope = "county"
kinds = ["{kind}"]
level = "{level}"
release = "{release}"
cool_down_days = 30
expires_days = 30
longest_days = 120
update_hours = 48
review_hours = 12
"""


def opened(files: SqliteFiles, kind: str, state: str) -> App:
    rules = [
        RULE.format(name="one", method="watchlist", what='"tier:1"', kind=kind, level="act_now", release="automatic"),
        RULE.format(name="new", method="novelty", what='"*"', kind=kind, level="advisory", release="review"),
        RULE.format(name="rise", method="emergence", what='"*"', kind=kind, level="info", release="review"),
    ]
    text = f'[programme]\nstate = "{state}"\n[store]\nurl = "{files.migrated()}"\n' + "".join(rules)
    app = open_app(parse(text, "backtest.toml", {}), {}, durable=False)
    seed(app, datetime(2010, 1, 1, tzinfo=UTC))
    row = {"partner": "Outreach", "phone": "+15105550111", "email": "", "language": "en", "consent": "signed form"}
    add_contact(app, {**row, "places": state}, "test", datetime(2010, 1, 1, tzinfo=UTC))
    desk = {"partner": "Desk", "phone": "", "email": "desk@bay.example", "language": "es", "places": state}
    add_contact(app, {**desk, "consent": "signed form"}, "test", datetime(2010, 1, 1, tzinfo=UTC))
    return app


def both(
    app: App, samples: Sequence[Sample], first: date, last: date, lag: int
) -> tuple[tuple[ReplayedAlert, ...], tuple[ReplayedAlert, ...]]:
    past = Past.of_samples(app, "lab", samples, timedelta(days=lag))
    with app.store.read() as connection:
        rules, people = thresholds.current(connection), partners.everybody(connection)
    fast = backtest(app, {"": rules}, past, first=first, last=last, contacts=people)[""]
    slow = tuple(replay(app, "lab", samples, first=first, last=last, lag=timedelta(days=lag)))
    return fast, slow


def compare(fast: Sequence[ReplayedAlert], slow: Sequence[ReplayedAlert]) -> None:
    assert [(r.on, r.number, r.version, r.reason) for r in fast] == [
        (r.on, r.number, r.version, r.reason) for r in slow
    ]
    for ours, theirs in zip(fast, slow, strict=True):
        assert ours == theirs


def test_equal_on_real_deaths(sqlite_files: SqliteFiles) -> None:
    path = shared("data/allegheny_me/deaths_long.csv")
    app = opened(sqlite_files, "death", "PA")
    feed = Feed(preset="allegheny-me", folder=".", every=timedelta(days=1), cadence_days=1)
    reading = read(feed, [Document(path.name, path.read_bytes())], received=date(2025, 6, 1))
    samples = [
        s
        for s in name_reading(reading, app.lexicon, app.gazetteer).reading.samples
        if s.collected and date(2015, 12, 1) <= s.collected <= date(2017, 9, 1)
    ]
    fast, slow = both(app, samples, date(2017, 3, 1), date(2017, 6, 30), 30)
    compare(fast, slow)
    assert {"first sighting", "expired"} <= {r.reason for r in fast}
    assert sum(r.segments for r in fast) > 0
    assert max(r.people for r in fast) == 2
    app.close()


def simulated(app: App) -> list[Sample]:
    """Fourteen months of a small state; xylazine arrives in one county, carfentanil for three weeks in another."""
    counties = (CountyVolume("Alameda", "06001", 6.0), CountyVolume("Kern", "06029", 3.0))
    made = simulate(
        SimulationSettings(
            seed=11, first=date(2024, 1, 1), last=date(2025, 2, 28), counties=counties,
            emergences=(
                Emergence("xylazine", "Alameda", date(2024, 10, 1), Shape.NEW, 0.3),
                Emergence("carfentanil", "Kern", date(2024, 11, 1), Shape.SPIKE, 0.2),
            ),
        )
    )  # fmt: skip
    feed = Feed(preset="unc-lab-detail", folder=".", every=timedelta(days=1), cadence_days=1)
    documents = [
        Document("lab_detail.csv", lab_detail_csv(made.samples)),
        Document("analysis_dataset.csv", analysis_dataset_csv(made.samples)),
    ]
    reading = read(feed, documents, received=date(2025, 3, 31))
    return list(name_reading(reading, app.lexicon, app.gazetteer).reading.samples)


def test_equal_on_simulated_drug_checking(sqlite_files: SqliteFiles) -> None:
    app = opened(sqlite_files, "drug", "CA")
    fast, slow = both(app, simulated(app), date(2024, 10, 1), date(2024, 12, 31), 14)
    compare(fast, slow)
    assert {"xylazine", "carfentanil"} <= {r.substance for r in fast}
    app.close()


def _holds(sample: Sample, substance: str) -> bool:
    return any(f.substance == substance for f in sample.findings)


def test_equal_where_a_laboratory_changes_and_withdraws(sqlite_files: SqliteFiles) -> None:
    """The store's own past, with results that were taken back, against the days as they really passed."""
    app = opened(sqlite_files, "drug", "CA")
    zone = app.configuration.programme.zone
    first, passed = date(2024, 10, 1), []
    told = {s.key: s for s in simulated(app) if s.collected and s.collected < date(2024, 12, 20)}
    for n in range(75):
        day = first + timedelta(days=n)
        now = datetime.combine(day, HOUR, tzinfo=zone).astimezone(UTC)
        held = {k: s for k, s in told.items() if s.collected and s.collected + timedelta(days=9) <= day}
        if n > 55:  # what was medetomidine turns out to have been nothing, and every seventh sample vanishes
            kept = {k: replace(s, findings=()) if _holds(s, "medetomidine") else s for k, s in held.items()}
            held = {k: s for k, s in kept.items() if int(k[3:]) % 7}
        with app.store.write() as connection:
            evidence.store(
                connection, "lab", list(held.values()), now=now, document=1, whole=True,
                known_on=lambda s, day=day, n=n: s.collected + timedelta(days=9) if not n else day,
            )  # fmt: skip
        seen = look(app, now)
        if seen.versions:
            let_out(app, now)
        passed += [(day, str(v.reason), v.change, tuple(p.evidence for p in v.places)) for v in seen.versions]
    with app.store.read() as connection:
        rules = thresholds.current(connection)
    rows = backtest(app, {"": rules}, Past.of_store(app), first=first, last=day)[""]
    assert [(r.on, r.reason) for r in rows] == [(on, reason) for on, reason, _, _ in passed]
    assert [r.evidence for r in rows] == [tuple(x for place in e for x in place) for *_, e in passed]
    assert "corrected" in {r.reason for r in rows}
    app.close()


def test_variants_differ_and_weekly_looks_are_late_by_at_most_six_days(sqlite_files: SqliteFiles) -> None:
    app = opened(sqlite_files, "drug", "CA")
    past = Past.of_samples(app, "lab", simulated(app), timedelta(days=14))
    with app.store.read() as connection:
        rules = thresholds.current(connection)
    only = [replace(r, enabled=r.name == "new") for r in rules]
    strict = [replace(r, parameters={"findings": 12}) if r.name == "new" else r for r in only]
    span = {"first": date(2024, 10, 1), "last": date(2024, 12, 31)}
    said = backtest(app, {"three": only, "twelve": strict}, past, every=7, **span)  # type: ignore[arg-type]
    daily = backtest(app, {"three": only}, past, **span)["three"]  # type: ignore[arg-type]
    opened_on = [{r.substance: r.on for r in reversed(rows) if r.version == 1} for rows in (said["three"], daily)]
    assert len(said["twelve"]) < len(said["three"])
    assert opened_on[0].keys() == opened_on[1].keys()
    assert all(0 <= (opened_on[0][s] - on).days <= 6 for s, on in opened_on[1].items())
    with pytest.raises(ValueError, match="every 0"):
        backtest(app, {}, past, every=0, **span)  # type: ignore[arg-type]
    app.close()
