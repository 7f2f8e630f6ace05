"""How feeds are doing: late, silent, how long their results take, and old documents under today's code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerts.app import open_app
from alerts.cli.feeds import _facts
from alerts.config.load import parse
from alerts.flow.collection.collect import _spread, collect
from alerts.flow.collection.lateness import judge, lateness
from alerts.flow.collection.name_substance import name_substance
from alerts.flow.collection.reparse import NotThereError, reparse
from alerts.flow.thresholds.seed import seed
from alerts.flow.upkeep.tidy import tidy
from alerts.model.feed_state import FeedCondition, FeedState
from alerts.model.staff import Person, Role
from alerts.store import archive, evidence, feeds, side_evidence
from alerts.store.lags import lag
from tests.databases import Postgres, SqliteFiles
from tests.evidence.programme import FEED, Programme, at, programme
from tests.peers.lab_peer import Laboratory

HEADER = "sampleid,substance,abundance,method,date_complete,primary,lab_null\n"
ANALYSIS = (
    "sampleid,county,state,date_collect,date_complete,expectedsubstance,lab_null,lab_num_substances_any,lab_fentanyl\n"
)
DAY = timedelta(days=1)


def stata(day: date) -> str:
    return day.strftime("%d%b%Y").lower()


def tables(lags: list[int], done: date, first: int = 0) -> tuple[str, str]:
    """Both tables of samples that were finished on `done`, each so many days after its collection."""
    rows = [(str(first + n), done - n_days * DAY) for n, n_days in enumerate(lags)]
    detail = HEADER + "".join(f'"{key}","fentanyl","","GCMS",{stata(done)},1,\n' for key, _ in rows)
    samples = ANALYSIS + "".join(
        f'"{key}","Alameda County","CA",{stata(taken)},{stata(done)},"heroin",,1,1\n' for key, taken in rows
    )
    return detail, samples


@pytest.fixture
def fed(databases: SqliteFiles | Postgres, tmp_path: Path) -> Iterator[Programme]:
    with programme(databases.migrated(), tmp_path, "unc-lab-detail") as opened:
        yield opened


def test_how_long_results_take_is_seen_and_told(fed: Programme) -> None:
    first, later = at("2025-03-03 20:00"), at("2025-03-10 20:00")
    lags = list(range(1, 41))
    for name, body in zip(("lab_detail.csv", "analysis_dataset.csv"), tables(lags, first.date()), strict=True):
        fed.drop(name, body, first)
    fed.collect(first)
    state = fed.state()
    assert (state.lag_tenth, state.lag_median, state.lag_ninety) == (4, 20, 36)
    assert state.incomplete_since(date(2025, 3, 10)) == date(2025, 2, 2)
    told = " ".join(_facts(state, date(2025, 3, 10)))
    assert "half of the results take 20 days" in told
    assert "since 2025-02-02 is not complete" in told
    # Results that come a week after they were finished are known a week later, whatever date they bear.
    both = zip(tables(lags, first.date()), tables(lags, first.date(), first=100), strict=True)
    for name, (old, new) in zip(("lab_detail.csv", "analysis_dataset.csv"), both, strict=True):
        fed.drop(name, old + new.split("\n", 1)[1], later)
    fed.collect(later)
    with fed.app.store.read() as connection:
        seen = lag(connection, FEED, later.date())
        assert seen is not None
        assert (seen.median, seen.samples) == (24, 80)
        assert lag(connection, "nobody", later.date()) is None


def test_a_feed_is_late_then_silent_each_told_once_and_its_return_clears_it(fed: Programme) -> None:
    fed.drop("lab_detail.csv", tables([5], date(2025, 3, 2))[0], at("2025-03-03 09:00"))
    fed.collect(at("2025-03-03 09:00"))
    assert lateness(fed.app, at("2025-03-04 09:00")) == []
    # The cadence is 7 days, the preset's lag 20: by its data it is late on the 30th of March, by its silence before.
    (late,) = lateness(fed.app, at("2025-03-10 10:00"))
    assert late.condition is FeedCondition.LATE
    assert "does not mean that nothing is in the supply" in late.sentence
    assert lateness(fed.app, at("2025-03-11 10:00")) == []
    (silent,) = lateness(fed.app, at("2025-03-25 10:00"))
    assert silent.condition is FeedCondition.SILENT
    assert fed.collect(at("2025-03-26 09:00")).condition is FeedCondition.SILENT, "that it answers is no news"
    fed.drop("lab_detail.csv", tables([5, 6], date(2025, 3, 25))[0], at("2025-03-27 09:00"))
    assert fed.collect(at("2025-03-27 09:00")).condition is FeedCondition.FRESH
    with fed.app.store.read() as connection:
        told = [condition for _, condition, _, _ in feeds.events(connection, FEED)]
    assert told == [FeedCondition.FRESH, FeedCondition.SILENT, FeedCondition.LATE, FeedCondition.FRESH]


def test_a_source_that_only_sends_old_data_is_late_however_much_comes() -> None:
    state = FeedState("x", FeedCondition.FRESH, last_new=at("2025-03-03 09:00"), newest=date(2023, 6, 1))
    overdue = judge(state, timedelta(days=31), at("2025-03-03 10:00"), lag_days=45)
    assert overdue is not None
    assert overdue.condition is FeedCondition.SILENT
    assert "2023-06-01" in overdue.sentence
    fresh = replace(state, newest=date(2025, 1, 31))
    assert judge(fresh, timedelta(days=31), at("2025-03-03 10:00"), lag_days=45) is None
    assert judge(replace(state, condition=FeedCondition.BROKEN), timedelta(days=31), at("2025-03-03 10:00")) is None


def test_without_a_cadence_the_preset_knows_it() -> None:
    text = '[feeds.city]\npreset = "nyc-monthly"\nfolder = "drop"\nevery = "1d"\n'
    assert parse(text, "own.toml", {}).feeds["city"].cadence_days == 31
    assert parse(text + "cadence_days = 3\n", "own.toml", {}).feeds["city"].cadence_days == 3


def test_an_old_document_under_todays_code(fed: Programme) -> None:
    monday, friday = at("2025-03-03 09:00"), at("2025-03-07 09:00")
    body = HEADER + '"1","Zorvaphine","","GCMS",02mar2025,1,\n"2","fentanyl","","GCMS",02mar2025,1,\n'
    fed.drop("lab_detail.csv", body, monday)
    fed.collect(monday)
    with fed.app.store.read() as connection:
        (document,) = archive.documents_of(connection, FEED)
    read = reparse(fed.app, str(document.id))
    assert (read.same, read.changes, read.quarantined) == (2, (), ())
    ana = Person(1, "Ana", Role.STAFF)
    name_substance(fed.app, "zorvaphine", english="zorvaphine", category="orphine", by=ana, why="new", now=friday)
    read = reparse(fed.app, document.sha256[:10])
    (change,) = read.changes
    assert (read.same, change.key, change.what) == (1, "1", "findings")
    assert change.after is not None
    assert change.after.findings[0].substance == "zorvaphine"
    with pytest.raises(NotThereError, match="no document"):
        reparse(fed.app, "999")


def test_raw_bytes_are_dropped_when_their_time_is_up_and_their_hash_stays(fed: Programme) -> None:
    fed.drop("lab_detail.csv", tables([5], date(2025, 3, 2))[0], at("2025-03-03 09:00"))
    fed.collect(at("2025-03-03 09:00"))
    with fed.app.store.read() as connection:
        (before,) = archive.documents_of(connection, FEED)
    days = fed.app.configuration.privacy.archive_days
    assert tidy(fed.app, at("2025-03-03 09:00") + timedelta(days=days)) == 0
    assert tidy(fed.app, at("2025-03-03 09:01") + timedelta(days=days)) == 1
    with fed.app.store.read() as connection:
        (after,) = archive.documents_of(connection, FEED)
    assert (before.kept, after.kept, after.sha256) == (True, False, before.sha256)
    with pytest.raises(NotThereError, match=f"dropped after {days} days"):
        reparse(fed.app, str(after.id))


def test_readings_are_spread_and_never_early() -> None:
    now, hour = at("2025-03-03 09:00"), timedelta(hours=1)
    spreads = [_spread(f"feed-{n}", hour, now) for n in range(200)]
    assert all(timedelta() <= s <= timedelta(minutes=5) for s in spreads)
    assert len(set(spreads)) == 200
    assert max(spreads) - min(spreads) > timedelta(minutes=4)
    assert _spread("a", hour, now) == _spread("a", hour, now) != _spread("a", hour, now + hour)
    assert _spread("a", timedelta(minutes=1), now) == timedelta()


NEWS = b"""<rss version="2.0"><channel><title>n</title><item><title>Xylazine was found</title><guid>1</guid>
<pubDate>Mon, 03 Mar 2025 08:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.mark.parametrize(
    ("rules", "condition"),
    [
        (b"User-agent: *\nDisallow: /private\n", FeedCondition.FRESH),
        (b"User-agent: *\nDisallow: /news\n", FeedCondition.REFUSED),
        (b"User-agent: supplywatch\nDisallow: /\n", FeedCondition.REFUSED),
        (b"User-agent: other\nDisallow: /\n", FeedCondition.FRESH),
        (None, FeedCondition.FRESH),
    ],
)
def test_robots_rules_are_kept_where_the_operator_says_so(
    sqlite_files: SqliteFiles, rules: bytes | None, condition: FeedCondition
) -> None:
    with Laboratory() as site:
        site.publish(NEWS, "/news/rss", "application/rss+xml")
        if rules is not None:
            site.publish(rules, "/robots.txt", "text/plain")
        text = f"""[store]\nurl = "{sqlite_files.migrated()}"\n[feeds.news]\npreset = "health-department-rss"
url = "{site.url("/news/rss")}"\nevery = "1d"\nallow_private = true\nrobots = true\n"""
        app = open_app(parse(text, "test", {}), {}, durable=False)
        try:
            seed(app, at("2025-01-01 00:00"))
            (outcome,) = collect(app, at("2025-03-03 09:00"), force=True)
        finally:
            app.close()
        assert outcome.condition is condition, outcome.sentence
        read = ["/news/rss"] if condition is FeedCondition.FRESH else []
        assert [a.path for a in site.asked] == ["/robots.txt", *read]


def test_a_place_that_nobody_knows_goes_to_review_and_is_counted_for_the_state(fed: Programme) -> None:
    when = at("2025-03-03 20:00")
    detail, samples = tables([5], when.date())
    fed.drop("lab_detail.csv", detail, when)
    fed.drop("analysis_dataset.csv", samples.replace("Alameda County", "Alamoda Contry"), when)
    fed.collect(when)
    with fed.app.store.read() as connection:
        waiting = [(u.what, u.rows) for u in side_evidence.unrecognised_names(connection) if u.what == "place"]
        (sample,) = [s.place for s in evidence.samples_of(connection, FEED, now=when)]
    assert waiting == [("place", 1)]
    assert sample == "06"
