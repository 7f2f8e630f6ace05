"""So many texts a week; what is over it, or waits for the morning, is merged, and delivered or superseded."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.flow.addressing.weekly_limit import WEEK, free_at, limit_of
from alerts.flow.reviewing.cancel import cancel
from alerts.model.level import Level
from alerts.store import partners
from alerts.store.tables import contacts
from tests.flow.nouns import contact
from tests.flow.timeline import VAN, Diary
from tests.lifecycle.promises import keep

MONDAY = datetime(2025, 9, 8, 17, 0, tzinfo=UTC)
PROGRAMME = {Level.ACT_NOW: 0, Level.ADVISORY: 3, Level.INFO: 1}


def test_the_lower_limit_holds_and_life_at_risk_knows_only_the_programme_s() -> None:
    assert limit_of(contact(), Level.ADVISORY, PROGRAMME) == 3
    assert limit_of(replace(contact(), weekly=2), Level.ADVISORY, PROGRAMME) == 2
    assert limit_of(replace(contact(), weekly=2), Level.INFO, PROGRAMME) == 1
    assert limit_of(replace(contact(), weekly=2), Level.ACT_NOW, PROGRAMME) == 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 13 * 24), max_size=12), st.integers(0, 5))
def test_there_is_always_an_hour_and_at_it_the_limit_holds(hours: list[int], limit: int) -> None:
    sent = [MONDAY - timedelta(hours=h) for h in hours]
    due = free_at(sent, limit, MONDAY)
    assert MONDAY <= due <= MONDAY + WEEK
    if limit:
        assert sum(1 for s in sent if due - WEEK < s <= due) < limit
        if due > MONDAY:
            before = due - timedelta(seconds=1)
            assert sum(1 for s in sent if before - WEEK < s <= before) >= limit, "not a moment too late"


def weekly(diary: Diary, most: int) -> Diary:
    diary.joins(VAN)
    with diary.app.store.write() as connection:
        number = partners.contact_at(connection, "sms", VAN.phone)
        connection.execute(contacts.update().where(contacts.c.id == number).values(weekly=most))
    return diary


def test_over_the_limit_texts_wait_are_merged_and_come(diary: Diary) -> None:
    weekly(diary, 1).at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN, containing="xylazine")
    diary.at("2025-09-09 09:00").lab_reports("medetomidine").lab_reports("carfentanil")
    assert "ACT NOW" in diary.expect_sms(VAN, containing="carfentanil").text
    (held,) = [d for d in diary.deliveries(VAN) if str(d.state) == "queued"]
    assert held.held_because == "weekly limit"
    assert f"{held.due_at.astimezone(diary.zone):%Y-%m-%d %H:%M}" == "2025-09-15 09:00"
    diary.at("2025-09-15 08:59").expect_nothing(VAN)
    diary.at("2025-09-15 09:01").expect_sms(VAN, containing="edetomidine")


def test_two_that_wait_for_the_morning_are_one_text(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 22:30").lab_reports("xylazine").lab_reports("medetomidine")
    diary.at("2025-09-09 07:59").expect_nothing(VAN)
    text = diary.at("08:00").expect_sms(VAN).text
    assert "xylazine" in text.lower()
    assert "medetomidine" in text.lower()
    assert "STOP" in text
    diary.expect_nothing(VAN)
    assert sorted(diary.states(VAN)) == ["cancelled", "cancelled", "delivered"]


def test_who_was_told_in_a_merged_text_hears_how_it_ends(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 22:30").lab_reports("xylazine", key="X1").lab_reports("medetomidine")
    diary.at("2025-09-09 08:00").expect_sms(VAN)
    diary.at("10:00").lab_withdraws("X1").expect_sms(VAN, containing="CORRECTION")


def test_what_ends_while_it_waits_is_taken_out_of_the_merged_text(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 22:30").lab_reports("xylazine", key="X1").lab_reports("medetomidine")
    diary.at("23:30").lab_withdraws("X1")
    text = diary.at("2025-09-09 08:00").expect_sms(VAN).text
    assert "medetomidine" in text.lower()
    assert "xylazine" not in text.lower()
    diary.expect_nothing(VAN)


def test_an_alert_that_acts_on_life_at_risk_is_never_merged(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 22:30").lab_reports("xylazine").lab_reports("carfentanil")
    diary.at("2025-09-09 08:00")
    assert "Give naloxone" in diary.expect_sms(VAN, containing="carfentanil").text
    diary.expect_sms(VAN, containing="ylazine")


@pytest.mark.parametrize("seed", range(4))
def test_deferred_is_delivered_or_superseded(diary: Diary, seed: int) -> None:
    """Whatever happens meanwhile: each alert that somebody was to hear of, they heard of, or it ended before they
    could."""
    dice = random.Random(seed)
    weekly(diary, dice.choice([1, 2])).at("2025-09-08 22:00")
    robin = diary.person("Robin")
    ended: set[str] = set()
    for step, substance in enumerate(dice.sample(["xylazine", "medetomidine", "carfentanil"], 3)):
        diary.lab_reports(substance, key=f"K{step}")
        diary.later(hours=dice.choice([1, 9, 14]))
        if dice.random() < 0.4:
            target = dice.choice([a for a in diary.alerts() if str(a.state) == "open"])
            before = _heard(diary, target.substance)
            cancel(diary.app, target.number, robin, "mistaken", diary.now)
            if not before:
                ended.add(target.substance)
    diary.later(days=16)
    for alert in diary.alerts():
        assert _heard(diary, alert.substance) == (alert.substance not in ended), alert.substance
    assert not {"queued", "sending", "failed"} & set(diary.states(VAN))
    keep(diary)


def _heard(diary: Diary, substance: str) -> bool:
    return any(substance in text.lower() for text in diary.texts_to(VAN))
