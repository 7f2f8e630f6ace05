"""How alerts end: taken back, run out, grown old; and what follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import SqliteFiles
from tests.flow.timeline import COUNTER, DESK, KERN_VAN, VAN, Diary, opened_diary


@pytest.fixture
def impatient(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    """Alerts on sedatives end after 60 days at the latest."""
    with opened_diary(sqlite_files.migrated(), longest=60) as opened:
        yield opened


def test_what_the_laboratory_takes_back_is_corrected_for_those_who_were_told(diary_on_both: Diary) -> None:
    diary = diary_on_both.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine", key="X1")
    diary.expect_sms(VAN)
    diary.expect_mail(DESK)
    diary.joins(COUNTER)
    diary.at("2025-09-09 10:00").lab_withdraws("X1")
    assert "xylazine" in diary.expect_sms(VAN, containing="correct").text.casefold()
    diary.expect_mail(DESK, containing="correct")
    diary.expect_nothing(COUNTER)
    assert diary.reasons() == ["first sighting", "corrected"]
    assert str(diary.alert().state) == "ended"
    diary.later(days=3).expect_nothing(VAN, DESK, COUNTER)


def test_what_the_laboratory_changes_is_corrected_too(diary: Diary) -> None:
    """The sample is still there, but it was not xylazine."""
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine", key="X1").expect_sms(VAN)
    diary.at("2025-09-09 10:00").lab_changes("X1", "lidocaine")
    diary.expect_sms(VAN, containing="correct")
    assert diary.feed().revised == 1


def test_one_county_taken_back_leaves_the_other(diary: Diary) -> None:
    diary.joins(VAN, KERN_VAN).at("2025-09-08 09:00").lab_reports("xylazine", key="X1", county="Alameda")
    diary.at("2025-09-09 10:00").lab_reports("xylazine", key="X2", county="Kern")
    diary.expect_sms(VAN)
    diary.expect_sms(KERN_VAN, containing="Kern")
    diary.at("2025-09-10 10:00").lab_withdraws("X2")
    diary.expect_sms(KERN_VAN, containing="Kern")
    diary.expect_nothing(VAN, KERN_VAN)  # Alameda was never told of Kern
    assert diary.reasons() == ["first sighting", "new place", "corrected"]
    assert str(diary.alert().state) == "open"
    assert [p.place for p in diary.editions()[-1].places] == ["06001"]


def test_a_warning_that_was_taken_back_in_the_night_is_never_sent(diary: Diary) -> None:
    """The mail went out and is corrected; the text still waited for the morning, and there is nothing to correct."""
    diary.joins(VAN, DESK).at("2025-09-08 22:30").lab_reports("xylazine", key="X1")
    diary.expect_mail(DESK)
    diary.at("2025-09-09 06:00").lab_withdraws("X1")
    diary.expect_mail(DESK, containing="correct")
    diary.at("12:00").expect_nothing(VAN, DESK)
    assert set(diary.states(VAN)) == {"cancelled"}


def test_an_alert_runs_out_when_nothing_more_is_found(diary: Diary) -> None:
    diary.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN)
    diary.expect_mail(DESK)
    diary.at("2025-10-08 08:59").expect_nothing(VAN, DESK)
    diary.at("2025-10-20 09:00")
    diary.expect_sms(VAN)
    diary.expect_mail(DESK)
    assert diary.reasons() == ["first sighting", "expired"]
    diary.later(days=20).expect_nothing(VAN, DESK)


def test_no_all_clear_while_it_is_still_found(impatient: Diary) -> None:
    """One finding a week: the watchlist has fallen silent, because it is no longer new; it is not gone. At the date
    that the first text named, the receivers hear that it goes on, and until when."""
    diary = impatient.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    assert "ends Oct 8" in diary.expect_sms(VAN).text
    diary.at("2025-09-08 10:00")
    for week in range(7):
        diary.later(days=7).lab_reports("xylazine")
        if week == 4:  # the 13th of October
            said = diary.expect_sms(VAN, containing="goes on").text
            assert "ends Nov 6" in said
            assert "sample Oct 2" in said, "with the day of what was found since"
        diary.expect_nothing(VAN)
        assert str(diary.alert().state) == "open"
    diary.at("2025-12-01 09:00")
    assert diary.reasons() == ["first sighting", "renewed", "established"]
    text = diary.expect_sms(VAN).text
    assert "no new" not in text.casefold(), "that would be a false all-clear"


def test_after_an_end_there_is_quiet_and_after_the_quiet_it_is_news_again(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.at("2025-10-20 09:00").expect_sms(VAN)
    diary.at("2025-10-28 09:00").lab_reports("xylazine", county="Kern")
    diary.later(days=2).expect_nothing(VAN)
    assert len(diary.alerts()) == 1
    diary.at("2025-12-10 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN, containing="Alameda")
    assert [a.number for a in diary.alerts()] == ["SW-2025-0001", "SW-2025-0002"]


def test_the_quiet_after_an_end_does_not_silence_something_worse(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.at("2025-10-20 09:00").expect_sms(VAN)
    diary.at("2025-10-28 09:00").lab_reports("carfentanil").expect_sms(VAN, containing="ACT NOW")


def test_numbers_count_up_within_a_year(diary: Diary) -> None:
    diary.at("2025-12-30 09:00").lab_reports("xylazine")
    diary.at("2025-12-31 09:00").lab_reports("carfentanil")
    diary.at("2026-01-02 09:00").lab_reports("medetomidine")
    assert [a.number for a in diary.alerts()] == ["SW-2025-0001", "SW-2025-0002", "SW-2026-0001"]


def test_one_of_two_samples_taken_back_is_not_worth_a_message(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine", key="X1").expect_sms(VAN)
    diary.at("2025-09-09 10:00").lab_reports("xylazine", key="X2")
    diary.at("2025-09-10 10:00").lab_withdraws("X1")
    diary.later(days=5).expect_nothing(VAN)
