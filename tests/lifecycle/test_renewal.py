"""The end date that people were told: it holds, or they are told another one. And what came too soon is said later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from alerts.flow.reviewing.review import reject
from alerts.flow.reviewing.silence import silence
from tests.databases import SqliteFiles
from tests.flow.timeline import COUNTER, DESK, KERN_VAN, VAN, Diary, opened_diary


@pytest.fixture
def patient(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    """Ten days between two editions: longer than the watchlist speaks of a finding."""
    with opened_diary(
        sqlite_files.migrated(), own=lambda text: text.replace("update_hours = 24", "update_hours = 240")
    ) as opened:
        yield opened


def test_at_its_date_an_alert_with_fresh_findings_goes_on_and_says_until_when(diary: Diary) -> None:
    diary.joins(VAN, COUNTER, DESK).at("2025-09-08 09:00").lab_reports("xylazine")
    assert "ends Oct 8" in diary.expect_sms(VAN).text
    assert "termina 8 oct" in diary.expect_sms(COUNTER).text
    diary.expect_mail(DESK)
    diary.at("2025-09-28 09:00").lab_reports("xylazine").expect_nothing(VAN, COUNTER, DESK)
    diary.at("2025-10-08 12:00")
    said = diary.expect_sms(VAN, containing="goes on").text
    assert "ends Oct 29" in said, "thirty days after the newest finding, and the day itself"
    assert "sample Sep 24" in said
    assert "sigue" in diary.expect_sms(COUNTER).text
    diary.expect_mail(DESK, containing="October 29")
    assert diary.reasons() == ["first sighting", "renewed"]
    diary.at("2025-10-28 12:00").expect_nothing(VAN, COUNTER, DESK)
    diary.at("2025-10-30 12:00").expect_sms(VAN, containing="No new findings")
    assert diary.reasons() == ["first sighting", "renewed", "expired"]


def test_without_a_fresh_finding_it_ends_on_the_day_that_was_told(diary: Diary) -> None:
    """The method spoke of the same sample for a week, which used to put the end off in silence."""
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.at("2025-10-08 08:00").expect_nothing(VAN)
    diary.at("2025-10-08 12:00").expect_sms(VAN, containing="No new findings")


def test_who_joined_meanwhile_gets_the_alert_itself(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.joins(COUNTER).at("2025-09-28 09:00").lab_reports("xylazine")
    diary.at("2025-10-08 12:00").expect_sms(VAN, containing="goes on")
    said = diary.expect_sms(COUNTER).text
    assert said.startswith("Punto de Apoyo: AVISO")
    assert "sigue" not in said


def test_a_refused_renewal_is_not_asked_again_and_the_alert_still_ends(sqlite_files: SqliteFiles) -> None:
    from alerts.flow.reviewing.review import approve

    with opened_diary(sqlite_files.migrated(), release="review") as diary:
        diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
        robin = diary.person("Robin")
        approve(diary.app, diary.alert().number, robin, diary.planned().sha256, diary.now)
        diary.ring().expect_sms(VAN)
        diary.at("2025-09-28 09:00").lab_reports("xylazine")
        diary.at("2025-10-08 12:00").expect_nothing(VAN)
        diary.later(days=2)
        assert diary.reasons() == ["first sighting", "renewed"], "put before a person once"
        reject(diary.app, diary.alert().number, robin, "the same batch", diary.now)
        diary.later(days=2).expect_nothing(VAN)
        assert diary.reasons() == ["first sighting", "renewed"]
        diary.at("2025-11-10 12:00").expect_sms(VAN, containing="No new findings")


def test_a_silence_holds_the_renewal_until_it_ends(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.at("2025-10-01 09:00").lab_reports("xylazine")
    until = diary.now + timedelta(days=12)
    silence(diary.app, ["xylazine"], (), until, diary.person("Ana"), "the lab checks", diary.now)
    diary.at("2025-10-10 12:00").expect_nothing(VAN)
    assert str(diary.alert().state) == "open"
    diary.at("2025-10-13 12:00").expect_sms(VAN, containing="goes on")


def test_a_county_that_came_too_soon_is_told_of_when_the_wait_is_over(patient: Diary) -> None:
    """Ten days later the watchlist says nothing of it any more."""
    patient.joins(VAN, KERN_VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    patient.at("2025-09-09 10:00").lab_reports("xylazine", key="K1", county="Kern").expect_nothing(KERN_VAN)
    patient.at("2025-09-18 08:59").expect_nothing(KERN_VAN, VAN)
    patient.at("2025-09-18 12:00").expect_sms(KERN_VAN, containing="Kern County")
    patient.expect_nothing(VAN)
    patient.later(days=3).expect_nothing(VAN, KERN_VAN)
    assert patient.reasons() == ["first sighting", "new place"]


def test_what_was_taken_back_while_it_waited_is_not_said(patient: Diary) -> None:
    patient.joins(KERN_VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    patient.at("2025-09-09 10:00").lab_reports("xylazine", key="K1", county="Kern")
    patient.at("2025-09-15 10:00").lab_withdraws("K1")
    patient.at("2025-09-25 12:00").expect_nothing(KERN_VAN)
    assert patient.reasons() == ["first sighting"]
