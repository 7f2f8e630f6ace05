"""One channel fails, and the next one of the same person takes over: nobody is forgotten, nobody is told twice for
nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from alerts.flow.delivery.bounced import bounced
from alerts.flow.delivery.dead_letters import retry
from alerts.flow.delivery.settle import settle
from alerts.flow.partners.revoke import revoke
from alerts.flow.reviewing.review import approve
from alerts.model.delivery import Delivery
from alerts.store import dead_letters, partners
from notifiers.twilio_callbacks import StatusCallback
from tests.databases import Postgres, SqliteFiles
from tests.flow.timeline import Diary, Somebody, opened_diary

NIGHT_VAN = Somebody(
    "Eastside Outreach", phone="+15105550111", email="van@eastside.example", places="Alameda County, CA", wake="yes",
    channels="sms; email",
)  # fmt: skip
OFFICE = Somebody(
    "Bay Services", phone="+15105550144", email="office@bay.example", wake="yes", channels="email; sms"
)  # fmt: skip
EVERYWHERE = Somebody("Both Ways", phone="+15105550155", email="both@ways.example", wake="yes")
DEADLY, ADVISED = "carfentanil", "xylazine"


@pytest.fixture
def diary(sqlite_files: SqliteFiles) -> Iterator[Diary]:
    with opened_diary(sqlite_files.migrated()) as opened:
        yield opened


@pytest.fixture
def both(databases: SqliteFiles | Postgres) -> Iterator[Diary]:
    with opened_diary(databases.migrated()) as opened:
        yield opened


def by_channel(diary: Diary, who: Somebody) -> dict[str, str]:
    """Channel → state, of the newest edition."""
    newest = max(d.version for d in diary.deliveries(who))
    return {d.channel: str(d.state) for d in diary.deliveries(who) if d.version == newest}


def row(diary: Diary, who: Somebody, channel: str) -> Delivery:
    (found,) = (d for d in diary.deliveries(who) if d.channel == channel)
    return found


def arrives(diary: Diary, delivery: Delivery) -> None:
    """The carrier says, late, that the phone has it."""
    settle(diary.app, StatusCallback(delivery.id, delivery.provider_id, "delivered"), diary.now)


def comes_back(diary: Diary, delivery: Delivery, status: str = "5.1.1") -> None:
    """A mail server that first took a mail says that it cannot be delivered (RFC 3464)."""
    report = (
        f"Reporting-MTA: dns; mx.example\r\nOriginal-Envelope-Id: {delivery.id}\r\n\r\n"
        f"Final-Recipient: rfc822; {delivery.address}\r\nAction: failed\r\nStatus: {status}\r\n"
    )
    raw = (
        "From: MAILER-DAEMON@mx.example\r\nTo: alerts@bay.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nno such mailbox\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{report}\r\n--b--\r\n"
    )
    assert bounced(diary.app, raw.encode(), diary.now) == 1


# The order itself.


def test_only_the_first_channel_is_used_while_it_works(both: Diary) -> None:
    both.joins(NIGHT_VAN, OFFICE, EVERYWHERE)
    both.at("2025-09-08 09:00").lab_reports(DEADLY)
    both.expect_sms(NIGHT_VAN, DEADLY)
    both.expect_mail(OFFICE, DEADLY)
    both.expect_sms(EVERYWHERE, DEADLY)
    both.expect_mail(EVERYWHERE, DEADLY)
    both.later(hours=20).expect_nothing(NIGHT_VAN, OFFICE, EVERYWHERE)
    assert by_channel(both, NIGHT_VAN) == {"sms": "delivered", "email": "standby"}
    assert by_channel(both, OFFICE) == {"email": "accepted", "sms": "standby"}


def test_a_phone_that_is_none_hands_over_to_the_inbox_at_every_level(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("refuse", code=21614, to=NIGHT_VAN.phone)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED)
    diary.expect_mail(NIGHT_VAN, ADVISED)
    assert by_channel(diary, NIGHT_VAN) == {"sms": "failed", "email": "accepted"}
    assert ("alert.fallback", diary.alert().number) in diary.record()
    with diary.app.store.read() as connection:
        # The address is dead, but nobody was left untold.
        assert dead_letters.count(connection) == 0


def test_a_text_that_was_taken_and_not_delivered_hands_over(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("undelivered", code=30005, to=NIGHT_VAN.phone)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED).ring()
    diary.expect_mail(NIGHT_VAN, ADVISED)
    diary.later(hours=2).expect_nothing(NIGHT_VAN)
    assert by_channel(diary, NIGHT_VAN) == {"sms": "failed", "email": "accepted"}


def test_mail_that_comes_back_hands_over_to_the_phone(diary: Diary) -> None:
    diary.joins(OFFICE)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED)
    diary.expect_mail(OFFICE, ADVISED)
    comes_back(diary, row(diary, OFFICE, "email"))
    diary.at("09:10").expect_sms(OFFICE, ADVISED)
    assert by_channel(diary, OFFICE) == {"email": "failed", "sms": "delivered"}


# Nothing is heard.


def test_life_at_risk_without_a_receipt_goes_to_the_inbox_after_a_quarter_of_an_hour(both: Diary) -> None:
    both.joins(NIGHT_VAN)
    both.carrier.misbehave("callback-none", times=None)
    both.at("2025-09-08 03:00").lab_reports(DEADLY)
    both.expect_sms(NIGHT_VAN, DEADLY)
    both.at("03:14").expect_nothing(NIGHT_VAN)
    both.at("03:16").expect_mail(NIGHT_VAN, DEADLY)
    both.at("23:00").expect_nothing(NIGHT_VAN)
    assert by_channel(both, NIGHT_VAN) == {"sms": "accepted", "email": "accepted"}


def test_an_advisory_without_a_receipt_stays_with_its_channel(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("callback-none", times=None)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED)
    diary.expect_sms(NIGHT_VAN, ADVISED)
    diary.at("20:00").expect_nothing(NIGHT_VAN)
    assert by_channel(diary, NIGHT_VAN) == {"sms": "accepted", "email": "standby"}


def test_a_carrier_that_is_down_is_not_waited_for_and_not_used_afterwards(both: Diary) -> None:
    both.joins(NIGHT_VAN)
    both.carrier.misbehave("429", times=None)
    both.at("2025-09-08 09:00").lab_reports(DEADLY).expect_nothing(NIGHT_VAN)
    both.at("09:05").expect_nothing(NIGHT_VAN)
    both.at("09:16").expect_mail(NIGHT_VAN, DEADLY)
    both.carrier.behave()
    both.at("12:00").expect_nothing(NIGHT_VAN)
    assert by_channel(both, NIGHT_VAN) == {"sms": "standby", "email": "accepted"}
    assert both.texts_to(NIGHT_VAN) == []


def test_a_carrier_that_refuses_our_account_is_passed_over_at_once_when_life_is_at_risk(both: Diary) -> None:
    both.joins(NIGHT_VAN)
    both.carrier.misbehave("refuse", code=20003, times=None)
    both.at("2025-09-08 09:00").lab_reports(DEADLY).expect_mail(NIGHT_VAN, DEADLY)
    both.carrier.behave()
    both.at("10:00").expect_nothing(NIGHT_VAN)
    assert by_channel(both, NIGHT_VAN) == {"sms": "standby", "email": "accepted"}


def test_an_advisory_waits_for_the_account_to_be_mended(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("refuse", code=20003, times=None)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED).expect_nothing(NIGHT_VAN)
    diary.carrier.behave()
    diary.at("09:30").expect_sms(NIGHT_VAN, ADVISED)
    assert by_channel(diary, NIGHT_VAN) == {"sms": "delivered", "email": "standby"}


# What comes late.


def test_a_receipt_before_the_second_channel_went_calls_it_back(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("callback-none", times=None)
    diary.mail.misbehave("refuse-recipient", reply="451 4.3.0 later", times=None)
    diary.at("2025-09-08 09:00").lab_reports(DEADLY)
    diary.expect_sms(NIGHT_VAN, DEADLY)
    diary.at("09:16")
    assert by_channel(diary, NIGHT_VAN) == {"sms": "accepted", "email": "queued"}
    arrives(diary, row(diary, NIGHT_VAN, "sms"))
    diary.mail.behave()
    diary.at("12:00").expect_nothing(NIGHT_VAN)
    assert by_channel(diary, NIGHT_VAN) == {"sms": "delivered", "email": "standby"}


def test_a_receipt_after_the_second_channel_went_decides_the_way_of_the_next_edition(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("callback-none", times=None)
    diary.at("2025-09-08 09:00").lab_reports(DEADLY, key="A")
    diary.expect_sms(NIGHT_VAN, DEADLY)
    diary.at("09:20").expect_mail(NIGHT_VAN, DEADLY)
    arrives(diary, row(diary, NIGHT_VAN, "sms"))
    assert by_channel(diary, NIGHT_VAN) == {"sms": "delivered", "email": "accepted"}
    diary.carrier.behave()
    diary.at("2025-09-10 10:00").lab_withdraws("A").expect_sms(NIGHT_VAN)
    diary.at("20:00").expect_nothing(NIGHT_VAN)


def test_an_end_goes_by_the_channel_that_came_through(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("undelivered", code=30003, to=NIGHT_VAN.phone)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED, key="A").ring()
    diary.expect_mail(NIGHT_VAN, ADVISED)
    diary.at("2025-09-10 10:00").lab_withdraws("A")
    diary.expect_mail(NIGHT_VAN)
    diary.later(hours=2).expect_nothing(NIGHT_VAN)
    assert by_channel(diary, NIGHT_VAN) == {"email": "accepted", "sms": "standby"}


def test_an_end_reaches_by_the_other_channel_whoever_was_told_by_a_phone_that_died_since(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED, key="A").expect_sms(NIGHT_VAN, ADVISED)
    diary.carrier.misbehave("refuse", code=21614, to=NIGHT_VAN.phone)
    diary.at("2025-09-10 10:00").lab_withdraws("A").expect_mail(NIGHT_VAN)
    diary.later(hours=2).expect_nothing(NIGHT_VAN)


# What must not happen.


def test_who_says_stop_is_not_written_to_by_mail_instead(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("429", times=None)
    diary.at("2025-09-08 09:00").lab_reports(DEADLY)
    diary.carrier.device(NIGHT_VAN.phone).reply("STOP")
    diary.carrier.behave()
    diary.at("12:00")
    assert by_channel(diary, NIGHT_VAN) == {"sms": "cancelled", "email": "standby"}
    assert diary.mail.messages == ()


def test_a_second_channel_without_consent_is_not_used(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("429", times=None)
    diary.at("2025-09-08 09:00").lab_reports(DEADLY)
    with diary.app.store.write() as connection:
        number = partners.contact_at(connection, "email", NIGHT_VAN.email)
        assert number is not None
        revoke(connection, number, "email", "unsubscribe", "one click", diary.now)
    diary.at("09:20").expect_nothing(NIGHT_VAN)
    diary.carrier.behave()
    diary.at("10:30").expect_sms(NIGHT_VAN, DEADLY)
    assert by_channel(diary, NIGHT_VAN) == {"sms": "delivered", "email": "cancelled"}


def test_the_second_channel_keeps_quiet_hours(diary: Diary) -> None:
    asleep = replace(OFFICE, wake="")
    diary.joins(asleep)
    diary.mail.misbehave("refuse-recipient", reply="550 5.1.1 no such user", times=None)
    diary.at("2025-09-08 23:30").lab_reports(DEADLY).expect_nothing(asleep)
    diary.at("2025-09-09 07:59").expect_nothing(asleep)
    diary.at("08:01").expect_sms(asleep, DEADLY)


def test_the_second_channel_keeps_the_weekly_limit(sqlite_files: SqliteFiles) -> None:
    with opened_diary(sqlite_files.migrated(), own=lambda text: text + "[fatigue]\nadvisory = 1\n") as diary:
        diary.joins(OFFICE)
        diary.at("2025-09-08 09:00").lab_reports("xylazine").expect_mail(OFFICE, "xylazine")
        comes_back(diary, row(diary, OFFICE, "email"), "5.7.1")
        diary.at("09:10").expect_sms(OFFICE, "xylazine")
        diary.at("2025-09-09 09:00").lab_reports("medetomidine").expect_mail(OFFICE, "medetomidine")
        comes_back(diary, [d for d in diary.deliveries(OFFICE) if d.channel == "email"][-1], "5.7.1")
        diary.at("2025-09-15 09:00").expect_nothing(OFFICE)
        assert diary.deliveries(OFFICE)[-1].held_because == "weekly limit"
        diary.at("09:15").expect_sms(OFFICE, "medetomidine")


def test_an_approval_binds_what_stands_by_too(sqlite_files: SqliteFiles) -> None:
    with opened_diary(sqlite_files.migrated(), release="review") as diary:
        diary.joins(NIGHT_VAN)
        diary.carrier.misbehave("refuse", code=21614, to=NIGHT_VAN.phone)
        diary.at("2025-09-08 09:00").lab_reports(ADVISED)
        planned = diary.planned()
        assert {d.channel: str(d.state) for d in planned.deliveries} == {"sms": "queued", "email": "standby"}
        approved = {d.id: (d.subject, d.text, d.html) for d in planned.deliveries}
        approve(diary.app, diary.alert().number, diary.person("Robin"), planned.sha256, diary.now)
        diary.ring().expect_mail(NIGHT_VAN, ADVISED)
        assert {d.id: (d.subject, d.text, d.html) for d in diary.deliveries(NIGHT_VAN)} == approved


def test_a_person_may_send_by_the_failed_channel_all_the_same(diary: Diary) -> None:
    diary.joins(NIGHT_VAN)
    diary.carrier.misbehave("undelivered", code=30008, to=NIGHT_VAN.phone)
    diary.at("2025-09-08 09:00").lab_reports(ADVISED).ring()
    diary.expect_mail(NIGHT_VAN, ADVISED)
    retry(diary.app, row(diary, NIGHT_VAN, "sms").id, diary.person("Robin"), diary.now)
    diary.ring().expect_sms(NIGHT_VAN, ADVISED)


def test_what_waited_as_one_of_several_texts_and_failed_goes_by_mail(sqlite_files: SqliteFiles) -> None:
    asleep = replace(NIGHT_VAN, wake="")
    with opened_diary(sqlite_files.migrated()) as diary:
        diary.joins(asleep)
        diary.carrier.misbehave("undelivered", code=30005, to=asleep.phone, times=None)
        diary.at("2025-09-08 23:00").lab_reports("xylazine")
        diary.at("23:30").lab_reports("medetomidine").expect_nothing(asleep)
        diary.at("2025-09-09 08:01").ring()
        diary.expect_mail(asleep, "xylazine")
        diary.expect_mail(asleep, "medetomidine")
