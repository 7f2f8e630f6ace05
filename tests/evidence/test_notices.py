"""Notices in prose: what they say was found at a place is a field report, and nothing else of them is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path

import pytest

from alerts.store import evidence, side_evidence
from tests.databases import Postgres, SqliteFiles
from tests.evidence.programme import Programme, at, programme

MONDAY, FRIDAY = at("2025-03-03 09:00"), at("2025-03-07 09:00")
FOUND = "Laboratory tests detected medetomidine in powders collected in Alameda County on March 1, 2025."
OTHERS = (
    "Carfentanil was not detected in Alameda County.",
    "Officials in Alameda County suspect that bromazolam may be in the supply.",
    "Xylazine is a veterinary sedative that does not respond to naloxone.",
    "Nitazenes were detected in several states last month.",
)


def feed(*texts: str) -> str:
    items = "".join(
        f"<item><guid>urn:{n}</guid><title>Notice {n}</title><link>https://health.example/{n}</link>"
        f"<pubDate>Sun, 02 Mar 2025 10:00:00 GMT</pubDate><description>{escape(text)}</description></item>"
        for n, text in enumerate(texts)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


@pytest.fixture
def local(databases: SqliteFiles | Postgres, tmp_path: Path) -> Iterator[Programme]:
    with programme(databases.migrated(), tmp_path, "health-department-rss", county="Alameda County") as opened:
        yield opened


def reports(diary: Programme) -> list[tuple[str, tuple[str, ...], str, date]]:
    with diary.app.store.read() as connection:
        known = evidence.known(connection, now=FRIDAY, since=date(2020, 1, 1))
    return [(t.kind, t.substances, t.place, date.fromordinal(t.known)) for t in known if t.kind != "notice"]


def words(diary: Programme) -> list[tuple[str, str, str]]:
    """What notices say of each substance, and where."""
    with diary.app.store.read() as connection:
        known = evidence.known(connection, now=FRIDAY, since=date(2020, 1, 1))
    return sorted((t.substances[0], t.place, t.methods[0]) for t in known if t.kind == "notice")


def test_only_what_was_detected_at_a_named_place_is_a_report(local: Programme) -> None:
    local.drop("news.xml", feed(FOUND, *OTHERS), MONDAY)
    local.collect(MONDAY)
    assert reports(local) == [("field report", ("medetomidine",), "06001", date(2025, 3, 2))]
    with local.app.store.read() as connection:
        said = {(m.substance, m.polarity) for m in side_evidence.latest_mentions(connection)}
        (about,) = side_evidence.latest_mentions(connection, "medetomidine")
    assert ("carfentanil", "not detected") in said
    assert ("bromazolam", "suspected") in said
    assert ("xylazine", "general information") in said
    assert (about.place, about.when, about.title) == ("06001", "2025-03-01", "Notice 0")
    assert words(local) == [
        ("bromazolam", "06001", "notice: mention"),
        ("medetomidine", "06001", "notice: detection"),
        ("nitazene", "US", "notice: detection"),
        ("xylazine", "US", "notice: mention"),
    ]


def test_a_notice_that_is_corrected_takes_its_report_back(local: Programme) -> None:
    local.drop("news.xml", feed(FOUND), MONDAY)
    local.collect(MONDAY)
    assert len(reports(local)) == 1
    assert len(words(local)) == 1
    local.drop("news.xml", feed(FOUND.replace("detected", "did not detect")), at("2025-03-05 09:00"))
    local.collect(at("2025-03-05 09:00"))
    assert reports(local) == []
    assert words(local) == []
    assert local.state().retracted == 2


def test_a_later_notice_is_news_on_the_day_it_comes(local: Programme) -> None:
    local.drop("news.xml", feed("Nothing of note."), MONDAY)
    local.collect(MONDAY)
    local.drop("news.xml", feed("Nothing of note.", FOUND), at("2025-03-05 09:00"))
    local.collect(at("2025-03-05 09:00"))
    assert [known for _, _, _, known in reports(local)] == [date(2025, 3, 5)]


def test_national_news_is_never_put_into_a_place(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    with programme(sqlite_files.migrated(), tmp_path, "cfsre-alerts", county="Alameda County") as national:
        national.drop("news.xml", feed(FOUND), MONDAY)
        national.collect(MONDAY)
        assert reports(national) == []
        assert words(national) == [("medetomidine", "US", "notice: detection")]
        with national.app.store.read() as connection:
            (told,) = side_evidence.latest_mentions(connection)
        assert (told.substance, told.polarity, told.place) == ("medetomidine", "detected", "")


def test_a_name_that_nobody_knows_waits_for_a_person(local: Programme) -> None:
    local.drop("news.xml", feed("A lab found fluxonitazene and carfentanil in Alameda County."), MONDAY)
    local.collect(MONDAY)
    with local.app.store.read() as connection:
        unknown = [(u.text, u.rows) for u in side_evidence.unrecognised_names(connection)]
    assert unknown == [("fluxonitazene", 1)]
