"""A guest at other people's servers: what a feed asks of us is done, one line for each thing that may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.collection.collect import collect
from alerts.flow.thresholds.seed import seed
from alerts.model.feed_state import FeedCondition, FeedState
from alerts.store import feeds
from tests.databases import SqliteFiles
from tests.evidence.programme import at
from tests.peers import lab_peer
from tests.peers.lab_peer import Laboratory, Misbehaviour, Published, _Handler

NEWS = b"""<rss version="2.0"><channel><title>n</title><item><title>Xylazine was found</title><guid>1</guid>
<pubDate>Mon, 03 Mar 2025 08:00:00 GMT</pubDate></item></channel></rss>"""
MORNING = at("2025-03-03 09:00")
HOUR = timedelta(hours=1)


@dataclass
class Guest:
    """A programme with one feed, read every hour."""

    app: App
    site: Laboratory

    def read(self, now: datetime) -> FeedState:
        collect(self.app, now, force=True)
        with self.app.store.read() as connection:
            (state,) = feeds.everything(connection)
        return state


@pytest.fixture
def guest(sqlite_files: SqliteFiles) -> Iterator[Guest]:
    with Laboratory() as site:
        site.publish(NEWS, "/news", "application/rss+xml")
        text = f"""[store]\nurl = "{sqlite_files.migrated()}"\n[feeds.news]\npreset = "health-department-rss"
url = "{site.url("/news")}"\nevery = "1h"\nallow_private = true\n"""
        app = open_app(parse(text, "test", {}), {}, durable=False)
        try:
            seed(app, at("2025-01-01 00:00"))
            yield Guest(app, site)
        finally:
            app.close()


def with_headers(**headers: str) -> Misbehaviour:
    """The document, with these headers beside it."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(handler: _Handler, document: Published | None) -> int:
        assert document is not None
        if handler.headers.get("If-None-Match") == '"v1"':
            return handler.reply(304, b"", "", given)
        return handler.reply(200, document.body, document.content_type, given)

    return answer


def test_a_document_that_has_not_changed_is_asked_for_by_its_tag_and_not_sent_again(guest: Guest) -> None:
    guest.read(MORNING)
    state = guest.read(MORNING + HOUR)
    first, second = guest.site.asked
    assert "If-None-Match" not in first.headers
    assert second.headers["If-None-Match"] == state.etag != ""
    assert second.headers["If-Modified-Since"] == state.last_modified != ""
    assert (first.status, second.status, state.condition) == (200, 304, FeedCondition.UNCHANGED)


def test_a_source_with_a_date_and_no_tag_is_asked_by_its_date(guest: Guest) -> None:
    guest.site.misbehave("/news", with_headers(Last_Modified="Mon, 03 Mar 2025 08:00:00 GMT"))
    guest.read(MORNING)
    guest.read(MORNING + HOUR)
    second = guest.site.asked[1].headers
    assert second["If-Modified-Since"] == "Mon, 03 Mar 2025 08:00:00 GMT"
    assert "If-None-Match" not in second


def test_the_same_bytes_from_a_source_that_knows_no_tags_are_nothing_new(guest: Guest) -> None:
    guest.site.misbehave("/news", with_headers())
    guest.read(MORNING)
    assert guest.read(MORNING + HOUR).condition is FeedCondition.UNCHANGED


def test_a_broken_document_is_not_believed_unchanged_by_its_tag(guest: Guest) -> None:
    guest.site.publish(b"<html>sign in</html>", "/news", "text/html")
    assert guest.read(MORNING).condition is FeedCondition.BROKEN
    guest.read(MORNING + HOUR)
    assert "If-None-Match" not in guest.site.asked[1].headers


def test_readings_are_never_early_and_a_little_late(guest: Guest) -> None:
    late = [guest.read(now).next_due - now - HOUR for now in (MORNING + n * HOUR for n in range(6))]  # type: ignore[operator]
    assert all(timedelta() <= spread <= timedelta(minutes=5) for spread in late)
    assert len(set(late)) == len(late), "each at another second of its hour"


@pytest.mark.parametrize(
    ("how", "least"),
    [
        (lab_peer.busy(429, "7200"), 2 * HOUR),
        (lab_peer.busy(503, "Mon, 03 Mar 2025 20:00:00 GMT"), 11 * HOUR),
        (with_headers(Retry_After="10800"), 3 * HOUR),
        (with_headers(Cache_Control="public, max-age=14400"), 4 * HOUR),
    ],
    ids=["Retry-After in seconds", "Retry-After as a date", "Retry-After with a document", "max-age"],
)
def test_what_a_source_asks_for_is_the_least_wait(guest: Guest, how: Misbehaviour, least: timedelta) -> None:
    guest.site.misbehave("/news", how)
    due = guest.read(MORNING).next_due
    assert due is not None
    assert least <= due - MORNING <= least + timedelta(minutes=5)
    assert collect(guest.app, due - timedelta(seconds=1)) == []
    assert len(guest.site.asked) == 1, "not one request before that"


def test_max_age_holds_for_an_unchanged_document_too(guest: Guest) -> None:
    guest.site.misbehave("/news", with_headers(ETag='"v1"', Cache_Control="max-age=14400"))
    guest.read(MORNING)
    again = guest.read(MORNING + 24 * HOUR)
    assert again.condition is FeedCondition.UNCHANGED
    assert again.next_due is not None
    assert again.next_due - (MORNING + 24 * HOUR) >= 4 * HOUR


def test_a_short_max_age_is_no_leave_to_come_sooner(guest: Guest) -> None:
    guest.site.misbehave("/news", with_headers(Cache_Control="max-age=1"))
    due = guest.read(MORNING).next_due
    assert due is not None
    assert due - MORNING >= HOUR


def test_a_source_that_fails_is_asked_less_and_less(guest: Guest) -> None:
    guest.site.misbehave("/news", lab_peer.busy(500, ""))
    states = [guest.read(MORNING + n * HOUR) for n in range(5)]
    assert [s.failures for s in states] == [1, 2, 3, 4, 5]
    assert all(s.next_due is not None and s.next_due >= MORNING + (n + 1) * HOUR for n, s in enumerate(states))


def test_it_says_who_asks_and_whom_to_write_to(guest: Guest) -> None:
    guest.read(MORNING)
    agent = guest.site.asked[0].headers["User-Agent"]
    assert agent.lower().startswith("supplywatch/")
    assert agent == guest.app.user_agent
