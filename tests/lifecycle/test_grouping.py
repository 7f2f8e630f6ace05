"""One alert for each substance and state: relatives in one, counties inside it, nobody told twice what they know."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from alerts.flow.scope.select import family
from alerts.model.alert import ALERT_MOVES, AlertState
from alerts.model.reason import Reason
from alerts.store import alerts
from detectors.words.lexicon import Lexicon
from tests.flow.timeline import COUNTER, DESK, KERN_VAN, VAN, Diary, Somebody

CONTRA = Somebody("Contra Costa", phone="+19255550155", places="Contra Costa County, CA")


@pytest.mark.parametrize(
    ("one", "of"),
    [("dexmedetomidine", "medetomidine"), ("para-fluorofentanyl", "fluorofentanyl"),
     ("ortho-fluorofentanyl", "fluorofentanyl")],
)  # fmt: skip
def test_relatives_are_counted_as_one(one: str, of: str) -> None:
    assert family(one, Lexicon.load()) == of


def test_a_relative_joins_the_alert_of_its_family_and_pages_nobody(diary: Diary) -> None:
    diary.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("medetomidine")
    diary.expect_sms(VAN, containing="edetomidine")
    diary.expect_mail(DESK)
    diary.at("2025-09-09 10:00").lab_reports("dexmedetomidine").expect_nothing(VAN, DESK)
    assert diary.alert().substance == "medetomidine"
    assert diary.reasons() == ["first sighting"]


def test_counties_join_one_alert_no_faster_than_its_threshold_lets_them(diary: Diary) -> None:
    """Each county hears of itself; who was told of another hears nothing, and two that came together are one update."""
    diary.joins(VAN, KERN_VAN, CONTRA, COUNTER).at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN)
    diary.expect_sms(COUNTER)
    diary.at("14:00").lab_reports("xylazine", county="Kern").lab_reports("xylazine", county="Contra Costa")
    diary.expect_nothing(VAN, KERN_VAN, CONTRA, COUNTER)
    diary.at("2025-09-09 08:59").expect_nothing(VAN, KERN_VAN, CONTRA, COUNTER)
    diary.at("2025-09-09 09:02").expect_sms(KERN_VAN, containing="Kern")
    diary.expect_sms(CONTRA, containing="Contra Costa")
    diary.expect_sms(COUNTER)
    diary.expect_nothing(VAN, KERN_VAN, CONTRA, COUNTER)
    assert diary.reasons() == ["first sighting", "new place"]
    assert {p.place for p in diary.editions()[-1].places} == {"06001", "06013", "06029"}


def test_only_the_moves_of_the_table_are_made(diary: Diary) -> None:
    """Every pair of states with every reason: what the table does not have, the store refuses."""
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    alert = diary.alert()
    refused = 0
    for before, after, reason in product(AlertState, AlertState, Reason):
        if reason in ALERT_MOVES[before].get(after, frozenset()):
            continue
        with pytest.raises(ValueError, match="cannot become"), diary.app.store.write() as connection:
            alerts.change(connection, before, replace(alert, state=after), reason)
        refused += 1
    assert refused > 60
    assert diary.alert() == alert
