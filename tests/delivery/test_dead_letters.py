"""Messages that failed for good: they have a reason and an owner, and a person decides about them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.flow.delivery.dead_letters import DeadLetterError, assign, dismiss, retry
from alerts.model.staff import Role
from alerts.store import carriers
from alerts.store import dead_letters as letters
from tests.flow.timeline import COUNTER, VAN, Diary
from tests.peers.twilio_mischief import Mischief


def test_a_failed_message_is_sent_again_by_a_person(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.REFUSE, code=21617)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    (row,) = diary.deliveries(VAN)
    assert (row.state, row.problem[:5]) == ("failed", "21617")
    robin, eve = diary.person("Robin"), diary.person("Eve", Role.REVIEWER)
    with pytest.raises(DeadLetterError, match="Only staff"):
        retry(diary.app, row.id, eve, diary.now)
    assign(diary.app, row.id, robin, diary.now)
    with diary.app.store.read() as connection:
        (dead,) = letters.waiting(connection)
        assert (dead.care_of, letters.count(connection)) == ("Robin", 1)
    retry(diary.app, row.id, robin, diary.now)
    diary.ring().expect_sms(VAN, "ylazine")
    kinds = [kind for kind, _ in diary.record()]
    assert kinds.count("message.retried") == 1
    assert kinds.count("alert.drained") == 2, "the edition is through a second time"
    with pytest.raises(DeadLetterError, match="nothing is to be decided"):
        retry(diary.app, row.id, robin, diary.now)


def test_a_dismissed_message_leaves_the_list_with_its_reason_in_the_record(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.REFUSE, code=21617)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    (row,) = diary.deliveries(VAN)
    with pytest.raises(DeadLetterError, match="Say why"):
        dismiss(diary.app, row.id, diary.person("Robin"), " ", diary.now)
    dismiss(diary.app, row.id, diary.person("Robin"), "called them", diary.now)
    with diary.app.store.read() as connection:
        assert letters.waiting(connection) == []
    assert "message.dismissed" in [kind for kind, _ in diary.record()]
    with pytest.raises(DeadLetterError, match="was dismissed by Robin"):
        retry(diary.app, row.id, diary.person("Robin"), diary.now)


def test_a_refused_account_stops_the_channel_for_all_and_one_message_tries_it(diary: Diary) -> None:
    diary.joins(VAN, COUNTER)
    diary.carrier.misbehave(Mischief.REFUSE, times=None, code=30034)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    with diary.app.store.read() as connection:
        (stopped,) = carriers.open_circuits(connection)
    assert (stopped.channel, stopped.code) == ("sms", "30034")
    assert timedelta(minutes=14) < stopped.open_until - stopped.since < timedelta(minutes=16)
    tried = [d.attempt for d in (*diary.deliveries(VAN), *diary.deliveries(COUNTER))]
    diary.later(minutes=5)
    assert [d.attempt for d in (*diary.deliveries(VAN), *diary.deliveries(COUNTER))] == tried
    diary.later(minutes=11)
    assert sum(d.attempt for d in (*diary.deliveries(VAN), *diary.deliveries(COUNTER))) == sum(tried) + 1
    assert "channel.stopped" in [kind for kind, _ in diary.record()]
    diary.carrier.behave()
    diary.later(minutes=16)
    diary.later(minutes=1)
    assert diary.states(VAN) == diary.states(COUNTER) == ["delivered"]
    with diary.app.store.read() as connection:
        assert carriers.open_circuits(connection) == []


def test_a_code_that_no_table_has_is_counted_and_the_message_tried_again(diary: Diary) -> None:
    diary.joins(VAN)
    diary.carrier.misbehave(Mischief.REFUSE, times=2, code=29999)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.later(hours=1)
    diary.later(hours=1)
    with diary.app.store.read() as connection:
        (unknown,) = carriers.unknown(connection)
    assert (unknown.channel, unknown.code, unknown.times) == ("sms", "29999", 2)
    assert diary.states(VAN) == ["delivered"]
