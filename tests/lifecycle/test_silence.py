"""Silences: nothing new is said inside, nothing is lost, and what takes back or ends is said all the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alerts.flow.reviewing.silence import end_silence, silence
from alerts.flow.scope.select import SelectionError
from alerts.model.silence import Silence
from alerts.model.staff import Role
from tests.flow.timeline import KERN_VAN, VAN, Diary


def hush(diary: Diary, until: str, *places: str, substances: tuple[str, ...] = ("xylazine",)) -> Silence:
    end = datetime.fromisoformat(until).replace(tzinfo=diary.zone)
    return silence(diary.app, substances, places, end, diary.person("Ana"), "the lab checks its column", diary.now)


def test_what_fires_inside_is_held_and_said_at_the_end(diary: Diary) -> None:
    """By then the watchlist has long fallen silent: the finding is more than a week old."""
    diary.joins(VAN).at("2025-09-08 09:00")
    hush(diary, "2025-09-28 10:00")
    diary.lab_reports("xylazine")
    diary.at("2025-09-28 09:59").expect_nothing(VAN)
    assert diary.alerts() == []
    diary.at("10:00").expect_sms(VAN, containing="xylazine")
    diary.later(days=2).expect_nothing(VAN)
    assert diary.reasons() == ["first sighting"]


def test_what_was_taken_back_inside_is_not_said_at_the_end(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    hush(diary, "2025-09-12 10:00")
    diary.lab_reports("xylazine", key="X1")
    diary.at("2025-09-10 09:00").lab_withdraws("X1")
    diary.at("2025-09-14 10:00").expect_nothing(VAN)
    assert diary.alerts() == []


def test_a_correction_is_never_silenced(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine", key="X1").expect_sms(VAN)
    hush(diary, "2025-09-12 10:00")
    diary.at("2025-09-09 10:00").lab_withdraws("X1").expect_sms(VAN, containing="CORRECTION")


def test_a_silence_is_about_its_place_and_substance_only(diary: Diary) -> None:
    diary.joins(VAN, KERN_VAN).at("2025-09-08 09:00")
    hush(diary, "2025-09-10 10:00", "06029")
    diary.lab_reports("xylazine", county="Kern").expect_nothing(VAN, KERN_VAN)
    diary.lab_reports("carfentanil", county="Kern").expect_sms(KERN_VAN, containing="carfentanil")
    diary.lab_reports("xylazine").expect_sms(VAN, containing="Alameda")
    diary.at("2025-09-10 10:01").expect_sms(KERN_VAN, containing="Kern")
    diary.expect_nothing(VAN, KERN_VAN)


def test_it_can_end_early(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    quiet = hush(diary, "2025-09-20 10:00")
    diary.lab_reports("xylazine").expect_nothing(VAN)
    diary.at("12:00")
    end_silence(diary.app, quiet.id, diary.person("Ana"), diary.now)
    diary.ring().expect_sms(VAN)
    with pytest.raises(ValueError, match="no silence"):
        end_silence(diary.app, quiet.id, diary.person("Ana"), diary.now)
    assert [k for k, _ in diary.record() if k.startswith("silence")] == ["silence.begun", "silence.ended"]


def test_an_end_and_a_reason_are_compulsory(diary: Diary) -> None:
    ana, now = diary.person("Ana"), diary.now
    day = timedelta(days=1)
    for until, who, why, places, said in (
        (now, ana, "x", (), "must lie ahead"),
        (now + 100 * day, ana, "x", (), "92 days at the most"),
        (now + day, ana, " ", (), "Say why"),
        (now + day, diary.person("Officer", Role.REVIEWER), "x", (), "Only staff"),
        (now + day, ana, "x", ("Oz",), "not a place"),
    ):
        with pytest.raises(ValueError, match=said):
            silence(diary.app, ["xylazine"], places, until, who, why, now)
    with pytest.raises(SelectionError, match="means no substance"):
        silence(diary.app, ["unobtainium"], (), now + day, ana, "x", now)
