"""What is heard from elsewhere, what falls silent and what is no longer found, from the feed to the person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.addressing.plan import Plan, plan
from alerts.flow.collection.collect import collect
from alerts.flow.detection.explain_signal import explain_signal
from alerts.flow.detection.unheard import Unheard, unheard
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.thresholds.seed import seed
from alerts.flow.watch import Watched, look
from alerts.store import alerts, evidence, signals
from detectors.sample import Finding, Sample, SampleKind
from tests.databases import Postgres, SqliteFiles

NEWS = "A laboratory in Philadelphia detected medetomidine in 20 of 31 samples of powder last week."
RULE = """
[thresholds.{method}]
method = "{method}"
substances = ["role:contaminant"]
scope = "{scope}"
kinds = ["notice", "drug", "death"]
level = "{level}"
release = "review"
cool_down_days = 30
expires_days = 30
longest_days = 90
update_hours = 24
review_hours = 12
"""
CONFIG = """
[programme]
name = "Bay Alerts"
state = "CA"
[store]
url = "{store}"
[feeds.news]
preset = "cfsre-alerts"
folder = "{drop}"
source = "National lab alerts"
every = "1d"
"""
CONFIG += "".join(
    RULE.format(method=m, scope=s, level=v)
    for m, s, v in (("mention", "state", "info"), ("silence", "county", "act_now"), ("gone", "county", "act_now"))
)
PARTNER = {"partner": "Eastside Outreach", "email": "desk@eastside.example", "places": "CA", "consent": "signed form",
           "least": "info"}  # fmt: skip


def noon(day: int) -> datetime:
    return datetime(2025, 1, 1, 20, 0, tzinfo=UTC) + timedelta(days=day)


@dataclass
class Watching:
    """A programme that reads national notices and has the results of one laboratory."""

    app: App
    drop: Path

    def notices(self, day: int, *texts: str) -> Watched:
        items = "".join(
            f"<item><guid>urn:{n}</guid><title>Public alert {n}</title><link>https://lab.example/{n}</link>"
            f"<pubDate>{noon(day):%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{escape(text)}</description></item>"
            for n, text in enumerate(texts)
        )
        path = self.drop / "news.xml"
        path.write_text(f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>')
        os.utime(path, (noon(day).timestamp() - 60,) * 2)
        collect(self.app, noon(day), only=["news"], force=True)
        return look(self.app, noon(day))

    def lab(self, first: int, last: int, *found: str, step: int = 3, place: str = "06001") -> None:
        """A sample every `step` days, each known on the day it was taken."""
        for day in range(first, last, step):
            made = Sample(
                f"s{place}{day}", SampleKind.DRUG, tuple(Finding(f, f, "GCMS") for f in found), place=place,
                collected=noon(day).date(), methods=("GCMS",),
            )  # fmt: skip
            with self.app.store.write() as connection:
                evidence.store(
                    connection, "lab", [made], now=noon(day), document=0, known_on=self._day(day), whole=False
                )

    @staticmethod
    def _day(day: int):  # type: ignore[no-untyped-def]
        return lambda _sample: noon(day).date()

    def for_staff(self, day: int) -> list[Unheard]:
        with self.app.store.read() as connection:
            return unheard(self.app, connection, noon(day))

    def planned(self, day: int) -> Plan:
        with self.app.store.read() as connection:
            (alert,) = alerts.everything(connection)
            return plan(self.app, connection, alert, alerts.versions(connection, alert.id)[-1], noon(day))


LISTED = CONFIG + RULE.format(method="watchlist", scope="county", level="act_now")


@pytest.fixture(params=[CONFIG])
def watching(databases: SqliteFiles | Postgres, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watching]:
    drop = tmp_path / "drop"
    drop.mkdir()
    app = open_app(parse(request.param.format(store=databases.migrated(), drop=drop), "test", {}), {}, durable=False)
    try:
        seed(app, noon(0))
        add_contact(app, PARTNER, "test", noon(0))
        yield Watching(app, drop)
    finally:
        app.close()


def test_news_from_elsewhere_is_told_as_a_notice_and_never_as_found_here(watching: Watching) -> None:
    watching.lab(0, 100, "fentanyl")
    watching.notices(100, "Nothing new this week.")
    seen = watching.notices(101, "Nothing new this week.", NEWS)
    (intent,) = seen.intents
    assert (intent.substance, intent.region, intent.kind, str(intent.level)) == ("medetomidine", "06", "notice", "info")
    (edition,) = seen.versions
    assert (str(edition.state), edition.confidence) == ("held for review", "bulletin")
    planned = watching.planned(101)
    assert planned.kind == "bulletin"
    assert {f.rule for f in planned.findings} <= {"unreviewed"}
    (mail,) = planned.texts
    assert "National lab alerts reports medetomidine in the United States." in mail.text
    assert "It is not a test of ours." in mail.text
    assert "https://lab.example/1" in mail.text
    assert "found in" not in mail.text.lower().replace("what was found", "")
    again = explain_signal(watching.app, edition.signals[0])
    assert again.equal, again.differences
    assert "none of 34 tests in California" in again.sentence


def test_what_is_here_already_makes_no_news_from_elsewhere(watching: Watching) -> None:
    watching.lab(0, 100, "medetomidine")
    watching.notices(100, "Nothing new this week.")
    assert watching.notices(101, "Nothing new this week.", NEWS).intents == ()


def test_a_notice_that_is_corrected_corrects_its_alert(watching: Watching) -> None:
    watching.notices(100, "Nothing new this week.")
    watching.notices(101, "Nothing new this week.", NEWS)
    seen = watching.notices(103, "Nothing new this week.", NEWS.replace("detected", "did not detect"))
    assert [str(i.reason) for i in seen.intents] == ["corrected"]
    assert seen.intents[0].because == "notice_changed"


def test_silence_is_for_staff_and_ends_with_the_next_result(watching: Watching) -> None:
    watching.lab(0, 200, "fentanyl")
    seen = look(watching.app, noon(230))
    assert seen.intents == seen.versions == ()
    (one,) = watching.for_staff(230)
    assert one.stored.signal.method == "silence"
    assert one.stored.signal.last_seen == date(2025, 1, 1) + timedelta(days=198)
    assert one.sentence.startswith("No results on drug samples have come from Alameda County, CA for")
    assert explain_signal(watching.app, one.stored.id).equal
    look(watching.app, noon(231))
    assert len(watching.for_staff(231)) == 1  # said once, however often it is looked at
    watching.lab(232, 233)
    assert watching.for_staff(232) == []


def test_what_is_no_longer_found_is_for_staff_until_it_is_found_again(watching: Watching) -> None:
    watching.lab(0, 100, "xylazine")
    watching.lab(100, 240)
    seen = look(watching.app, noon(240))
    assert seen.intents == seen.versions == ()
    (one,) = watching.for_staff(240)
    assert (one.stored.signal.method, one.stored.signal.substance, one.stored.signal.place) == (
        "gone",
        "xylazine",
        "06001",
    )
    assert "does not mean that nothing is in the supply" in one.sentence
    assert explain_signal(watching.app, one.stored.id).equal
    with watching.app.store.read() as connection:
        assert alerts.everything(connection) == []
        assert {s.signal.method for _, s in signals.latest(connection)} == {"gone"}
    watching.lab(241, 242, "xylazine")
    assert watching.for_staff(241) == []


@pytest.mark.parametrize("watching", [LISTED], indirect=True, ids=["with a watchlist"])
def test_an_absence_in_one_county_is_no_news_for_an_alert_on_another(watching: Watching) -> None:
    """Alameda's last xylazine is from day 99; Contra Costa finds it on day 180, and Alameda's absence is said then."""
    watching.lab(0, 100, "xylazine")
    watching.lab(100, 240)
    watching.lab(180, 181, "xylazine", place="06013")
    seen = [look(watching.app, noon(day)) for day in range(180, 206)]
    editions = [v for one in seen for v in one.versions]
    assert [[p.place for p in v.places] for v in editions] == [["06013"]]
    with watching.app.store.read() as connection:
        said = {(s.signal.method, s.signal.place) for _, s in signals.latest(connection)}
    assert said == {("watchlist", "06013"), ("gone", "06001")}


def test_a_replay_leaves_out_what_is_for_staff_alone(watching: Watching) -> None:
    watching.lab(0, 100, "xylazine")
    watching.lab(100, 240)
    assert look(watching.app, noon(240), for_staff=False).versions == ()
    assert watching.for_staff(240) == []
    assert look(watching.app, noon(240)).versions == ()
    assert [one.stored.signal.method for one in watching.for_staff(240)] == ["gone"]
