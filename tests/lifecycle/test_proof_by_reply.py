"""A phone is proven by texting the code back; an inbox by pressing the button behind its link."""

from __future__ import annotations

import httpx

from alerts.flow.inbound.hear import hear
from notifiers.twilio_callbacks import Inbound
from tests.flow.timeline import DESK, VAN, Diary
from tests.lifecycle.test_partners import code_in, comes_in


def test_the_code_texted_back_proves_the_phone_and_another_does_not(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    comes_in(diary)
    diary.ring()
    code = code_in(diary.expect_sms(VAN, containing="code").text)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    hear(diary.app, Inbound("SM" + "1" * 32, VAN.phone, "+15005550006", wrong), diary.now)
    diary.ring().lab_reports("xylazine").expect_nothing(VAN)
    assert hear(diary.app, Inbound("SM" + "2" * 32, VAN.phone, "+15005550006", f" {code} "), diary.now) == ""
    diary.ring().expect_sms(VAN, containing="STOP")  # the welcome


def test_looking_at_the_link_proves_nothing_and_pressing_its_button_does(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    comes_in(diary)
    diary.ring()
    link = next(w for w in diary.expect_mail(DESK, containing="/verify/").text.split() if "/verify/" in w)
    assert httpx.get(link).status_code == 200
    diary.ring().expect_nothing(DESK)
    assert httpx.post(link).status_code == 200
    assert httpx.post(link).status_code == 404, "a link works once"
    diary.ring().expect_mail(DESK)
