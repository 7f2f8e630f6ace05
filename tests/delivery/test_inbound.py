"""What people write back: all of it is heard, little is answered, and nothing of it reaches anybody else."""

from __future__ import annotations

import sqlalchemy as sa

from alerts.flow.inbound.hear import hear
from alerts.flow.upkeep.tidy import tidy
from alerts.store import inbound, partners, reports
from notifiers.twilio_callbacks import Inbound
from tests.flow.timeline import COUNTER, VAN, Diary

STRANGER = "+15105550999"


def waiting(diary: Diary) -> list[tuple[str, str]]:
    with diary.app.store.read() as connection:
        return [(w.meaning, w.text) for w in inbound.waiting(connection)]


def everything_stored(diary: Diary) -> str:
    """Every value of every table, but for those that hold contacts and messages to them on purpose."""
    with diary.app.store.read() as connection:
        names = sa.inspect(connection).get_table_names()
        rows = (connection.exec_driver_sql(f"SELECT * FROM {n}").all() for n in names if n not in ("joining",))
        return "\n".join(str(row) for table in rows for row in table)


def test_what_nobody_understands_waits_for_a_person_and_its_words_go_when_it_is_read(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    van = diary.carrier.device(VAN.phone)
    van.reply("the van moved to 5th street")
    van.expect_sms("STOP to end")
    assert waiting(diary) == [("unknown", "the van moved to 5th street")]
    with diary.app.store.write() as connection:
        (one,) = inbound.waiting(connection)
        assert inbound.read(connection, one.number, "Robin")
        assert not inbound.read(connection, one.number, "Robin")
    assert waiting(diary) == []
    assert "5th street" not in everything_stored(diary)


def test_whoever_is_not_understood_is_told_of_stop_once_a_day(diary: Diary) -> None:
    """It may have been a STOP in words that nobody foresaw; a second answer on that day would be a nuisance."""
    diary.joins(VAN).at("2025-09-08 09:00")
    van = diary.carrier.device(VAN.phone)
    van.reply("que ya estuvo bueno con esto oiga")
    van.expect_sms("in an emergency call 911")
    van.reply("bueno pues")
    van.expect_no_sms(within=0)
    diary.at("2025-09-09 09:00")
    van.reply("otra vez lo mismo")
    van.expect_sms("STOP to end")
    van.reply("STOP")
    van.expect_sms()
    van.reply("otra vez lo mismo")
    van.expect_no_sms(within=0)


def test_words_that_nobody_read_in_time_are_forgotten(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    diary.carrier.device(VAN.phone).reply("my cousin's name is Alex")
    diary.at("2025-10-20 09:00")
    tidy(diary.app, diary.now)
    assert waiting(diary) == []
    assert "Alex" not in everything_stored(diary)


def test_a_cry_for_help_is_answered_with_911_and_read_by_a_person(diary: Diary) -> None:
    diary.joins(VAN, COUNTER).at("2025-09-08 23:30")
    diary.carrier.device(VAN.phone).reply("my friend is not breathing")
    diary.carrier.device(VAN.phone).expect_sms("call 911 now")
    diary.carrier.device(COUNTER.phone).reply("no respira")
    diary.carrier.device(COUNTER.phone).expect_sms("llame ya al 911")
    assert [text for _, text in waiting(diary)] == ["my friend is not breathing", "no respira"]


def test_a_bare_yes_starts_nothing(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    phone = diary.carrier.device(VAN.phone)
    phone.reply("STOP")
    phone.expect_sms()
    phone.reply("yes")
    phone.expect_no_sms(within=0)
    assert diary.consents(VAN)[-1][0] is False


def test_the_language_can_be_changed(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    phone = diary.carrier.device(VAN.phone)
    phone.reply("IDIOMA español")
    phone.expect_sms("Desde ahora le escribimos en español")
    diary.lab_reports("xylazine")
    diary.expect_sms(VAN, containing="xilacina")
    phone.reply("LANG klingon")
    phone.expect_no_sms(within=0)
    assert waiting(diary) == [("lang", "LANG klingon")]


def test_why_names_the_alert_and_the_consent(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN)
    phone = diary.carrier.device(VAN.phone)
    phone.reply("why?")
    said = phone.expect_sms(diary.alert().number)
    assert "diary" in said.text, "how consent was given"


def test_feedback_counts_once_a_person_and_names_nobody(diary: Diary) -> None:
    diary.joins(VAN, COUNTER).at("2025-09-08 09:00")
    diary.carrier.device(VAN.phone).reply("1")
    with diary.app.store.read() as connection:
        assert inbound.votes(connection) == {}, "there was no alert yet"
    diary.lab_reports("xylazine")
    for somebody, said in ((VAN, "2"), (COUNTER, "1"), (VAN, "1")):
        diary.carrier.device(somebody.phone).reply(said)
    with diary.app.store.read() as connection:
        assert inbound.votes(connection, threshold="sedatives") == {"1": 2}
        columns = [c["name"] for c in sa.inspect(connection).get_columns("feedback")]
    assert not {"contact", "address", "phone"} & set(columns)


def test_a_report_becomes_a_sample_that_leads_back_to_nobody(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    diary.carrier.device(STRANGER).reply("REPORT xylazine in Kern County, two people slept for hours")
    diary.carrier.device(STRANGER).expect_sms("stored without your number")
    with diary.app.store.read() as connection:
        sample = connection.execute(sa.text("SELECT * FROM samples WHERE feed = 'field-reports'")).one()
        text = connection.execute(sa.text("SELECT * FROM inbound")).one()
    assert (sample.kind, sample.place) == ("field report", "06029")
    assert text.contact is None
    stored = everything_stored(diary)
    assert STRANGER not in stored
    sid = next(t.sid for t in diary.carrier.ledger.texts() if t.direction == "inbound")
    assert sid not in stored, "the carrier could be asked whose it is"


def test_many_reports_of_one_number_are_read_and_not_counted(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    for n in range(8):
        diary.carrier.device(STRANGER).reply(f"REPORT xylazine in Kern County, {n} people")
    with diary.app.store.read() as connection:
        counted = connection.execute(sa.text("SELECT count(*) FROM samples WHERE feed = 'field-reports'")).scalar_one()
        kept = reports.waiting(connection)
    assert counted == 3
    assert [bool(one.sample) for one in kept] == [True] * 3 + [False] * 5
    assert len(diary.carrier.device(STRANGER).inbox) == 1, "an unknown number is answered once a day"


def test_joining_takes_two_texts_and_a_day_at_the_most(diary: Diary) -> None:
    diary.at("2025-09-08 09:00")
    phone = diary.carrier.device(STRANGER)
    phone.reply("yes")
    phone.reply("JOIN Kern")
    phone.expect_sms("reply YES").then_reply("YES")
    phone.expect_sms("Kern")
    with diary.app.store.read() as connection:
        number = partners.contact_at(connection, "sms", STRANGER)
        assert number is not None
        (given,) = partners.consent_log(connection, number)
    assert given.words == "JOIN, then YES"
    diary.lab_reports("xylazine", county="Kern")
    phone.expect_sms("ylazine")
    by_zip = diary.carrier.device("+15105550997")
    by_zip.reply("JOIN 93301")
    by_zip.expect_sms("Kern County").then_reply("YES")
    by_zip.expect_sms("Kern")
    elsewhere = diary.carrier.device("+15105550996")
    elsewhere.reply("JOIN 10001")
    elsewhere.expect_sms("alerts for California")
    late = diary.carrier.device("+15105550998")
    late.reply("UNIRSE Alameda")
    late.expect_sms("responda SI")
    diary.at("2025-09-10 09:00")
    late.reply("si")
    late.expect_no_sms(within=0)


def test_a_flood_is_obeyed_and_not_answered(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    for n in range(60):
        hear(diary.app, Inbound(f"SMhelp{n}", VAN.phone, "", "HELP"), diary.now)
    with diary.app.store.read() as connection:
        answers = connection.execute(sa.text("SELECT answers FROM writers")).scalar_one()
    assert answers == diary.app.configuration.delivery.texts_a_day
    assert hear(diary.app, Inbound("SMstop", VAN.phone, "", "STOP"), diary.now) == ""
    assert diary.consents(VAN)[-1][0] is False


def test_the_same_text_twice_is_answered_once(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    text = Inbound("SM1", VAN.phone, "", "HELP")
    assert "911" in hear(diary.app, text, diary.now)
    assert hear(diary.app, text, diary.now) == ""
