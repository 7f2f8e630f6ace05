"""An alert to a great many people is written in parts. Whoever is killed between two of them, everybody who was meant
gets it once, in the words that were approved, and nobody else does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.app import App
from alerts.clock.bells import Bells
from alerts.flow.addressing import parts as parts_of
from alerts.flow.addressing.address import address
from alerts.flow.addressing.lay_out import lay_out
from alerts.flow.addressing.parts import parts
from alerts.flow.addressing.plan import Plan, plan
from alerts.flow.addressing.rows_of import rows_of
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.partners.erase import erase
from alerts.flow.reviewing.cancel import cancel
from alerts.model.alert import VersionState
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.partner import Consent
from alerts.model.staff import Person, Role
from alerts.record.verify import verify
from alerts.store import alerts, drained, ledger_rows, outbox, partners, unwritten
from alerts.store.tables import alert_versions, contacts
from alerts.store.tables import unwritten as unwritten_table
from bench.bench_fanout import an_alert, people
from tests.databases import Postgres, SqliteFiles
from tests.delivery.ground import MORNING, Ground, phone
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_peer import TwilioPeer

ROOT = Path(__file__).resolve().parents[2]
MANY = 120
FEW = 40
"""Messages of a part in these tests."""
LATER = MORNING + timedelta(minutes=1)

WORKER = """
import sys
from alerts.flow.addressing import parts
from alerts.flow.addressing.address import address
from alerts.flow.addressing.lay_out import lay_out
from tests.delivery.ground import MORNING, Ground
parts.MOST = int(sys.argv[2])
app = Ground(sys.argv[1], "http://127.0.0.1:9", 9).app(durable=True)
lay_out(app, MORNING)
address(app, MORNING)
lay_out(app, MORNING)
"""


def worker(url: str, fault: str = "") -> int:
    """A process that addresses and lays out; its exit code, -9 when it was killed at `fault`."""
    environment = {**os.environ, "SUPPLYWATCH_FAULT": fault}
    command = [sys.executable, "-c", WORKER, url, str(FEW)]
    return subprocess.run(command, cwd=ROOT, env=environment, timeout=120).returncode


def meant(app: App) -> dict[str, Delivery]:
    """Rows by id as they are planned now, in the words that each reader will have."""
    with app.store.read() as connection:
        alert = alerts.get(connection, 1)
        edition = alerts.version(connection, 1, 1)
        assert alert is not None
        assert edition is not None
        return {d.id: d for d in plan(app, connection, alert, edition, MORNING).deliveries}


def left(app: App) -> int:
    with app.store.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(unwritten_table)) or 0


def rows(app: App) -> dict[str, Delivery]:
    with app.store.read() as connection:
        return {d.id: d for d in outbox.of_alert(connection, 1)}


def test_killed_at_every_part_it_reaches_whoever_was_meant_once(databases: SqliteFiles | Postgres) -> None:
    with TwilioPeer() as carrier, SmtpPeer() as mail:
        url = databases.migrated()
        app = Ground(url, carrier.url, mail.port).app()
        with app.store.write() as connection:
            people(connection, range(1, MANY + 1))
            an_alert(connection, MORNING)
        expected = meant(app)
        # Nothing is decided yet, and then nothing is lost that was.
        assert worker(url, "in-addressing") == -signal.SIGKILL
        assert (rows(app), left(app)) == ({}, 0)
        assert worker(url, "after-addressing") == -signal.SIGKILL
        waiting, written = left(app), len(rows(app))
        assert written >= FEW
        assert waiting >= 3
        assert worker(url, "in-laying-out") == -signal.SIGKILL
        assert (left(app), len(rows(app))) == (waiting, written)
        # Life goes on between two kills: one joins, one is erased, one writes STOP. All three are in the last parts.
        last = MANY
        with app.store.write() as connection:
            people(connection, range(MANY + 1, MANY + 2))
            partners.add_consent(connection, Consent(last - 1, "sms", False, "text", "STOP", MORNING))
            partners.add_consent(connection, Consent(last - 1, "email", False, "text", "STOP", MORNING))
        assert erase(app, last, "Ana", MORNING)
        with app.store.read() as connection:
            bodies = connection.scalars(sa.select(unwritten_table.c.body)).all()
        assert bodies
        assert not any(phone(last) in body for body in bodies)
        while (before := left(app)) > 1:
            assert worker(url, "after-laying-out") == -signal.SIGKILL
            assert left(app) == before - 1
            dispatch(app, "sms", MORNING)
        assert worker(url) == 0
        assert left(app) == 0
        # The same to the letter as what was planned, but for whoever is gone.
        laid = rows(app)
        assert set(laid) == {i for i, d in expected.items() if d.contact != last}
        for one in laid.values():
            was = expected[one.id]
            assert (one.address, one.subject, one.text, one.html) == (was.address, was.subject, was.text, was.html)
        for channel in ("sms", "email"):
            while dispatch(app, channel, LATER):
                pass
        ends = Counter((d.contact, d.channel) for d in rows(app).values() if d.state is DeliveryState.ACCEPTED)
        should = {(d.contact, d.channel) for d in expected.values() if d.contact < last - 1}
        assert ends == dict.fromkeys(should, 1)
        assert Counter(t.to for t in carrier.messages) == {phone(c): 1 for c, channel in should if channel == "sms"}
        assert len(mail.messages) == len({c for c, channel in should if channel == "email"})
        with app.store.read() as connection:
            record = list(ledger_rows.rows(connection))
        assert [e.subject for e in record if e.kind == "alert.addressed"] == ["SW-2026-0001"]
        assert not verify(record).problems
        app.close()


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_of, "MOST", FEW)


def ground(url: str) -> App:
    app = Ground(url, "http://127.0.0.1:9", 9).app()
    with app.store.write() as connection:
        people(connection, range(1, MANY + 1))
        an_alert(connection, MORNING)
    return app


@pytest.mark.usefixtures("in_small_parts")
def test_two_workers_write_each_part_once(databases: SqliteFiles | Postgres) -> None:
    url = databases.migrated()
    app = ground(url)
    expected = meant(app)
    assert address(app, MORNING) == len(expected)
    others = [Ground(url, "http://127.0.0.1:9", 9).app() for _ in range(3)]
    threads = [threading.Thread(target=lay_out, args=(one, MORNING)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert left(app) == 0
    assert rows(app) == expected
    for one in (app, *others):
        one.close()


@pytest.mark.usefixtures("in_small_parts")
def test_nobody_is_split_and_newcomers_are_in_the_first_parts(store_url: str) -> None:
    app = ground(store_url)
    with app.store.write() as connection:
        alert, edition = alerts.get(connection, 1), alerts.version(connection, 1, 1)
        assert alert is not None
        assert edition is not None
        slips = plan(app, connection, alert, edition, MORNING).slips
        slips = tuple(replace(s, fresh=s.contact > 100) for s in slips)
        made = list(parts(app, alert, edition, slips, "its hash", MORNING))
        for part in made:
            unwritten.keep(connection, 1, 1, unwritten.dumped(part))
    seen: dict[int, int] = {}
    for number, part in enumerate(made):
        for line in part.lines:
            assert seen.setdefault(line.contact, number) == number
    assert len(made) >= 4
    assert list(seen) == [*range(101, MANY + 1), *range(1, 101)]
    # What is kept gives the same rows again.
    for part in made:
        with app.store.write() as connection:
            found = unwritten.first(connection)
            assert found is not None
            assert list(rows_of(app.key, found[1])) == list(rows_of(app.key, part))
            assert unwritten.take(connection, found[0])
    app.close()


@pytest.mark.usefixtures("in_small_parts")
def test_an_edition_is_not_through_while_parts_of_it_wait(store_url: str) -> None:
    app = ground(store_url)
    address(app, MORNING)
    with app.store.write() as connection:
        connection.execute(sa.text("update outbox set state = 'accepted'"))
        assert drained.waits(connection, 1, 1)
    lay_out(app, MORNING)
    with app.store.write() as connection:
        assert drained.waits(connection, 1, 1)
        connection.execute(sa.text("update outbox set state = 'accepted'"))
        assert not drained.waits(connection, 1, 1)
    app.close()


@pytest.mark.usefixtures("in_small_parts")
def test_an_alert_that_ends_meanwhile_goes_to_nobody_who_was_not_written_to(store_url: str) -> None:
    """What is left of it stands in the books as cancelled, and the end goes to exactly those who were told."""
    app = ground(store_url)
    expected = meant(app)
    address(app, MORNING)
    told = list(rows(app).values())[:7]
    with app.store.write() as connection:
        outbox.begin(connection, told, owner="w", now=MORNING, lease=timedelta(minutes=1))
    cancel(app, "SW-2026-0001", Person(1, "Ana", Role.STAFF), "a mix-up of labels", LATER)
    lay_out(app, LATER)
    assert left(app) == 0
    found = rows(app)
    first = {i: d for i, d in found.items() if d.version == 1}
    assert set(first) == set(expected)
    assert Counter(d.state for d in first.values()) == {
        DeliveryState.SENDING: len(told), DeliveryState.CANCELLED: len(expected) - len(told),
    }  # fmt: skip
    ends = {(d.contact, d.channel) for d in found.values() if d.version == 2}
    assert ends == {(d.contact, d.channel) for d in told}
    app.close()


@pytest.mark.usefixtures("in_small_parts")
def test_a_later_edition_knows_whom_the_first_was_for(databases: SqliteFiles | Postgres) -> None:
    """Nothing of the first edition had been laid out but its first part. Nobody gets both as news."""
    app = ground(databases.migrated())
    expected = meant(app)
    address(app, MORNING)
    assert left(app) >= 3
    with app.store.write() as connection:
        first = alerts.version(connection, 1, 1)
        alert = alerts.get(connection, 1)
        assert first is not None
        assert alert is not None
        second = replace(first, version=2, state=VersionState.APPROVED, at=LATER, note={"en": "Ask for strips."})
        alerts.add_version(connection, second)
        connection.execute(sa.text("update alerts set version = 2"))
    address(app, LATER)
    lay_out(app, LATER)
    found = rows(app)
    waiting = Counter((d.contact, d.channel) for d in found.values() if d.state is DeliveryState.QUEUED)
    assert waiting == {(d.contact, d.channel): 1 for d in expected.values()}
    assert {d.version for d in found.values() if d.state is DeliveryState.QUEUED} == {2}
    app.close()


@pytest.mark.usefixtures("in_small_parts")
def test_a_node_that_starts_goes_on_where_another_stopped(sqlite_files: SqliteFiles) -> None:
    app = ground(sqlite_files.migrated())
    address(app, MORNING)
    assert left(app) >= 3
    bells = Bells(app)
    bells.start()
    until = time.monotonic() + 60
    while left(app) and time.monotonic() < until:
        time.sleep(0.05)
    bells.stop()
    assert left(app) == 0
    assert set(rows(app)) == set(meant(app))
    app.close()


def _second_edition(app: App) -> None:
    with app.store.write() as connection:
        first = alerts.version(connection, 1, 1)
        assert first is not None
        alerts.add_version(connection, replace(first, version=2, state=VersionState.APPROVED, at=LATER))
        connection.execute(sa.text("update alerts set version = 2"))


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize("goes_out_meanwhile", [False, True])
def test_a_later_edition_is_planned_anew_only_if_somebody_was_told_meanwhile(
    store_url: str, monkeypatch: pytest.MonkeyPatch, *, goes_out_meanwhile: bool
) -> None:
    """The message leaves after the early plan and before the transaction that writes it."""
    app = ground(store_url)
    address(app, MORNING)
    lay_out(app, MORNING)
    _second_edition(app)
    (leaving,) = (d for d in rows(app).values() if (d.contact, d.channel) == (5, "sms"))
    plans: list[Plan] = []

    def counted(app: App, *given: Any) -> Plan:
        made = plan(app, *given)
        if not plans and goes_out_meanwhile:
            with app.store.write() as connection:
                outbox.begin(connection, [leaving], owner="w", now=LATER, lease=timedelta(minutes=1))
        plans.append(made)
        return made

    monkeypatch.setattr("alerts.flow.addressing.address.plan", counted)
    address(app, LATER)
    lay_out(app, LATER)
    assert len(plans) == (2 if goes_out_meanwhile else 1)
    assert ((5, "sms") in plans[-1].knows.told) == goes_out_meanwhile
    assert Counter((d.contact, d.channel) for d in rows(app).values() if d.version == 2)[5, "sms"] == 1
    earlier = Counter(d.state for d in rows(app).values() if d.version == 1)
    assert earlier[DeliveryState.QUEUED] == 0
    assert earlier[DeliveryState.SENDING] == int(goes_out_meanwhile)
    app.close()


def test_no_writer_waits_long_while_a_state_is_written_to(sqlite_files: SqliteFiles) -> None:
    """A STOP, a receipt: whoever wants to write gets in between two parts."""
    app = Ground(sqlite_files.migrated(), "http://127.0.0.1:9", 9).app(durable=True)
    with app.store.write() as connection:
        people(connection, range(1, 15_001))
        an_alert(connection, MORNING)
    waits: list[float] = []
    over = threading.Event()

    def others() -> None:
        while not over.is_set():
            begun = time.perf_counter()
            with app.store.write() as connection:
                connection.execute(sa.update(contacts).where(contacts.c.id == 1).values(label="x"))
            waits.append(time.perf_counter() - begun)
            time.sleep(0.01)

    thread = threading.Thread(target=others)
    thread.start()
    address(app, MORNING)
    lay_out(app, MORNING)
    over.set()
    thread.join()
    assert left(app) == 0
    assert len(waits) > 20
    assert max(waits) < 2.0
    with app.store.read() as connection:
        state = connection.scalar(sa.select(alert_versions.c.state))
    assert state == VersionState.ADDRESSED
    app.close()
