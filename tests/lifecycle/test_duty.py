"""Staff are asked at once, one after the other, and told once of what went wrong and once when it is over."""

from __future__ import annotations

from datetime import datetime

import pytest

from alerts.flow.duty.put_on_duty import put_on_duty
from alerts.flow.partners.add_contact import ContactError
from alerts.flow.reviewing.review import ReviewError, annotate, approve, look_back
from alerts.store import alerts, duty
from tests.flow.timeline import DESK, VAN, Diary, Somebody
from tests.peers.twilio_mischief import Mischief

NUMBER = "SW-2025-0001"
ANA = Somebody("Ana", phone="+15105550101")
BEN = Somebody("Ben", phone="+15105550102", email="ben@programme.example")


def on_duty(diary: Diary) -> Diary:
    put_on_duty(diary.app, "Ana", 1, diary.now, phone=ANA.phone)
    put_on_duty(diary.app, "Ben", 2, diary.now, phone=BEN.phone, email=BEN.email)
    return diary


def test_who_is_first_on_the_roster_is_asked_at_once_also_at_night(reviewed: Diary) -> None:
    diary = on_duty(reviewed).joins(VAN).at("2025-09-07 23:30").lab_reports("xylazine")
    text = diary.expect_sms(ANA, containing="please review").text
    assert NUMBER in text
    assert "Alameda County" in text
    diary.ring().ring().expect_nothing(ANA, BEN, VAN)


def test_after_the_deadline_the_next_person_is_asked_then_all_rest_then_again(reviewed: Diary) -> None:
    diary = on_duty(reviewed).at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(ANA)
    diary.at("20:59").expect_nothing(ANA, BEN)
    diary.at("21:00")
    assert "Ben" in diary.expect_sms(BEN, containing="still open").text
    diary.expect_mail(BEN, containing="still open")
    diary.expect_nothing(ANA)
    diary.at("2025-09-09 02:00").expect_nothing(ANA, BEN)
    diary.at("03:00").expect_sms(ANA, containing="still open")
    diary.at("03:29").expect_nothing(ANA, BEN)
    diary.at("03:30").expect_sms(BEN, containing="still open")
    approve(diary.app, NUMBER, diary.person("Ben"), diary.planned().sha256, diary.now)
    diary.expect_mail(BEN)
    diary.later(days=2).expect_nothing(ANA, BEN)
    asked = [kind for kind, subject in diary.record() if kind == "review.asked" and subject == NUMBER]
    assert len(asked) == 4


def test_an_approver_on_holiday_is_passed_over(reviewed: Diary) -> None:
    diary = on_duty(reviewed).at("2025-09-08 09:00")
    back = datetime.fromisoformat("2025-09-20T08:00-07:00")
    ana = diary.person("Ana")
    with diary.app.store.write() as connection:
        assert duty.set_away(connection, ana, back)
    diary.lab_reports("xylazine").expect_sms(BEN, containing="please review")
    diary.expect_nothing(ANA)


def test_a_feed_that_falls_silent_is_told_once_and_its_return_once(diary: Diary) -> None:
    on_duty(diary)
    diary.at("2025-09-08 13:00")
    assert "lab" in diary.expect_sms(ANA, containing="late").text
    diary.at("2025-09-24 12:00").expect_nothing(ANA, BEN)
    diary.lab_reports("caffeine")
    diary.ring().expect_sms(ANA, containing="brings data again")
    diary.later(days=2).expect_nothing(ANA, BEN)


def test_dead_letters_are_told_once_for_an_edition(diary: Diary) -> None:
    on_duty(diary).joins(VAN, DESK)
    diary.carrier.misbehave(Mischief.REFUSE, to=VAN.phone, code=21211)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_mail(DESK)
    diary.at("09:14").expect_nothing(ANA)
    diary.at("09:20")
    assert NUMBER in diary.expect_sms(ANA, containing="could not be sent").text
    diary.at("15:00").expect_nothing(ANA)


def test_staff_on_duty_get_no_alerts(diary: Diary) -> None:
    on_duty(diary).at("2025-09-08 09:00").lab_reports("carfentanil").expect_nothing(ANA, BEN)


def test_a_phone_that_is_none_is_refused(diary: Diary) -> None:
    with pytest.raises(ContactError, match="not a phone number"):
        put_on_duty(diary.app, "Ana", 1, diary.now, phone="12")


def test_four_eyes_bind_the_last_editor_and_the_glass_can_be_broken(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine")
    ana, ben = diary.person("Ana"), diary.person("Ben")
    annotate(diary.app, NUMBER, ana, {"en": "It was sold as blue powder."}, diary.now)
    seen = diary.planned().sha256
    with pytest.raises(ReviewError, match="four eyes"):
        approve(diary.app, NUMBER, ana, seen, diary.now)
    assert approve(diary.app, NUMBER, ana, seen, diary.now, break_glass="alone on call, two deaths tonight") == 2
    diary.ring()
    assert "blue powder" in diary.expect_mail(DESK).text
    diary.expect_sms(VAN)
    with diary.app.store.read() as connection:
        (waits,) = alerts.unreviewed_break_glass(connection)
    assert waits.break_glass == "alone on call, two deaths tonight"
    with pytest.raises(ReviewError, match="somebody else must look"):
        look_back(diary.app, NUMBER, waits.version, ana, "fine", diary.now)
    look_back(diary.app, NUMBER, waits.version, ben, "right to send", diary.now)
    with diary.app.store.read() as connection:
        assert alerts.unreviewed_break_glass(connection) == []
    assert ("alert.looked_at", NUMBER) in diary.record()


def test_the_second_look_has_a_deadline_and_asks_somebody_else(reviewed: Diary) -> None:
    diary = on_duty(reviewed).joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    ana, ben = diary.person("Ana"), diary.person("Ben")
    approve(diary.app, NUMBER, ana, diary.planned().sha256, diary.now, break_glass="alone on call")
    diary.ring()
    before = len(diary.texts_to(ANA)), len(diary.texts_to(BEN))
    diary.at("2025-09-09 08:00")
    assert len(diary.texts_to(BEN)) == before[1]
    diary.at("2025-09-09 09:10")
    assert "Ana let out " + NUMBER in diary.texts_to(BEN)[-1]
    assert ("alert.look_back_overdue", NUMBER) in diary.record()
    diary.at("2025-09-09 20:00")
    assert len(diary.texts_to(BEN)) == before[1] + 1, "once a day"
    diary.at("2025-09-10 09:20")
    assert len(diary.texts_to(BEN)) == before[1] + 2
    assert len(diary.texts_to(ANA)) == before[0], "nobody is their own second pair of eyes"
    with diary.app.store.read() as connection:
        (waits,) = alerts.unreviewed_break_glass(connection)
    look_back(diary.app, NUMBER, waits.version, ben, "right to send", diary.now)
    diary.later(days=2)
    assert len(diary.texts_to(BEN)) == before[1] + 2
    assert diary.record().count(("alert.look_back_overdue", NUMBER)) == 1


def test_an_alarm_in_spanish_says_what_to_do_in_spanish(diary: Diary) -> None:
    put_on_duty(diary.app, "Ana", 1, diary.now, phone=ANA.phone, language="es")
    diary.at("2025-09-08 13:00")
    told = diary.expect_sms(ANA, containing="atrasada").text
    assert "Pregunte a la fuente" in told
    assert "Ask " not in told


def test_a_carrier_that_refuses_our_account_is_told_once_by_the_way_that_still_works(diary: Diary) -> None:
    on_duty(diary)
    diary.joins(VAN)
    diary.carrier.misbehave("refuse", code=20003, times=None)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.later(minutes=1)
    (told,) = [m for m in diary.mail.messages if "account" in m.subject]
    assert told.recipients == (BEN.email,)
    assert "20003" in told.raw.decode()
    diary.later(hours=1)
    assert len([m for m in diary.mail.messages if "account" in m.subject]) == 1
