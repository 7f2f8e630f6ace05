"""Callbacks that come together share a transaction, and each still means what it means alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.app import App
from alerts.flow.delivery.settle import settle, settle_all
from alerts.flow.delivery.settling import Settling
from alerts.store import attempts, outbox
from notifiers.twilio_callbacks import StatusCallback
from notifiers.twilio_states import ORDER
from tests.delivery.ground import MORNING, Ground, add, add_contacts, row

STATES = ("queued", "sending", "accepted", "delivered", "failed", "cancelled")


@pytest.fixture
def app(store_url: str) -> Iterator[App]:
    opened = Ground(store_url, "http://127.0.0.1:9", 9).app()
    with opened.store.write() as connection:
        add_contacts(connection, 3)
    yield opened
    opened.close()


def called(number: int, state: str, code: int | None = None) -> StatusCallback:
    return StatusCallback(f"sms{number:026d}", f"SM{number}", state, code)


def states(app: App) -> list[str]:
    with app.store.read() as connection:
        return [str(outbox.get(connection, f"sms{n:026d}").state) for n in range(len(STATES))]  # type: ignore[union-attr]


def begun(app: App) -> None:
    """One row in each state."""
    with app.store.write() as connection:
        for table in ("outbox", "callbacks", "unknown_codes"):
            connection.execute(sa.text(f"delete from {table}"))
    add(app, [row(n, n % 3 + 1, "sms", alert=1_000_000 + n) for n in range(len(STATES))])
    with app.store.write() as connection:
        for n, state in enumerate(STATES):
            said = sa.text("update outbox set state = :state where id = :id")
            connection.execute(said, {"state": state, "id": f"sms{n:026d}"})


CALLS = st.lists(
    st.builds(
        called, st.integers(0, len(STATES)), st.sampled_from(sorted(ORDER)), st.sampled_from([None, 30005, 99999])
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CALLS)
def test_together_is_as_one_by_one(app: App, calls: Sequence[StatusCallback]) -> None:
    begun(app)
    alone = [settle(app, call, MORNING) for call in calls]
    expected, kept = states(app), heard(app)
    begun(app)
    assert settle_all(app, [(call, MORNING) for call in calls]) == alone
    assert states(app) == expected
    assert heard(app) == kept
    for before, after in zip(STATES, expected, strict=True):
        assert after == before or (before, after) not in {("delivered", "failed"), ("queued", "failed")}


def heard(app: App) -> list[list[tuple[object, ...]]]:
    with app.store.read() as connection:
        return [list(attempts.callbacks_of(connection, f"sms{n:026d}")) for n in range(len(STATES))]


def test_hundreds_at_once_are_a_handful_of_transactions_and_none_is_lost(app: App) -> None:
    add(app, [row(100 + n, n % 3 + 1, "sms", alert=2_000_000 + n) for n in range(300)])
    with app.store.write() as connection:
        connection.execute(sa.text("update outbox set state = 'accepted'"))
    commits = 0

    def count(_: object) -> None:
        nonlocal commits
        commits += 1

    sa.event.listen(app.store.engine, "commit", count)
    settling = Settling(app)
    waiting = [settling.take(called(100 + n, "delivered"), MORNING + timedelta(seconds=n)) for n in range(300)]
    assert all(one.result(timeout=60) for one in waiting)
    assert commits < 100
    with app.store.read() as connection:
        assert outbox.counts(connection) == {"delivered": 300}
        assert connection.scalar(sa.text("select count(*) from callbacks")) == 300


def test_one_that_cannot_be_kept_takes_no_other_with_it(app: App) -> None:
    add(app, [row(n, 1, "sms", alert=3_000_000 + n) for n in range(2)])
    with app.store.write() as connection:
        connection.execute(sa.text("update outbox set state = 'accepted'"))
    settling = Settling(app)
    naive = MORNING.replace(tzinfo=None)  # a clock without a zone is refused by the store
    broken = settling.take(called(0, "delivered"), naive)
    whole = settling.take(called(1, "delivered"), MORNING)
    with pytest.raises(Exception, match="time zone"):
        broken.result(timeout=60)
    assert whole.result(timeout=60)
