"""The digest says what changed, what ended, what is open and what was not heard from, once for each span."""

from __future__ import annotations

from alerts.flow.addressing.digest import digest
from alerts.flow.partners.add_contact import add_contact
from tests.flow.timeline import DESK, Diary, Somebody

KERN_DESK = Somebody("Kern Desk", email="desk@kern.example", places="Kern County, CA")


def reads(diary: Diary, who: Somebody, how: str) -> None:
    add_contact(diary.app, {**who.row, "digest": how}, "diary", diary.now)


def ring(diary: Diary, when: str) -> int:
    diary.at(when)
    written = digest(diary.app, diary.now)
    diary.ring()
    return written


def test_a_week_in_one_mail(diary: Diary) -> None:
    reads(diary, DESK, "weekly")
    reads(diary, KERN_DESK, "weekly")
    diary.at("2025-09-03 09:00").lab_reports("xylazine")
    diary.expect_mail(DESK)
    assert ring(diary, "2025-09-08 08:59") == 0
    assert ring(diary, "2025-09-08 09:00") == 2
    assert ring(diary, "2025-09-08 15:00") == 0
    mine = diary.expect_mail(DESK, containing="ylazine").text
    assert "Alameda" in mine
    theirs = diary.expect_mail(KERN_DESK).text
    assert "ylazine" not in theirs, "only the places that they asked for"
    assert ring(diary, "2025-09-15 09:30") == 2
    later = diary.expect_mail(DESK).text
    assert "county lab" in later, "the laboratory has sent nothing for more than a week"
    assert "September 3" in later or "Sep 3" in later or "August" in later


def test_daily_is_once_a_day(diary: Diary) -> None:
    reads(diary, DESK, "daily")
    assert ring(diary, "2025-09-02 09:05") == 1
    assert ring(diary, "2025-09-02 18:00") == 0
    assert ring(diary, "2025-09-03 09:00") == 1
