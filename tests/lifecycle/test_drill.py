"""Exercises go through the real pipe, to those who opted in, marked everywhere, and are scored."""

from __future__ import annotations

import httpx
import pytest

from alerts.flow.addressing.plan import plan
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.reviewing.drill import drill, score
from alerts.flow.reviewing.review import ReviewError
from alerts.store import alerts
from alerts.wording.compose import compose
from tests.flow.timeline import COUNTER, DESK, VAN, Diary, Somebody
from tests.peers.twilio_mischief import Mischief


def opts_in(diary: Diary, *people: Somebody) -> None:
    for one in people:
        add_contact(diary.app, {**one.row, "drills": "yes"}, "diary", diary.now)


def test_a_drill_reaches_those_who_opted_in_and_says_so_in_every_layer(diary: Diary) -> None:
    opts_in(diary, COUNTER, DESK)
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    for who in (COUNTER, VAN):
        diary.expect_sms(who)
    diary.expect_mail(DESK)
    real = diary.alert()
    number, made = drill(diary.app, real.number, diary.person("Ana"), diary.now)
    diary.ring()
    assert (number, made) == ("SW-2025-0002", 2)
    assert "SIMULACRO" in diary.expect_sms(COUNTER).text
    mail = diary.expect_mail(DESK)
    assert "EXERCISE" in mail.text
    assert "EXERCISE" in str(mail.parsed["Subject"])
    page = httpx.get(f"{diary.app.configuration.programme.public_url}/a/{number}", trust_env=False)
    assert "EXERCISE" in page.text
    with diary.app.store.read() as connection:
        exercise = alerts.by_number(connection, number)
        assert exercise is not None
        planned = plan(diary.app, connection, exercise, alerts.versions(connection, exercise.id)[-1], diary.now)
    for channel, language, mark in (
        ("flyer", "en", "EXERCISE"),
        ("flyer", "es", "SIMULACRO"),
        ("page", "es", "SIMULACRO"),
    ):
        made = compose(
            planned.content, kind=planned.kind, channel=channel, language=language, shelf=diary.app.shelf
        )  # fmt: skip
        assert mark in made.text
    diary.expect_nothing(VAN)
    assert diary.alerts()[0] == real, "the alert itself is not touched"
    diary.at("2025-09-09 09:01").expect_nothing(COUNTER, DESK, VAN)
    assert [str(a.state) for a in diary.alerts()] == ["open", "ended"]
    assert [k for k, s in diary.record() if s == number][-1] == "drill.ended"


def test_a_drill_never_stands_for_the_real_thing(diary: Diary) -> None:
    """A new finding during a drill is said as if there were none."""
    opts_in(diary, COUNTER)
    diary.at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(COUNTER)
    drill(diary.app, diary.alert().number, diary.person("Ana"), diary.now)
    diary.ring().expect_sms(COUNTER, containing="SIMULACRO")
    diary.at("2025-09-09 08:30").lab_reports("xylazine", county="Kern")
    diary.at("09:01")
    assert "SIMULACRO" not in diary.expect_sms(COUNTER, containing="Kern").text


def test_a_drill_finds_dead_addresses(diary: Diary) -> None:
    opts_in(diary, COUNTER, VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.carrier.misbehave(Mischief.REFUSE, to=VAN.phone, code=21211)
    number, _ = drill(diary.app, diary.alert().number, diary.person("Ana"), diary.now)
    diary.ring()
    with diary.app.store.read() as connection:
        exercise = alerts.by_number(connection, number)
        assert exercise is not None
        result = score(connection, exercise)
    assert (result.asked, result.reached, result.arrived) == (2, 1, 1)
    ((_, channel, why),) = result.dead
    assert channel == "sms"
    assert "21211" in why
    assert result.minutes is not None
    assert result.minutes < 1
    with pytest.raises(ReviewError, match="no alert"):
        drill(diary.app, "SW-1999-0001", diary.person("Ana"), diary.now)
