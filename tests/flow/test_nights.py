"""Texts wait for the morning of whoever gets them, also on the two nights when the clock jumps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.flow.watch import watch
from tests.flow.timeline import COUNTER, DESK, VAN, Diary

NIGHT_VAN = replace(VAN, partner="Night Outreach", phone="+15105550144", wake="yes")
NEW_YORK = replace(VAN, partner="East Coast Desk", phone="+12125550155", time_zone="America/New_York")


def test_a_text_at_night_waits_and_a_mail_does_not(diary: Diary) -> None:
    diary.joins(VAN, DESK)
    diary.at("2025-09-08 22:30").lab_reports("xylazine")
    diary.expect_mail(DESK, containing="xylazine")
    diary.expect_nothing(VAN)
    (waiting,) = diary.deliveries(VAN)
    assert (str(waiting.state), waiting.held_because) == ("queued", "quiet hours")
    diary.at("2025-09-09 07:59").expect_nothing(VAN)
    diary.at("08:00").expect_sms(VAN, containing="xylazine")


def test_life_at_risk_wakes_those_who_asked_for_it(diary: Diary) -> None:
    diary.joins(VAN, NIGHT_VAN)
    diary.at("2025-09-08 22:30").lab_reports("carfentanil")
    diary.expect_sms(NIGHT_VAN, containing="carfentanil")
    diary.expect_nothing(VAN)
    diary.at("2025-09-09 08:00").expect_sms(VAN, containing="carfentanil")


def test_the_morning_is_that_of_the_receiver(diary: Diary) -> None:
    diary.joins(VAN, NEW_YORK)
    diary.at("2025-09-08 19:00").lab_reports("xylazine")
    diary.expect_sms(VAN, containing="xylazine")
    diary.at("2025-09-09 04:59").expect_nothing(NEW_YORK)
    diary.at("05:00").expect_sms(NEW_YORK, containing="xylazine")


@pytest.mark.parametrize(
    ("evening", "morning"),
    [("2025-11-01", "2025-11-02"), ("2026-03-07", "2026-03-08")],
    ids=["an hour comes twice", "an hour is missing"],
)
def test_the_night_in_which_the_clock_jumps(diary: Diary, evening: str, morning: str) -> None:
    diary.joins(VAN)
    diary.at(f"{evening} 23:00").lab_reports("xylazine")
    for hour in ("00:30", "01:30", "03:30", "06:59", "07:59"):
        diary.at(f"{morning} {hour}").expect_nothing(VAN)
    diary.at(f"{morning} 08:00").expect_sms(VAN, containing="xylazine")


def test_of_two_editions_that_waited_only_the_newest_goes_out(diary: Diary) -> None:
    """It says all that the first one did; who waited for the first gets it as the alert, not as an update."""
    diary.joins(COUNTER)
    diary.bells = False
    diary.at("2025-09-08 22:00").lab_reports("xylazine", county="Alameda")
    watch(diary.app, diary.now)
    diary.at("2025-09-09 22:30").lab_reports("xylazine", county="Kern")
    watch(diary.app, diary.now)
    assert [(d.version, str(d.state)) for d in diary.deliveries(COUNTER)] == [(1, "cancelled"), (2, "queued")]
    diary.bells = True
    diary.at("2025-09-10 09:00")
    (only,) = diary.texts_to(COUNTER)
    assert "Kern" in only
    assert "Alameda" in only
