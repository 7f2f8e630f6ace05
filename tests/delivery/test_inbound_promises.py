"""What we promise to whoever writes back: a STOP overtakes what is under way, and nothing old brings anybody back."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.inbound.hear import hear
from alerts.flow.upkeep.tidy import tidy
from alerts.model.delivery import DeliveryState
from alerts.store import outbox, partners
from notifiers.twilio_callbacks import Inbound
from tests.databases import SqliteFiles
from tests.delivery.ground import MORNING, Ground, add, add_contacts, phone, row
from tests.flow.timeline import COUNTER, VAN, Diary
from tests.peers.twilio_mischief import Mischief
from tests.peers.twilio_peer import TwilioPeer


def test_a_stop_overtakes_a_row_that_its_worker_already_holds(sqlite_files: SqliteFiles) -> None:
    with TwilioPeer() as carrier:
        app = Ground(sqlite_files.migrated(), carrier.url, 9).app(parallel=1)
        with app.store.write() as connection:
            add_contacts(connection, 2)
        carrier.misbehave(Mischief.SLOW, to=phone(1), seconds=1.5)
        add(app, [row(1, 1, "sms"), row(2, 2, "sms")])
        working = threading.Thread(target=dispatch, args=(app, "sms", MORNING))
        working.start()
        try:
            until = time.monotonic() + 10
            while not any(text.to == phone(1) for text in carrier.messages) and time.monotonic() < until:
                time.sleep(0.01)
            with app.store.read() as connection:
                (held,) = outbox.of_contact(connection, 2)
            assert held.state is DeliveryState.SENDING, "claimed with the one before it, not yet with the carrier"
            assert "no more texts" in hear(app, Inbound("SM1", phone(2), "", "pls stop txting me"), MORNING)
        finally:
            working.join()
        with app.store.read() as connection:
            (ended,) = outbox.of_contact(connection, 2)
        assert ended.state is DeliveryState.CANCELLED
        assert [text.to for text in carrier.messages] == [phone(1)]
        assert hear(app, Inbound("SM2", phone(2), "", "STOP"), MORNING) == "", "one confirmation"
        app.close()


@pytest.mark.parametrize("words", ["START", "UNSTOP", "alta"])
def test_an_old_start_that_is_played_again_brings_nobody_back(diary: Diary, words: str) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    start = Inbound("SMstart", VAN.phone, "", words)
    assert hear(diary.app, start, diary.now)
    hear(diary.app, Inbound("SMstop", VAN.phone, "", "no me manden más mensajes"), diary.now)
    assert hear(diary.app, start, diary.now) == ""
    much_later = diary.now + timedelta(days=400)
    tidy(diary.app, much_later)
    assert hear(diary.app, start, much_later) == "", "also when everything old was tidied away"
    with diary.app.store.read() as connection:
        number = partners.contact_at(connection, "sms", VAN.phone)
        assert number is not None
        assert not partners.has_consent(connection, number, "sms")


def test_a_phone_gets_an_alert_and_answers_alto(diary: Diary) -> None:
    diary.joins(COUNTER, VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    counter = diary.carrier.device(COUNTER.phone)
    assert counter.expect_sms("xilacina").then_reply("ALTO").status == 200
    counter.expect_sms("no le mandaremos")
    diary.carrier.device(VAN.phone).expect_sms("xylazine")
    diary.at("2025-09-09 10:00").lab_reports("carfentanil").expect_nothing(COUNTER)
    diary.expect_sms(VAN, containing="carfentanil")


@pytest.mark.parametrize(
    "words",
    ["take me off this list", "bórrenme de la lista por favor", "wrong number!!", "text me again and I'll report you"],
)
def test_a_sentence_ends_it_and_stands_in_the_log_of_consent_as_written(diary: Diary, words: str) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    van = diary.carrier.device(VAN.phone)
    van.reply(words)
    van.expect_sms("no le mandaremos" if "lista" in words else "no more texts")
    assert diary.consents(VAN)[-1] == (False, words)
    diary.lab_reports("xylazine").expect_nothing(VAN)


SOMETHING_ELSE = (
    "don't stop sending these",
    "is there a way to stop an overdose?",
    "can I stop by for strips?",
    "REPORT stop using blue pills in Kern County",
    "Liked “Xylazine in Alameda. Reply STOP to end.”",
)


@pytest.mark.parametrize("words", SOMETHING_ELSE)
def test_what_only_sounds_like_it_ends_nothing(diary: Diary, words: str) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    diary.carrier.device(VAN.phone).reply(words)
    assert [given for given, _ in diary.consents(VAN)] == [True]
