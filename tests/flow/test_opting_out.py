"""STOP is obeyed at once, in either language, even for what already waits."""

from __future__ import annotations

import pytest

from tests.flow.timeline import COUNTER, DESK, VAN, Diary, Somebody


@pytest.mark.parametrize(("somebody", "word"), [(VAN, "STOP"), (COUNTER, "ALTO"), (VAN, "stop texting me")])
def test_stop_cancels_what_waits(diary: Diary, somebody: Somebody, word: str) -> None:
    diary.joins(VAN, COUNTER)
    diary.at("2025-09-08 22:30").lab_reports("xylazine")
    assert diary.states(somebody) == ["queued"]
    phone = diary.carrier.device(somebody.phone)
    answer = phone.reply(word)
    assert answer.status == 200
    phone.expect_sms("no more texts" if somebody.language == "en" else "no le mandaremos")
    assert diary.states(somebody) == ["cancelled"]
    diary.at("2025-09-09 12:00").expect_nothing(somebody)
    assert diary.consents(somebody)[-1] == (False, word), "their own words stand in the log of consent"


def test_a_second_stop_is_obeyed_in_silence_and_start_brings_them_back(diary: Diary) -> None:
    diary.joins(VAN)
    phone = diary.carrier.device(VAN.phone)
    diary.at("2025-09-08 09:00")
    phone.reply("STOP")
    phone.expect_sms()
    phone.reply("STOP")
    phone.expect_no_sms(within=0)
    diary.lab_reports("xylazine").expect_nothing(VAN)
    phone.reply("START")
    phone.expect_sms("Alameda")
    diary.at("2025-09-09 10:00").lab_reports("carfentanil")
    diary.expect_sms(VAN, containing="carfentanil")
    assert [given for given, _ in diary.consents(VAN)] == [True, False, False, True]


def test_stop_ends_texts_and_not_mails(diary: Diary) -> None:
    both = Somebody("Both", phone="+15105550166", email="both@one.example")
    diary.joins(both, DESK)
    diary.at("2025-09-08 09:00")
    diary.carrier.device(both.phone).reply("STOP")
    diary.lab_reports("xylazine")
    assert diary.texts_to(both) == []
    diary.expect_mail(both, containing="xylazine")
    diary.expect_mail(DESK, containing="xylazine")


def test_a_stranger_is_answered_once_a_day(diary: Diary) -> None:
    stranger = diary.carrier.device("+15105550999")
    assert "<Message>" in stranger.reply("who is this?").body
    assert "<Message>" not in stranger.reply("who is this?").body
    diary.later(days=1)
    assert "<Message>" in stranger.reply("who is this?").body
