"""Rates: a sender's line is shared by all workers, more urgent messages go first, and the estimate holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.flow.delivery.budget import BURST, budget
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.reviewing.drain_time import drain_time
from alerts.model.level import Level
from tests.databases import Postgres, SqliteFiles
from tests.delivery.drain import drain
from tests.delivery.ground import MORNING, Ground, add, add_contacts, row
from tests.peers.twilio_peer import TwilioPeer


def test_a_long_backlog_drains_in_the_estimated_time_and_in_order() -> None:
    texts, ordered, estimated, took = drain(timedelta(minutes=20))
    assert texts > 400
    assert ordered
    assert abs(estimated - took) / took < 0.1


def test_two_workers_share_one_line(databases: SqliteFiles | Postgres) -> None:
    url = databases.migrated()
    with TwilioPeer() as carrier:
        first, second = (Ground(url, carrier.url, 9).app(rate=1) for _ in range(2))
        with first.store.write() as connection:
            add_contacts(connection, 60)
        add(first, [row(n, n, "sms", alert=9_000_000) for n in range(1, 61)])
        for app in (first, second, first, second):
            dispatch(app, "sms", MORNING)
        most = BURST.total_seconds() + 1
        assert len(carrier.messages) == most
        dispatch(second, "sms", MORNING + timedelta(seconds=5))
        assert len(carrier.messages) == most + 5
        first.close()
        second.close()


def test_the_order_is_level_then_newcomers_then_age(sqlite_files: SqliteFiles) -> None:
    with TwilioPeer() as carrier:
        app = Ground(sqlite_files.migrated(), carrier.url, 9).app(parallel=1)
        with app.store.write() as connection:
            add_contacts(connection, 10)
        older = MORNING - timedelta(hours=1)
        add(app, [
            row(1, 1, "sms", level=Level.INFO, first=True, now=older), row(2, 2, "sms", MORNING),
            row(3, 3, "sms", now=older), row(4, 4, "sms", first=True), row(5, 5, "sms", level=Level.ACT_NOW),
        ])  # fmt: skip
        dispatch(app, "sms", MORNING)
        assert [m.body.split()[1] for m in carrier.messages] == ["5", "4", "3", "2", "1"]
        app.close()


@given(st.lists(st.integers(1, 10), max_size=80), st.floats(0.1, 100), st.floats(-7200, 7200))
def test_a_budget_never_gives_more_than_the_line_carries(sizes: list[int], rate: float, ahead: float) -> None:
    number, until = budget(sizes, rate, MORNING + timedelta(seconds=ahead), MORNING)
    assert 0 <= number <= len(sizes)
    given_out = sum(sizes[:number])
    assert given_out <= BURST.total_seconds() * rate + (sizes[number - 1] if number else 0) + 1e-6
    if number < len(sizes):
        assert until > MORNING, "what is left waits for a moment that is still to come"


def test_the_estimate_is_what_stands_ahead_over_the_rate() -> None:
    assert drain_time(3600, 1800, 1.0) == timedelta(minutes=90)
    assert drain_time(3600, 1800, 0.0) == timedelta(0)
    with pytest.raises(ValueError, match="must not be negative"):
        drain_time(-1, 0, 1.0)
