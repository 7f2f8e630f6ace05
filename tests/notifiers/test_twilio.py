"""The Twilio notifier against the Twilio peer, over real HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from notifiers.message import DeliveryError, Message, Scope
from notifiers.twilio import TwilioSms
from tests.peers.twilio_mischief import Mischief
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN, NUMBER, SERVICE_SID, TwilioPeer

TO = "+15105550123"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def peer() -> Iterator[TwilioPeer]:
    with TwilioPeer() as peer:
        yield peer
        assert peer.faults == []


@pytest.fixture
def sms(peer: TwilioPeer) -> Iterator[TwilioSms]:
    with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, timeout=10, base_url=peer.url) as sms:
        yield sms


def text(words: str = "Medetomidine found in Alameda", to: str = TO, delivery_id: str = "d-1") -> Message:
    return Message(delivery_id, to, words)


def refused(sms: TwilioSms, message: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        sms.send(message)
    return caught.value


def test_a_text_arrives_byte_for_byte_and_its_receipt_names_it(peer: TwilioPeer, sms: TwilioSms) -> None:
    words = "Alerta: medetomidina en Alameda. No reacciona a naloxona; dela igual. ¿Dudas? ñ é €"
    receipt = sms.send(text(words))
    assert peer.device(TO).expect_sms("medetomidina").text == words
    assert receipt.provider == "twilio"
    assert receipt.provider_id == peer.messages[0].sid
    assert (receipt.state, receipt.segments) == ("queued", 1)


def test_a_messaging_service_has_not_counted_segments_yet(peer: TwilioPeer) -> None:
    with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, messaging_service_sid=SERVICE_SID, base_url=peer.url) as sms:
        peer.misbehave(Mischief.QUEUE)
        receipt = sms.send(text())
    assert receipt.state == "accepted"
    assert receipt.segments is None


@pytest.mark.parametrize(
    ("to", "code", "scope"),
    [
        ("+15005550001", "21211", Scope.RECIPIENT),
        ("+15005550003", "21408", Scope.ACCOUNT),
        ("+15005550004", "21610", Scope.RECIPIENT),
        ("+15005550009", "21614", Scope.RECIPIENT),
        ("+15005550002", "21612", Scope.TEMPORARY),  # in no table: the default class
        ("not a number", "21211", Scope.RECIPIENT),
    ],
)
def test_numbers_that_twilio_refuses(sms: TwilioSms, peer: TwilioPeer, to: str, code: str, scope: Scope) -> None:
    error = refused(sms, text(to=to))
    assert (error.code, error.scope) == (code, scope)
    assert peer.messages == ()


@pytest.mark.parametrize(
    ("sender", "code", "scope"),
    [("+15005550007", "21606", Scope.ACCOUNT), ("+15005550008", "21611", Scope.TEMPORARY)],
)
def test_senders_that_twilio_refuses(peer: TwilioPeer, sender: str, code: str, scope: Scope) -> None:
    with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=sender, base_url=peer.url) as sms:
        error = refused(sms, text())
    assert (error.code, error.scope) == (code, scope)


def test_a_text_without_words_or_too_long_is_the_messages_fault(sms: TwilioSms) -> None:
    assert refused(sms, text("")).code == "21602"
    assert refused(sms, text("x" * 1601)).scope is Scope.MESSAGE


def test_a_wrong_token_is_the_accounts_fault_and_stays_out_of_the_words(peer: TwilioPeer) -> None:
    with TwilioSms(ACCOUNT_SID, "hunter2-token", sender=NUMBER, base_url=peer.url) as sms:
        error = refused(sms, text())
        assert error.scope is Scope.ACCOUNT
        assert error.permanent
        assert "hunter2" not in str(error)
        with pytest.raises(DeliveryError) as caught:
            sms.find(text(), LONG_AGO)
    assert caught.value.scope is Scope.ACCOUNT


def test_the_operator_may_class_a_code_otherwise(peer: TwilioPeer) -> None:
    with TwilioSms(
        ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=peer.url, codes={30500: Scope.HOURS}, default=Scope.MESSAGE
    ) as sms:
        peer.misbehave(Mischief.REFUSE, code=30500)
        peer.misbehave(Mischief.REFUSE, code=99999)
        assert refused(sms, text()).scope is Scope.HOURS
        assert refused(sms, text()).scope is Scope.MESSAGE


def test_too_many_requests_is_temporary_with_the_wait_that_twilio_asks_for(peer: TwilioPeer, sms: TwilioSms) -> None:
    peer.misbehave(Mischief.TOO_MANY)
    error = refused(sms, text())
    assert (error.scope, error.code, error.retry_after) == (Scope.TEMPORARY, "20429", 1.0)
    peer.misbehave(Mischief.REFUSE, code=30500)
    assert refused(sms, text()).retry_after is None, "the wait of an earlier answer must not stick"


@pytest.mark.parametrize(
    "kind",
    [
        Mischief.ERROR_AFTER,
        Mischief.STALL_AFTER,
        Mischief.HANG_UP_AFTER,
        Mischief.GARBAGE_AFTER,
        Mischief.ERROR_BEFORE,
        Mischief.STALL_BEFORE,
        Mischief.HANG_UP_BEFORE,
    ],
)
def test_no_clear_answer_is_ambiguous_and_find_tells_what_became_of_it(
    peer: TwilioPeer, sms: TwilioSms, kind: Mischief
) -> None:
    before = datetime.now(UTC)
    peer.misbehave(kind)
    # As long as a busy machine may need to take the message, and no longer, because two of these wait it out.
    with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, timeout=1.5, base_url=peer.url) as hasty:
        assert refused(hasty, text()).scope is Scope.AMBIGUOUS
    found = sms.find(text(), before)
    if "after" in kind:
        assert found is not None
        assert found.provider_id == peer.messages[0].sid
    else:
        assert found is None


def test_slow_but_in_time_is_taken(peer: TwilioPeer, sms: TwilioSms) -> None:
    peer.misbehave(Mischief.SLOW, seconds=0.1)
    assert sms.send(text()).provider_id == peer.messages[0].sid


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, timeout=1, base_url=f"http://127.0.0.1:{port}") as sms:
        error = refused(sms, text())
        assert (error.scope, error.code) == (Scope.TEMPORARY, "connect")
        with pytest.raises(DeliveryError) as caught:
            sms.find(text(), LONG_AGO)
        assert caught.value.scope is Scope.TEMPORARY


def test_a_name_that_does_not_resolve_is_temporary() -> None:
    with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, timeout=2, base_url="http://twilio.invalid") as sms:
        assert refused(sms, text()).scope is Scope.TEMPORARY


def test_a_failed_question_is_no_answer(peer: TwilioPeer, sms: TwilioSms) -> None:
    sms.send(text())
    peer.misbehave(Mischief.LIST_ERROR)
    with pytest.raises(DeliveryError) as caught:
        sms.find(text(), LONG_AGO)
    assert (caught.value.scope, caught.value.code) == (Scope.TEMPORARY, "500")


def test_find_sees_a_text_that_still_waits_in_twilios_queue(peer: TwilioPeer, sms: TwilioSms) -> None:
    peer.misbehave(Mischief.QUEUE)
    sent = sms.send(text())
    assert peer.messages[0].sent is None
    found = sms.find(text(), datetime.now(UTC))
    assert found is not None
    assert found.provider_id == sent.provider_id


def test_find_takes_neither_other_words_nor_other_numbers_nor_old_texts(peer: TwilioPeer, sms: TwilioSms) -> None:
    sms.send(text("Xylazine found in Kern"))
    sms.send(text(to="+15105550199"))
    sms.send(text())
    assert sms.find(text("Carfentanil found in Kern"), LONG_AGO) is None
    assert sms.find(text("Xylazine found in Kern", to="+15105550199"), LONG_AGO) is None
    assert sms.find(text(), datetime.now(UTC) + timedelta(hours=3)) is None


def test_two_deliveries_of_the_same_words_are_told_apart_by_what_is_taken(peer: TwilioPeer, sms: TwilioSms) -> None:
    first = sms.send(text(delivery_id="d-1"))
    assert sms.find(text(delivery_id="d-2"), LONG_AGO, taken={first.provider_id}) is None
    second = sms.send(text(delivery_id="d-2"))
    found = sms.find(text(delivery_id="d-2"), LONG_AGO, taken={first.provider_id})
    assert found is not None
    assert found.provider_id == second.provider_id


def test_find_looks_beyond_smart_encoding(sms: TwilioSms) -> None:
    sms.send(text("Don't wait - call 911..."))
    assert sms.find(text("Don’t wait — call 911…"), LONG_AGO) is not None


def test_a_person_cannot_fake_our_text_by_sending_it_to_us(peer: TwilioPeer, sms: TwilioSms) -> None:
    peer.inbound("+15105550177", "Medetomidine found in Alameda")
    assert sms.find(text(to=NUMBER), LONG_AGO) is None


def test_find_reads_on_over_pages(peer: TwilioPeer, sms: TwilioSms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifiers.twilio.PAGE", 2)
    sms.send(text("the one"))
    for number in range(4):
        sms.send(text(f"another {number}"))
    assert sms.find(text("the one"), LONG_AGO) is not None
    listed = sms._client.messages.list(to=TO, page_size=2)
    assert [message.body for message in listed] == [*(f"another {n}" for n in (3, 2, 1, 0)), "the one"]


def test_find_stops_reading_where_all_is_old(peer: TwilioPeer, sms: TwilioSms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifiers.twilio.PAGE", 10)
    for number in range(75):
        sms.send(text(f"another {number}"))
    assert sms.find(text(), datetime.now(UTC) + timedelta(hours=3)) is None
    assert peer.pages == 6
    assert sms.find(text(), LONG_AGO) is None
    assert peer.pages == 6 + 8


def test_settings_that_cannot_work_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="messaging_service_sid or a sender"):
        TwilioSms(ACCOUNT_SID, AUTH_TOKEN)
    with pytest.raises(ValueError, match="timeout"):
        TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, timeout=0)


def test_find_survives_a_clock_that_is_an_hour_wrong(sms: TwilioSms) -> None:
    sms.send(text())
    assert sms.find(text(), datetime.now(UTC) + timedelta(hours=1)) is not None
