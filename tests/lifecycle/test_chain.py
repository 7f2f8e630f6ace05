"""The chain of versions: what is said to whom when an alert grows, is corrected, ends and comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.flow.reviewing.cancel import cancel
from alerts.flow.reviewing.review import ReviewError
from alerts.model.alert import ALERT_MOVES, Alert, AlertState
from alerts.model.reason import ENDINGS, NOTIFIES, SENTENCES, Reason
from alerts.store import alerts
from tests.flow.timeline import COUNTER, DESK, KERN_VAN, VAN, Diary, Somebody

SLEEPER = replace(VAN, partner="Sleeper", phone="+15105550177")
STATEWIDE = Somebody("Statewide", phone="+15105550188", places="CA")


def test_the_table_of_moves_names_every_reason_that_notifies() -> None:
    named = {reason for moves in ALERT_MOVES.values() for reasons in moves.values() for reason in reasons}
    assert named >= NOTIFIES
    assert set(SENTENCES) == set(Reason)
    assert ALERT_MOVES[AlertState.ENDED] == {}
    assert set(ALERT_MOVES[AlertState.OPEN][AlertState.ENDED]) >= ENDINGS


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (AlertState.ENDED, AlertState.OPEN, Reason.NEW_PLACE),
        (AlertState.OPEN, AlertState.ENDED, Reason.NEW_PLACE),
        (AlertState.OPEN, AlertState.OPEN, Reason.FIRST_SIGHTING),
    ],
)
def test_an_illegal_move_is_refused_by_the_store(
    diary: Diary, before: AlertState, after: AlertState, reason: Reason
) -> None:
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    alert: Alert = replace(diary.alert(), state=after)
    with pytest.raises(ValueError, match="cannot become"), diary.app.store.write() as connection:
        alerts.change(connection, before, alert, reason)


def test_a_correction_says_what_the_laboratory_names_now(diary: Diary) -> None:
    diary.joins(VAN, DESK)
    diary.at("2025-09-08 09:00").lab_reports("xylazine", key="S1")
    diary.expect_sms(VAN)
    diary.expect_mail(DESK)
    diary.at("2025-09-09 09:30").lab_changes("S1", "medetomidine")
    said = diary.expect_sms(VAN, containing="CORRECTION").text
    assert "The lab changed its result." in said
    assert "now names it medetomidine" in said
    assert "We take the alert back." in said
    diary.expect_mail(DESK, containing="medetomidine")
    assert [str(a.state) for a in diary.alerts() if a.substance == "xylazine"] == ["ended"]


def test_a_correction_of_a_part_goes_to_those_who_heard_of_that_part(diary: Diary) -> None:
    """The van in Alameda was never told of Kern; what is taken back there is not its matter."""
    diary.joins(VAN, KERN_VAN, COUNTER)
    diary.at("2025-09-08 09:00").lab_reports("xylazine", key="A1")
    diary.at("2025-09-09 10:00").lab_reports("xylazine", key="K1", county="Kern")
    for who in (VAN, KERN_VAN, COUNTER, COUNTER):
        diary.expect_sms(who)
    diary.at("2025-09-10 10:00").lab_withdraws("K1")
    assert "Kern" in diary.expect_sms(KERN_VAN, containing="CORRECTION").text
    assert "Kern" in diary.expect_sms(COUNTER, containing="CORRECC").text
    diary.expect_nothing(VAN, KERN_VAN, COUNTER)
    assert diary.reasons() == ["first sighting", "new place", "corrected"]
    assert "Taken off: Kern County" in diary.editions()[-1].sentence
    assert str(diary.alert().state) == "open"


def test_who_never_got_the_alert_hears_nothing_of_its_end(diary: Diary) -> None:
    """The text waited for the morning; at night the laboratory took its result back."""
    diary.joins(SLEEPER, DESK)
    diary.at("2025-09-08 22:30").lab_reports("xylazine", key="S1")
    diary.expect_mail(DESK)
    diary.at("23:30").lab_withdraws("S1")
    diary.expect_mail(DESK, containing="CORRECTION")
    diary.at("2025-09-09 12:00").expect_nothing(SLEEPER)
    assert diary.texts_to(SLEEPER) == []
    assert diary.states(SLEEPER) == ["cancelled"]


def test_who_waited_when_a_part_was_corrected_gets_what_is_left(diary: Diary) -> None:
    asleep = replace(STATEWIDE, time_zone="America/New_York")
    diary.joins(asleep)
    diary.at("2025-09-08 19:00").lab_reports("xylazine", key="A1").lab_reports("xylazine", key="K1", county="Kern")
    diary.expect_nothing(asleep)
    diary.later(minutes=30).lab_withdraws("K1")
    diary.at("2025-09-09 08:00")
    (only,) = diary.texts_to(asleep)
    assert "CORRECTION" not in only
    assert "Alameda" in only
    assert "Kern" not in only


def test_staff_say_why_it_ends_and_nobody_is_told_that_the_laboratory_was_wrong(diary: Diary) -> None:
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN)
    robin = diary.person("Robin")
    with pytest.raises(ReviewError, match="not a reason that receivers can be told"):
        cancel(diary.app, diary.alert().number, robin, "typo", diary.now, because="typo")
    cancel(diary.app, diary.alert().number, robin, "typed into the wrong county", diary.now, because="place_wrong")
    diary.ring()
    said = diary.expect_sms(VAN, containing="CORRECTION").text
    assert "The place was wrong" in said
    assert "lab took" not in said


def test_an_all_clear_is_no_correction(diary: Diary) -> None:
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN)
    cancel(
        diary.app, diary.alert().number, diary.person("Robin"), "three clean weeks", diary.now,
        because="no_new_findings",
    )  # fmt: skip
    diary.ring()
    assert "CORRECTION" not in diary.expect_sms(VAN, containing="No new findings").text
    assert diary.reasons() == ["first sighting", "all clear"]


def test_what_comes_back_after_its_alert_ran_out_is_told_as_returned(diary: Diary) -> None:
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN)
    diary.at("2025-10-20 09:00")
    diary.expect_sms(VAN, containing="No new findings")
    diary.at("2025-11-30 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN, containing="back again")
    first, second = diary.alerts()
    assert str(first.state) == "ended"
    assert str(diary.editions(second)[0].reason) == "returned"


def test_one_review_for_what_grew_while_it_waited(reviewed: Diary) -> None:
    """The second edition takes the place of the first, keeps its deadline, and is the alert to those who get it."""
    reviewed.joins(VAN, KERN_VAN)
    reviewed.at("2025-09-08 09:00").lab_reports("xylazine")
    (held,) = reviewed.editions()
    reviewed.at("2025-09-09 10:00").lab_reports("xylazine", county="Kern")
    first, second = reviewed.editions()
    assert (str(first.state), str(second.state)) == ("superseded", "held for review")
    assert second.deadline == held.deadline
    planned = reviewed.planned()
    assert {d.kind for d in planned.deliveries} == {"first_sighting"}
    assert len(planned.deliveries) == 2, "the van in Alameda was not told yet, so it is concerned too"


def test_a_state_that_only_repeats_its_counties_is_no_place_of_its_own(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN)
    diary.at("2025-09-09 10:00").lab_reports("xylazine", county="Kern").expect_nothing(VAN)
    assert [p.place for p in diary.editions()[-1].places] == ["06029", "06001"]
