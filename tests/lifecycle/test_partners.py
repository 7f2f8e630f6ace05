"""Addresses are proven before first use; people are erased on request, and the record still proves itself."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.flow.partners.enrol import enrol
from alerts.flow.partners.erase import erase
from alerts.flow.partners.erase_left import erase_left
from alerts.flow.partners.prove import TRIES, ask_for_proof, prove_by_code, prove_by_link
from alerts.model.partner import Contact
from alerts.store import partners
from alerts.store.tables import metadata
from tests.flow.timeline import COUNTER, DESK, VAN, Diary
from tests.peers.twilio_mischief import Mischief


def comes_in(diary: Diary, **more: str) -> Contact:
    row = {**VAN.row, "email": DESK.email, **more}
    return enrol(diary.app, row, "import of partners.csv", diary.now)


def code_in(text: str) -> str:
    found = re.search(r"\b(\d{6})\b", text)
    assert found is not None, text
    return found[1]


def test_nothing_but_the_question_goes_to_an_address_before_its_owner_answered(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    contact = comes_in(diary)
    diary.ring()
    code = code_in(diary.expect_sms(VAN, containing="code").text)
    link = diary.expect_mail(DESK, containing="/verify/").text
    diary.lab_reports("xylazine").expect_nothing(VAN, DESK)
    assert prove_by_code(diary.app, "sms", VAN.phone, f" {code[:3]} {code[3:]}.", diary.now) is not None
    diary.ring().expect_sms(VAN, containing="STOP")  # the welcome
    diary.at("10:00").lab_reports("carfentanil").expect_sms(VAN, containing="carfentanil")
    diary.expect_nothing(DESK)
    token = link.split("/verify/")[1].split()[0]
    assert prove_by_link(diary.app, token, diary.now) is not None
    assert prove_by_link(diary.app, token, diary.now) is None, "a link works once"
    diary.ring().expect_mail(DESK)
    with diary.app.store.read() as connection:
        log = partners.consent_log(connection, contact.id)
    assert [(c.channel, c.how) for c in log] == [
        ("sms", "import of partners.csv"), ("email", "import of partners.csv"), ("sms", "verified"),
        ("email", "verified"),
    ]  # fmt: skip


def test_a_code_is_not_to_be_guessed_and_does_not_live_for_ever(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    contact = comes_in(diary)
    diary.ring()
    code = code_in(diary.expect_sms(VAN).text)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(TRIES):
        assert prove_by_code(diary.app, "sms", VAN.phone, wrong, diary.now) is None
    assert prove_by_code(diary.app, "sms", VAN.phone, code, diary.now) is None, "tried too often"
    assert ask_for_proof(diary.app, contact.id, diary.now) == ("sms", "email")
    diary.ring()
    fresh = code_in(diary.expect_sms(VAN).text)
    diary.at("2025-09-09 09:01")
    assert prove_by_code(diary.app, "sms", VAN.phone, fresh, diary.now) is None, "a day later"
    assert prove_by_code(diary.app, "sms", "+15105550199", fresh, diary.now) is None


def test_what_was_proven_elsewhere_is_taken_as_said(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    comes_in(diary, verified="yes")
    diary.lab_reports("xylazine").expect_sms(VAN, containing="xylazine")


def test_a_person_is_erased_and_the_record_still_proves_itself(diary: Diary) -> None:
    diary.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.at("22:00").lab_reports("carfentanil")
    with diary.app.store.read() as connection:
        number = partners.contact_at(connection, "sms", VAN.phone)
    assert number is not None
    assert erase(diary.app, number, "Ana", diary.now)
    assert not erase(diary.app, 999, "Ana", diary.now)
    diary.at("2025-09-09 12:00").expect_nothing(VAN)
    assert ("contact.erased", "partners") in diary.record()
    with diary.app.store.read() as connection:
        everything = "\n".join(
            str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))
        )
    assert "5550111" not in everything
    assert DESK.email in everything


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("drills", "perhaps", "drills must be yes or no"), ("weekly", "0", "from 1 to 1000"),
     ("digest", "hourly", "daily, weekly or empty")],
)  # fmt: skip
def test_a_wrong_choice_is_told_in_words(diary: Diary, column: str, value: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        comes_in(diary, **{column: value})


def test_start_brings_back_a_phone_that_the_carrier_had_given_up(diary: Diary) -> None:
    """They told the carrier STOP, so it refused our text and the address was marked dead. START must undo that."""
    diary.joins(VAN).at("2025-09-08 09:00")
    diary.carrier.misbehave(Mischief.REFUSE, to=VAN.phone, code=21610)
    diary.lab_reports("xylazine")
    assert diary.dead(VAN).startswith("21610")
    diary.carrier.device(VAN.phone).reply("START")
    diary.expect_sms(VAN, containing="Alameda")
    assert diary.dead(VAN) == ""
    diary.at("2025-09-09 10:00").lab_reports("carfentanil").expect_sms(VAN, containing="carfentanil")


def test_nothing_that_a_carrier_said_of_a_person_stays_when_they_are_erased(diary: Diary) -> None:
    diary.joins(VAN, DESK).at("2025-09-08 09:00")
    diary.carrier.misbehave(Mischief.REFUSE, to=VAN.phone, code=21211)
    diary.lab_reports("xylazine")
    with diary.app.store.read() as connection:
        number = partners.contact_at(connection, "sms", VAN.phone)
        assert number is not None
        tables = metadata.sorted_tables
        assert [t for t in tables if any("5550111" in str(row) for row in connection.execute(sa.select(t)))]
    assert erase(diary.app, number, "Ana", diary.now)
    with diary.app.store.read() as connection:
        rows = [str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert not [row for row in rows if "5550111" in row]


def test_who_left_is_erased_after_the_retention_and_the_record_still_proves_itself(diary: Diary) -> None:
    """STOP everywhere counts as leaving; who has one way left stays, and so does who came back."""
    both = replace(VAN, partner="Both", phone="+15105550166", email="both@one.example")
    diary.joins(VAN, COUNTER, both).at("2025-09-08 09:00")
    for who in (VAN, COUNTER, both):
        diary.carrier.device(who.phone).reply("STOP")
    diary.at("2025-09-09 09:00")
    diary.carrier.device(COUNTER.phone).reply("ALTA")
    keeps = timedelta(days=diary.app.configuration.privacy.contact_days)
    with diary.app.store.read() as connection:
        numbers = [partners.contact_at(connection, "sms", who.phone) for who in (VAN, COUNTER, both)]
    assert erase_left(diary.app, diary.now + keeps - timedelta(days=2)) == 0
    assert erase_left(diary.app, diary.now + keeps + timedelta(days=2)) == 1
    with diary.app.store.read() as connection:
        left = [bool(partners.get(connection, n or 0).addresses) for n in numbers]  # type: ignore[union-attr]
    assert left == [False, True, True]
    assert ("contact.erased", "partners") in diary.record(), "and it is proven on the way"
