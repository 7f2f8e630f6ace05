"""What else may happen to a worker than being killed. Each compares both sides' books and says its figures."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from alerts.app import App
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.reconcile import reconcile
from alerts.flow.delivery.settling import Settling
from alerts.store import outbox
from alerts.store.engine import Store, open_store
from notifiers.twilio_callbacks import StatusCallback
from tests.delivery.ground import MORNING, Ground, add, add_contacts, carriers, row, states
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_mischief import Mischief
from tests.peers.twilio_peer import TwilioPeer


def work_off(app: App, now: datetime, step: timedelta = timedelta(seconds=30), most: int = 400) -> datetime:
    """Ring the bells of delivery until nothing waits, the clock going forward by `step`; returns the hour then."""
    for _ in range(most):
        for channel in app.notifiers:
            while dispatch(app, channel, now):
                pass
        while reconcile(app, now) is not None:
            pass
        counts = states(app)
        if not counts.get("queued") and not counts.get("sending"):
            return now
        now += step
    raise AssertionError(f"still waiting after {most} rounds: {states(app)}")


def exactly_once(app: App, carrier: TwilioPeer, mail: SmtpPeer) -> str:
    """Every text once, every mail at least once and always under its own Message-ID."""
    with app.store.read() as connection:
        rows = outbox.latest(connection, 1_000_000)
    wanted = Counter((d.address, d.text) for d in rows if d.channel == "sms")
    taken = Counter((m.to, m.body) for m in carrier.messages)
    assert taken == wanted, f"lost {(wanted - taken).total()}, doubled {(taken - wanted).total()} texts"
    mails = {m.message_id.strip("<>").partition("@")[0] for m in mail.messages}
    assert mails == {d.id for d in rows if d.channel == "email"}
    assert set(states(app)) <= {"accepted", "delivered"}, states(app)
    return f"{wanted.total()} texts and {len(mails)} mails, {len(mail.messages) - len(mails)} mails repeated"


def rows_for(many: int, now: datetime = MORNING) -> list[Any]:
    return [row(n, n % 20 + 1, "sms" if n % 2 else "email", now, alert=3_000_000 + n) for n in range(many)]


@contextmanager
def opened(url: str, carrier: TwilioPeer, mail: SmtpPeer, **rules: Any) -> Iterator[App]:
    app = Ground(url, carrier.url, mail.port).app(**rules)
    with app.store.write() as connection:
        add_contacts(connection, 20)
    yield app
    app.close()


@contextmanager
def second_node(app: App) -> Iterator[App]:
    """The same programme on another node: its own connections to everything."""
    other = replace(app, store=open_store(app.configuration.store.url), notifiers=carriers(app.configuration))
    yield other
    other.close()


def database_locked(url: str) -> str:
    """Somebody else writes for longer than a worker will wait for, just when its receipts are to be kept."""
    with TwilioPeer() as carrier, SmtpPeer() as mail, opened(url, carrier, mail) as patient:
        app = _impatient(patient)
        add(app, rows_for(40))
        holder = open_store(url)
        carrier.misbehave(Mischief.SLOW, times=1, seconds=0.2)
        held = threading.Thread(target=_hold, args=(holder, 0.1, 0.6))
        held.start()
        with pytest.raises(OperationalError, match="locked"):
            _send_all(app, "sms")
        held.join()
        said = exactly_once_after(app, carrier, mail)
        holder.close()
        app.store.close()
    return f"database locked: {said}"


def disk_full(url: str) -> str:
    """The disk is full while messages go out: SQLite says so in the middle of any step."""
    with TwilioPeer() as carrier, SmtpPeer() as mail, opened(url, carrier, mail) as app:
        add(app, rows_for(200))
        failures = 0
        for spare in (0, 1, 2, 3, 5, 8):
            tight = replace(app, store=_limited(url, spare))
            for channel in app.notifiers:
                try:
                    _send_all(tight, channel)
                except OperationalError as full:
                    failures += "full" in str(full)
            tight.store.close()
        assert failures, "the disk was never full"
        said = exactly_once_after(app, carrier, mail)
    return f"disk full {failures} times: {said}"


def clock_jumps(url: str) -> str:
    """Another node's clock is an hour ahead, then an hour behind, while messages are on their way."""
    with (
        TwilioPeer() as carrier,
        SmtpPeer() as mail,
        opened(url, carrier, mail, settle=1) as app,
        ExitStack() as beside,
    ):
        add(app, rows_for(40))
        carrier.misbehave(Mischief.SLOW, times=None, seconds=0.3)
        other = beside.enter_context(second_node(app))
        sender = threading.Thread(target=dispatch, args=(app, "sms", MORNING))
        sender.start()
        while sender.is_alive():
            for hours in (1, -1):
                reconcile(other, MORNING + timedelta(hours=hours))
            time.sleep(0.01)
        carrier.behave()
        work_off(other, MORNING + timedelta(hours=1))
        now = MORNING - timedelta(hours=1)
        late = [row(1000 + n, n % 20 + 1, "sms", MORNING, alert=4_000_000 + n) for n in range(20)]
        add(other, late)
        assert len(dispatch(other, "sms", now)) == 20, "written an hour ahead, they go out when the clock is set back"
        said = exactly_once_after(other, carrier, mail, now)
    return f"clock an hour ahead and back: {said}"


def carrier_down_a_day(url: str) -> str:
    """For 24 hours the carriers refuse, fail or cannot be reached; then they are back."""
    with TwilioPeer() as carrier, SmtpPeer() as mail, opened(url, carrier, mail) as app:
        add(app, rows_for(12))
        now = MORNING
        carrier.misbehave(Mischief.ERROR_BEFORE, times=None)
        carrier.misbehave(Mischief.LIST_ERROR, times=None)
        mail.misbehave("refuse-recipient", times=None, reply="451 4.3.0 try again later")
        asked = 0
        while now < MORNING + timedelta(hours=24):
            for channel in app.notifiers:
                while found := dispatch(app, channel, now):
                    asked += len(found)
            while reconcile(app, now) is not None:
                asked += 1
            now += timedelta(minutes=15)
        assert not carrier.messages
        assert set(states(app)) <= {"queued", "sending"}, states(app)
        carrier.behave()
        mail.behave()
        back = work_off(app, now, timedelta(minutes=5)) - now
        said = exactly_once(app, carrier, mail)
    return f"carriers down for 24 h: {said}; {asked} tries, all through {back.total_seconds() / 60:.0f} min after"


def callbacks_at_once(url: str, many: int = 10_000) -> str:
    """A carrier calls back for everything in one moment, on 40 lines."""
    with TwilioPeer() as carrier, SmtpPeer() as mail, opened(url, carrier, mail) as app:
        now = MORNING
        add(app, [replace(row(n, n % 20 + 1, "sms", now, alert=5_000_000 + n)) for n in range(many)])
        with app.store.write() as connection:
            connection.execute(sa.text("UPDATE outbox SET state = 'accepted'"))
        calls = [StatusCallback(f"sms{n:026d}", f"SM{n}", "delivered") for n in range(many)]
        begun = time.perf_counter()
        settling = Settling(app)
        with ThreadPoolExecutor(40) as pool:
            assert all(pool.map(lambda call: settling.take(call, now).result(), calls))
        took = time.perf_counter() - begun
        assert states(app) == {"delivered": many}
    return f"{many} callbacks at once: {took:.1f} s, {many / took:.0f} a second"


def paused_node(url: str, point: str) -> str:
    """A node is stopped at a point, its lease runs out, another takes over and finishes; then the first one wakes."""
    with (
        TwilioPeer() as carrier,
        SmtpPeer() as mail,
        opened(url, carrier, mail, lease=1, settle=0.2, timeout=1, backoff=0.05, most=0.2) as app,
    ):
        real = datetime.now(UTC)
        add(app, rows_for(16, real))
        app.store.close()
        paused = _forked(app, point)
        _, status = os.waitpid(paused, os.WUNTRACED)
        assert os.WIFSTOPPED(status), f"the worker did not come to {point}"
        time.sleep(1.2)
        with second_node(app) as other:
            _until_done(other, 10)
            os.kill(paused, signal.SIGCONT)
            _, status = os.waitpid(paused, 0)
            assert os.WIFEXITED(status)
            assert os.WEXITSTATUS(status) == 0
            _until_done(other, 10)
            said = exactly_once(other, carrier, mail)
    return f"paused {point}, woken after its lease: {said}"


def paused_at_random(url: str, times: int, seed: int = 7) -> str:
    """The same at random instants: what no named point stands at."""
    draw = random.Random(seed)
    with (
        TwilioPeer() as carrier,
        SmtpPeer() as mail,
        opened(url, carrier, mail, lease=1, settle=0.1, timeout=0.5, backoff=0.05, most=0.2) as app,
    ):
        app.store.close()
        for turn in range(times):
            own = replace(app, store=open_store(url))
            real = datetime.now(UTC)
            add(own, [row(turn * 16 + n, n + 1, "sms", real, alert=6_000_000 + turn * 16 + n) for n in range(16)])
            own.store.close()
            paused = _forked(app, "")
            time.sleep(draw.uniform(0.01, 0.08))
            os.kill(paused, signal.SIGSTOP)
            time.sleep(1.1)
            with second_node(app) as other:
                try:
                    _until_done(other, 1)
                except (AssertionError, OperationalError):
                    pass  # it was stopped inside a transaction: everybody waits for it
                os.kill(paused, signal.SIGCONT)
                os.waitpid(paused, 0)
                _until_done(other, 10)
        with second_node(app) as other:
            said = exactly_once(other, carrier, mail)
    return f"paused at {times} random instants: {said}"


def exactly_once_after(app: App, carrier: TwilioPeer, mail: SmtpPeer, now: datetime = MORNING) -> str:
    work_off(app, now)
    return exactly_once(app, carrier, mail)


def _send_all(app: App, channel: str) -> None:
    while dispatch(app, channel, MORNING):
        pass


def _forked(app: App, point: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        if point:
            os.environ["SUPPLYWATCH_FAULT"] = f"{point}:stop"
        own = replace(app, store=open_store(app.configuration.store.url), notifiers=carriers(app.configuration))
        for channel in own.notifiers:
            while dispatch(own, channel, datetime.now(UTC)):
                pass
    except BaseException as error:
        print(f"paused worker: {error!r}", flush=True)
        os._exit(1)
    os._exit(0)


def _until_done(app: App, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for channel in app.notifiers:
            while dispatch(app, channel, datetime.now(UTC)):
                pass
        while reconcile(app, datetime.now(UTC)) is not None:
            pass
        counts = states(app)
        if not counts.get("queued") and not counts.get("sending"):
            return
        time.sleep(0.02)
    raise AssertionError(f"not done after {seconds} s: {states(app)}")


def _impatient(app: App) -> App:
    """An app whose connections wait a tenth of a second for a lock and not fifteen."""
    store = open_store(str(app.configuration.store.url), durable=False)
    sa.event.listen(store.engine, "connect", _pragma("busy_timeout=100"))
    app.store.close()
    return replace(app, store=store)


def _limited(url: str, spare: int) -> Store:
    """A store whose file may grow by so many pages and no further, as on a disk that is full."""
    first = open_store(url)
    with first.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    first.close()
    store = open_store(url, durable=False)
    sa.event.listen(store.engine, "connect", _pragma(f"max_page_count={pages + spare}"))
    return store


def _pragma(words: str) -> Callable[[Any, Any], None]:
    def say(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA {words}").fetchall()

    return say


def _hold(store: Store, after: float, seconds: float) -> None:
    time.sleep(after)
    with store.write():
        time.sleep(seconds)
