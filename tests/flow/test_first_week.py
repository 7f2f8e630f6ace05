"""The main job, as a diary: a substance appears, spreads, and people hear of it once each time."""

from __future__ import annotations

from tests.flow.timeline import COUNTER, DESK, EQUIPO, KERN_VAN, VAN, Diary


def test_a_first_sighting_reaches_everybody_in_their_language(diary_on_both: Diary) -> None:
    diary, at = diary_on_both, diary_on_both.at
    diary.joins(VAN, COUNTER, DESK, EQUIPO, KERN_VAN)
    at("2025-09-08 09:00").lab_reports("xylazine", county="Alameda")
    english = diary.expect_sms(VAN, containing="xylazine").text
    assert english.startswith("Eastside Outreach: ")
    assert "Alameda County" in english
    assert "Reply STOP" in english, "the first text says how to end them"
    assert "Responda ALTO" in diary.expect_sms(COUNTER, containing="xilacina").text
    assert "Alameda County" in diary.expect_mail(DESK, containing="xylazine").text
    assert diary.expect_mail(EQUIPO, containing="xilacina").parsed["Content-Language"] == "es"
    diary.expect_nothing(VAN, COUNTER, DESK, EQUIPO, KERN_VAN)

    assert diary.reasons() == ["first sighting"]
    assert diary.states() == ["delivered", "delivered", "accepted", "accepted"], "a mail server gives no receipt"
    about = [kind for kind, subject in diary.record() if subject == "SW-2025-0001"]
    assert about == ["alert.opened", "alert.addressed", "alert.drained"]


def test_a_second_county_is_one_update_and_not_before_its_time(diary_on_both: Diary) -> None:
    diary, at = diary_on_both, diary_on_both.at
    diary.joins(VAN, KERN_VAN, COUNTER)
    at("2025-09-08 09:00").lab_reports("xylazine", county="Alameda")
    diary.expect_sms(VAN, containing="Alameda")
    diary.expect_sms(COUNTER, containing="Alameda")
    at("11:00").lab_reports("xylazine", county="Alameda")
    diary.expect_nothing(VAN, KERN_VAN, COUNTER)
    at("15:00").lab_reports("xylazine", county="Kern")
    diary.expect_nothing(VAN, KERN_VAN, COUNTER)
    assert diary.reasons() == ["first sighting"], "the last edition is six hours old, and updates wait for 24"
    at("2025-09-09 08:59").poll()
    diary.expect_nothing(VAN, KERN_VAN, COUNTER)
    at("09:00")
    assert diary.reasons() == ["first sighting", "new place"], "no new data were needed to remember what waited"
    # A quiet county that joins pages those whom it concerns, and to them it is the alert itself.
    assert "STOP" in diary.expect_sms(KERN_VAN, containing="Kern County").text
    assert "STOP" not in diary.expect_sms(COUNTER, containing="Kern").text, "they know by now how to end it"
    at("2025-09-14 12:00")
    diary.expect_nothing(VAN, KERN_VAN, COUNTER)
    assert diary.reasons() == ["first sighting", "new place"]


def test_what_grows_worse_is_said_at_once(diary: Diary) -> None:
    """Carfentanil in Alameda is on a list of its own, with the highest level; xylazine's alert is another alert."""
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN, containing="ADVISORY")
    diary.at("09:10").lab_reports("carfentanil")
    assert "ACT NOW" in diary.expect_sms(VAN, containing="carfentanil").text
    assert [(a.substance, str(a.level)) for a in diary.alerts()] == [
        ("xylazine", "advisory"),
        ("carfentanil", "act_now"),
    ]


def test_a_trace_is_not_news(diary: Diary) -> None:
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports(traces=("xylazine",))
    diary.at("2025-09-09 09:00").expect_nothing(VAN)
    assert diary.alerts() == []


def test_history_that_comes_with_the_first_reading_is_not_news(diary: Diary) -> None:
    """Nobody is told of what was found before the programme began to watch; here three weeks ago."""
    assert diary.feed().new == 3
    assert diary.alerts() == []


def test_who_joins_later_hears_of_the_next_edition_only(diary: Diary) -> None:
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN)
    diary.joins(COUNTER)
    diary.at("2025-09-09 09:01").expect_nothing(VAN, COUNTER)
    diary.at("2025-09-09 10:00").lab_reports("xylazine", county="Kern")
    diary.expect_nothing(VAN)
    assert "Alameda" in diary.expect_sms(COUNTER, containing="Kern").text, "to a newcomer it is the alert itself"


def test_the_same_day_twice_changes_nothing(diary: Diary) -> None:
    """Bells that ring again, feeds that are read again: people are written to once."""
    diary.joins(VAN, DESK)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    before = diary.record()
    for _ in range(3):
        diary.poll().ring()
    assert diary.record() == before
    assert len(diary.texts_to(VAN)) == len(diary.mail.messages) == 1
