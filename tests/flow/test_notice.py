"""A health department's notice from elsewhere: told as their notice, with its title, link and date, and not as ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from alerts.flow.addressing.notice_of import notice_of
from alerts.flow.collection.collect import collect
from alerts.flow.reviewing.review import approve
from tests.databases import SqliteFiles
from tests.flow.timeline import COUNTER, DESK, VAN, Diary, opened_diary

FEED = """
[feeds.county-notices]
preset = "health-department-rss"
url = "{laboratory}/notices.xml"
state = "CA"
source = "Alameda County Public Health"
every = "1m"
allow_private = true
cadence_days = 30
[thresholds.notices]
method = "watchlist"
substances = ["list:sedatives"]
scope = "county"
kinds = ["field report"]
level = "advisory"
release = "automatic"
cool_down_days = 30
expires_days = 14
longest_days = 60
update_hours = 24
review_hours = 12
parameters = { confirmed_only = false }
"""

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Notices</title><link>https://health.example</link><description>d</description>
{items}</channel></rss>"""

ITEM = """<item><guid>https://health.example/{n}</guid><title>{title}</title><link>https://health.example/{n}</link>
<pubDate>{day}</pubDate><description>{text}</description></item>"""

OLD = ITEM.format(n=1, title="Office hours", day="Mon, 04 Aug 2025 09:00:00 GMT", text="We moved to a new office.")
NEW = ITEM.format(
    n=2, title="Health alert: medetomidine", day="Mon, 08 Sep 2025 15:00:00 GMT",
    text="Medetomidine was detected in drug samples in Alameda County this week.",
)  # fmt: skip


@pytest.fixture
def informed(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    """The diary with one more source: a health department's notices."""

    def own(text: str) -> str:
        laboratory = next(line for line in text.splitlines() if line.startswith('url = "http') and "lab_detail" in line)
        return text + FEED.replace("{laboratory}", laboratory.removeprefix('url = "').removesuffix('/lab_detail.csv"'))

    with opened_diary(sqlite_files.migrated(), own=own) as opened:
        publish(opened, OLD)
        yield opened


def publish(diary: Diary, *items: str) -> None:
    diary.laboratory.publish(RSS.format(items="".join(items)).encode(), "/notices.xml", "application/rss+xml")
    diary.outcomes += collect(diary.app, diary.now, only=["county-notices"], force=True)
    diary.ring()


def test_a_notice_is_told_as_a_notice_with_its_date_and_link(informed: Diary) -> None:
    diary = informed.joins(VAN, COUNTER, DESK).at("2025-09-08 10:00")
    publish(diary, OLD, NEW)
    assert approve(diary.app, "SW-2025-0001", diary.person("Ana"), diary.planned().sha256, diary.now) == 3
    diary.ring()
    english = diary.expect_sms(
        VAN, containing="Alameda County Public Health reports medetomidine in Alameda County"
    ).text
    assert "(Sep 8). This is their notice, not our test." in english
    assert "People report" not in english
    assert "Es su aviso, no una prueba nuestra." in diary.expect_sms(COUNTER, containing="avisa de medetomidina").text
    mail = diary.expect_mail(DESK).text
    assert "Health alert: medetomidine, September 8, 2025: https://health.example/2" in mail.replace("\r\n", "\n")
    assert "A notice from another agency. It is not a test result from here." in mail
    (version,) = diary.editions()
    with diary.app.store.read() as connection:
        behind = notice_of(connection, version)
    assert behind is not None
    assert (behind.title, behind.link, behind.on) == (
        "Health alert: medetomidine", "https://health.example/2", date(2025, 9, 8),
    )  # fmt: skip


def test_what_a_laboratory_found_rests_on_no_notice(informed: Diary) -> None:
    diary = informed.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    assert "notice" not in diary.expect_sms(VAN, containing="Xylazine found in drugs in Alameda County").text
    with diary.app.store.read() as connection:
        assert notice_of(connection, diary.editions()[0]) is None
