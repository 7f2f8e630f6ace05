"""One row, one worker: claims under contention, leases that run out, and the most urgent first."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from alerts.store import work
from alerts.store.engine import Store, claim, open_store
from alerts.store.tables import work as works

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def fill(store: Store, count: int) -> None:
    with store.write() as connection:
        rows = [{"name": f"w{i:03d}", "next_due": NOW, "problem": ""} for i in range(count)]
        connection.execute(sa.insert(works), rows)


def take(store: Store, *, limit: int = 1, owner: str = "a", now: datetime = NOW) -> list[str]:
    with store.write() as connection:
        return claim(
            connection, works, due=works.c.next_due <= now, order=(works.c.name,), limit=limit, owner=owner, now=now,
            lease=LEASE,
        )  # fmt: skip


def test_many_workers_take_each_row_exactly_once(store: Store) -> None:
    fill(store, 60)
    url = store.engine.url.render_as_string(hide_password=False)
    taken: Counter[str] = Counter()
    lock = threading.Lock()
    start = threading.Barrier(6)
    problems: list[BaseException] = []

    def worker(name: str) -> None:
        own = open_store(url, durable=False)
        try:
            start.wait()
            while got := take(own, limit=3, owner=name):
                with lock:
                    taken.update(got)
        except BaseException as error:
            problems.append(error)
        finally:
            own.close()

    workers = [threading.Thread(target=worker, args=(f"worker {i}",)) for i in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert problems == []
    # On PostgreSQL a worker that finds all rows locked by others goes home with none; none may be taken twice.
    taken.update(take(store, limit=60))
    assert taken == Counter({f"w{i:03d}": 1 for i in range(60)})


def test_a_row_that_another_worker_is_taking_is_passed_over(store: Store) -> None:
    """PostgreSQL only: two claims that overlap in time do not wait for each other."""
    fill(store, 2)
    if store.engine.dialect.name == "sqlite":
        assert take(store) == ["w000"]
        assert take(store) == ["w001"]
        return
    with store.write() as first, store.write() as second:
        second.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        values = {"order": (works.c.name,), "limit": 1, "now": NOW, "lease": LEASE, "due": works.c.next_due <= NOW}
        assert claim(first, works, owner="first", **values) == ["w000"]
        assert claim(second, works, owner="second", **values) == ["w001"]


def test_a_held_row_is_free_again_when_its_lease_has_run_out(store: Store) -> None:
    fill(store, 1)
    assert take(store) == ["w000"]
    assert take(store, owner="b", now=NOW + LEASE - timedelta(seconds=1)) == []
    assert take(store, owner="b", now=NOW + LEASE) == ["w000"]


def test_a_row_that_is_not_due_stays(store: Store) -> None:
    fill(store, 1)
    assert take(store, now=NOW - timedelta(seconds=1)) == []


def test_the_order_decides_which_rows_go_first(store: Store) -> None:
    fill(store, 5)
    assert set(take(store, limit=2)) == {"w000", "w001"}
    assert set(take(store, limit=2)) == {"w002", "w003"}


def test_a_claim_that_is_rolled_back_was_never_made(store: Store) -> None:
    fill(store, 1)
    try:
        with store.write() as connection:
            claim(
                connection, works, due=works.c.next_due <= NOW, order=(works.c.name,), limit=1, owner="a", now=NOW,
                lease=LEASE,
            )  # fmt: skip
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert take(store, owner="b") == ["w000"]


def test_work_asked_for_while_it_is_being_done_is_done_again(store: Store) -> None:
    with store.write() as connection:
        work.ask_for(connection, "watch", NOW)
    with store.write() as connection:
        assert work.take(connection, "watch", owner="a", now=NOW, lease=LEASE)
    with store.write() as connection:
        work.ask_for(connection, "watch", NOW)
        assert not work.take(connection, "watch", owner="b", now=NOW, lease=LEASE), "held by another"
    with store.write() as connection:
        work.done(connection, "watch", owner="a", now=NOW)
    with store.write() as connection:
        assert work.take(connection, "watch", owner="b", now=NOW, lease=LEASE)


def test_work_whose_worker_died_is_due_again(store: Store) -> None:
    with store.write() as connection:
        work.ask_for(connection, "watch", NOW)
        work.take(connection, "watch", owner="dead", now=NOW, lease=LEASE)
    later = NOW + LEASE
    with store.write() as connection:
        assert work.abandoned(connection, NOW) == []
        assert work.abandoned(connection, later) == ["watch"]
        assert work.take(connection, "watch", owner="b", now=later, lease=LEASE)


def test_work_that_failed_comes_back_by_itself(store: Store) -> None:
    with store.write() as connection:
        work.ask_for(connection, "watch", NOW)
        work.take(connection, "watch", owner="a", now=NOW, lease=LEASE)
        work.done(connection, "watch", owner="a", now=NOW, problem="ValueError: a broken method")
        assert work.last_run(connection, "watch") == (NOW, NOW, "ValueError: a broken method")
        assert not work.take(connection, "watch", owner="a", now=NOW, lease=LEASE)
        assert work.take(connection, "watch", owner="a", now=NOW + timedelta(seconds=30), lease=LEASE)
