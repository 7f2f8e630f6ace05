"""What carriers do to us: nothing is sent twice that need not be, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.databases import SqliteFiles
from tests.flow.timeline import DESK, VAN, Diary, opened_diary
from tests.peers.smtp_mischief import MailMischief
from tests.peers.twilio_mischief import Mischief


@pytest.fixture
def unheard(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    """A programme that no callback reaches (a firewall, a wrong public_url); its carriers have 1.5 s to answer."""

    def nowhere(text: str) -> str:
        return re.sub(r'public_url = ".*"', 'public_url = "http://127.0.0.1:9"', text)

    with opened_diary(sqlite_files.migrated(), timeout=1.5, own=nowhere) as opened:
        yield opened


TAKEN = [Mischief.ERROR_AFTER, Mischief.STALL_AFTER, Mischief.HANG_UP_AFTER, Mischief.GARBAGE_AFTER]
NOT_TAKEN = [Mischief.ERROR_BEFORE, Mischief.STALL_BEFORE, Mischief.HANG_UP_BEFORE]


@pytest.mark.parametrize("kind", TAKEN)
def test_what_was_perhaps_taken_is_asked_for_and_not_sent_again(unheard: Diary, kind: Mischief) -> None:
    diary = unheard.joins(VAN)
    diary.carrier.misbehave(kind)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    (row,) = diary.deliveries(VAN)
    assert str(row.state) == "sending"
    assert "the carrier is asked before it is sent again" in row.held_because
    diary.later(seconds=19)
    assert diary.states(VAN) == ["sending"], "not asked before the carrier had time to list it"
    diary.later(seconds=5)
    (row,) = diary.deliveries(VAN)
    assert (str(row.state), row.provider_id) == ("accepted", diary.carrier.messages[0].sid)
    diary.later(hours=3)
    assert len(diary.texts_to(VAN)) == 1


@pytest.mark.parametrize("kind", NOT_TAKEN)
def test_what_was_surely_not_taken_is_sent_again(unheard: Diary, kind: Mischief) -> None:
    diary = unheard.joins(VAN)
    diary.carrier.misbehave(kind)
    diary.at("2025-09-08 09:00").lab_reports("xylazine").expect_nothing(VAN)
    diary.later(seconds=25).later(minutes=1).later(minutes=5)
    assert len(diary.texts_to(VAN)) == 1
    (row,) = diary.deliveries(VAN)
    assert (str(row.state), row.attempt) == ("accepted", 2)


def test_while_the_carrier_cannot_be_asked_nothing_is_sent(unheard: Diary) -> None:
    diary = unheard.joins(VAN)
    diary.carrier.misbehave(Mischief.ERROR_AFTER)
    diary.carrier.misbehave(Mischief.LIST_ERROR, times=None)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    for _ in range(20):
        diary.later(minutes=3)
    assert len(diary.texts_to(VAN)) == 1
    (row,) = diary.deliveries(VAN)
    assert "the carrier could not be asked" in row.held_because
    diary.carrier.behave()
    diary.later(hours=1)
    assert diary.states(VAN) == ["accepted"]
    assert len(diary.texts_to(VAN)) == 1


def test_a_callback_is_proof_enough(diary: Diary) -> None:
    """Taken, then 500; but the callback with our own number for it came in."""
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.ERROR_AFTER)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    assert diary.states(VAN) == ["delivered"]
    diary.later(hours=2)
    assert diary.carrier.pages == 0, "nobody had to be asked"
    assert len(diary.texts_to(VAN)) == 1


ODD_CALLBACKS = [
    Mischief.CALLBACK_EARLY,
    Mischief.CALLBACK_TWICE,
    Mischief.CALLBACK_REVERSED,
    Mischief.CALLBACK_PER_SEGMENT,
]


@pytest.mark.parametrize("kind", ODD_CALLBACKS)
def test_callbacks_early_twice_and_out_of_order(diary: Diary, kind: Mischief) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(kind)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    (row,) = diary.deliveries(VAN)
    assert (str(row.state), row.provider_id) == ("delivered", diary.carrier.messages[0].sid)
    diary.later(hours=2)
    assert len(diary.texts_to(VAN)) == 1
    drained = [kind for kind, _ in diary.record() if kind == "alert.drained"]
    assert len(drained) == 1, "an edition is through once"


def test_a_callback_that_comes_late_or_never_changes_nothing(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.CALLBACK_NONE)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    assert diary.states(VAN) == ["accepted"]
    diary.carrier.misbehave(Mischief.CALLBACK_LATE, seconds=0.3)
    diary.at("2025-09-09 10:00").lab_reports("carfentanil")
    assert diary.states(VAN) == ["accepted", "delivered"]
    diary.later(days=2)
    assert len(diary.texts_to(VAN)) == 2


def test_too_many_requests_wait_as_long_as_asked(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.TOO_MANY, times=3)
    diary.at("2025-09-08 09:00").lab_reports("xylazine").expect_nothing(VAN)
    for _ in range(10):
        diary.later(minutes=2)
    assert len(diary.texts_to(VAN)) == 1
    (row,) = diary.deliveries(VAN)
    assert row.attempt == 4


@pytest.mark.parametrize("code", [21211, 21614, 30005])
def test_an_address_that_will_never_work_is_not_tried_again(diary: Diary, code: int) -> None:
    diary.joins(VAN, DESK)
    diary.carrier.misbehave(Mischief.REFUSE, code=code)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    assert diary.states(VAN) == ["failed"]
    assert str(code) in diary.dead(VAN)
    diary.expect_mail(DESK)
    diary.at("2025-09-09 10:00").lab_reports("xylazine", county="Kern")
    diary.expect_mail(DESK, containing="Kern")
    assert diary.deliveries(VAN)[-1].version == 1, "the next edition is not even addressed to it"
    assert diary.carrier.messages == ()


def test_a_phone_that_is_unknown_to_its_network_is_found_out_by_callback(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.UNDELIVERED, code=30005)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    assert diary.states(VAN) == ["failed"]
    assert diary.dead(VAN).startswith("30005")


def test_a_phone_that_is_only_switched_off_stays_alive(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.UNDELIVERED, code=30003)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    assert diary.states(VAN) == ["failed"]
    assert diary.dead(VAN) == ""


def test_a_refused_account_is_tried_again_each_time_its_circuit_closes(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.REFUSE, times=None, code=20003)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    for _ in range(8):
        diary.later(hours=1)
    (row,) = diary.deliveries(VAN)
    assert str(row.state) == "queued"
    assert "20003" in row.problem
    assert diary.dead(VAN) == "", "the account is at fault, not the phone"
    diary.carrier.behave()
    diary.later(hours=1)
    assert diary.states(VAN) == ["delivered"]


def test_what_could_not_be_sent_while_it_was_true_is_not_sent_later(diary: Diary) -> None:
    """Three days without a carrier: a person hears of it, the partner does not hear old news."""
    diary.joins(VAN)
    diary.bells = False
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.bells = True
    diary.carrier.misbehave(Mischief.TOO_MANY, times=None)
    diary.ring()
    diary.later(days=3, minutes=1)
    diary.carrier.behave()
    diary.later(hours=1).later(hours=20)
    (row,) = diary.deliveries(VAN)
    assert str(row.state) == "failed"
    diary.expect_nothing(VAN)


@pytest.mark.parametrize("kind", [MailMischief.STALL_AFTER, MailMischief.HANG_UP_AFTER])
def test_a_mail_that_was_perhaps_taken_is_repeated_under_the_same_message_id(
    unheard: Diary, kind: MailMischief
) -> None:
    """A mail server cannot be asked. A mailbox can drop the second copy; a lost mail nobody brings back."""
    diary = unheard.joins(DESK)
    diary.mail.misbehave(kind)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.later(seconds=25).later(minutes=1)
    first, second = diary.mail.messages
    assert first.message_id == second.message_id
    assert (first.subject, first.text, first.html) == (second.subject, second.text, second.html)
    assert diary.states(DESK) == ["accepted"]


def test_a_mailbox_that_does_not_exist_is_not_written_to_again(diary: Diary) -> None:
    diary.joins(DESK)
    diary.mail.misbehave(MailMischief.REFUSE_RECIPIENT)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    assert diary.states(DESK) == ["failed"]
    diary.at("2025-09-09 10:00").lab_reports("xylazine", county="Kern")
    assert diary.mail.messages == ()


def test_a_mailbox_that_is_busy_is_tried_again(diary: Diary) -> None:
    diary.joins(DESK)
    diary.mail.misbehave(MailMischief.REFUSE_RECIPIENT, reply="451 4.2.1 try again later")
    diary.at("2025-09-08 09:00").lab_reports("xylazine").expect_nothing(DESK)
    diary.later(minutes=1).expect_mail(DESK)
    assert diary.deliveries(DESK)[0].attempt == 2
