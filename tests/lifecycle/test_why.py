""" "Why did I get this?": by text, and by the link in every email."""

from __future__ import annotations

import httpx

from tests.flow.timeline import DESK, EQUIPO, VAN, Diary


def test_a_text_is_answered_with_place_date_and_how(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.carrier.device(VAN.phone).reply("WHY")
    said = diary.expect_sms(VAN, containing="SW-2025-0001").text
    assert "Alameda County" in said
    assert "STOP" in said


def test_a_text_that_stood_for_several_is_explained_too(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 22:30").lab_reports("xylazine").lab_reports("medetomidine")
    diary.at("2025-09-09 08:00").expect_sms(VAN)
    diary.carrier.device(VAN.phone).reply("WHY")
    diary.expect_sms(VAN, containing="you got alert SW-2025-000")


def test_every_email_links_to_the_answer_in_its_reader_s_language(diary: Diary) -> None:
    diary.joins(DESK, EQUIPO).at("2025-09-08 09:00").lab_reports("xylazine")
    pages = {}
    for who in (DESK, EQUIPO):
        mail = diary.expect_mail(who).text
        link = next(word for word in mail.split() if word.endswith("/why"))
        with httpx.Client(trust_env=False) as browser:
            answer = browser.get(link)
            assert answer.status_code == 200
            pages[who.partner] = answer.text
            assert browser.get(link.replace("/why", "0/why")).status_code == 404
            assert browser.post(link).status_code == 405, "it ends nothing"
    english, spanish = pages["Bay Services"], pages["Clinica del Valle"]
    assert "because somebody asked for them" in english
    assert "SW-2025-0001" in english
    assert "California" in english
    assert "desk@bay.example" not in english
    assert "porque alguien las pidió" in spanish
    assert "xilacina" in spanish
