"""That an edition is through stands in the record, also when the process that finished it did not live to say so."""

from __future__ import annotations

from alerts.flow.upkeep.tidy import tidy
from alerts.store import drained
from tests.flow.timeline import VAN, Diary


def test_the_daily_bell_writes_down_what_a_killed_process_did_not(diary: Diary) -> None:
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine").expect_sms(VAN, "xylazine")
    said = ("alert.drained", diary.alert().number)
    assert diary.record().count(said) == 1
    with diary.app.store.write() as connection:
        # As it is after a kill between the last message's commit and the entry: the edition is through, unsaid.
        drained.reopen(connection, diary.alert().id, 1)
    tidy(diary.app, diary.now)
    assert diary.record().count(said) == 2
    tidy(diary.app, diary.now)
    assert diary.record().count(said) == 2
