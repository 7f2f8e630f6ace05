"""Workers that are killed, over and over, at random instants and at every named point; then both sides' books compared.

Each cycle forks a worker off (or, with several, one anew): it takes on new messages, sends, reconciles and hears
callbacks until it is killed. In the end one worker is left in peace until nothing waits any more.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from alerts.app import App
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.reconcile import reconcile
from alerts.flow.delivery.recover import recover
from alerts.flow.process.fault import POINTS
from alerts.store import outbox
from alerts.store.engine import open_store
from tests.delivery.ground import Ground, add, add_contacts, both_peers, carriers, listen, row, states

PEOPLE = 60
MESSAGES = 6
"""New messages in each cycle, half of them texts."""
MISCHIEF = (
    "429", "500-before", "500-after", "hang-up-before", "hang-up-after", "garbage-after", "callback-twice",
    "callback-early", "callback-none", "callback-reversed", "queue", "list-500",
)  # fmt: skip


@dataclass
class Toll:
    """What came of it. cycles, kills: how often; points: kills by named point ("random" for none).

    texts, mails: messages of the outbox; lost_…: not in the carrier's book; doubled: texts that are there twice.
    repeated: mails there more than once; strange: repeats whose Message-ID is not the first one's.
    """

    store: str
    workers: int
    cycles: int = 0
    points: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    mails: int = 0
    lost_texts: int = 0
    doubled_texts: int = 0
    lost_mails: int = 0
    repeated_mails: int = 0
    strange_mails: int = 0
    unfinished: int = 0
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return not (self.lost_texts or self.doubled_texts or self.lost_mails or self.strange_mails or self.unfinished)


def chaos(url: str, folder: Path, *, cycles: int, workers: int, seed: int = 1, name: str = "") -> Toll:
    """Run it against the store at `url`. folder: for the carriers' books."""
    random_ = random.Random(seed)
    toll = Toll(name or url.partition(":")[0], workers)
    begun = time.perf_counter()
    ports = [_free_port() for _ in range(workers)]
    with both_peers(folder) as (carrier, mail):
        grounds = [Ground(url, carrier, mail, port) for port in ports]
        rules = {"lease": 2, "settle": 0.15, "backoff": 0.05, "most": 0.2, "timeout": 1}
        apps = [ground.app(durable=True, **rules) for ground in grounds]
        with apps[0].store.write() as connection:
            add_contacts(connection, PEOPLE, datetime.now(UTC))
        for app in apps:
            app.close()
        running: dict[int, int] = {}
        plan = [POINTS[n // 2 % len(POINTS)] if n % 2 else "random" for n in range(cycles)]
        random_.shuffle(plan)
        for number, point in enumerate(plan):
            if random_.random() < 0.15:
                _misbehave(carrier, random_.choice(MISCHIEF))
            place = random_.randrange(workers)
            if place in running:
                _kill(running.pop(place))
            for other in range(workers):
                if other not in running:
                    chosen = point if other == place else ""
                    running[other] = _fork(apps[other], ports[other], number * workers + other, chosen)
            killed = _wait(running[place], random_, point)
            running.pop(place)
            toll.cycles += 1
            toll.points[point if killed else "ended by itself"] += 1
        for pid in running.values():
            _kill(pid)
        _say(carrier, "/peer/behave", {})
        last = _fork(apps[0], ports[0], cycles * workers, "", patience=90)
        os.waitpid(last, 0)
        time.sleep(0.3)
        _count(replace(apps[0], store=open_store(url)), folder, toll)
    toll.seconds = time.perf_counter() - begun
    return toll


def _fork(app: App, port: int, number: int, point: str, patience: float = 1.5) -> int:
    """A worker of its own process; returns its pid. It ends by itself when nothing is left to do, or after
    `patience` seconds."""
    pid = os.fork()
    if pid:
        return pid
    try:
        if point and point != "random":
            os.environ["SUPPLYWATCH_FAULT"] = point
        own = replace(app, store=open_store(app.configuration.store.url), notifiers=carriers(app.configuration))
        _work(own, port, number, patience)
    except BaseException as error:
        if not isinstance(error, SystemExit):
            print(f"worker {os.getpid()}: {type(error).__name__}: {str(error)[:300]}", flush=True)
        os._exit(1)
    os._exit(0)


def _work(app: App, port: int, number: int, patience: float) -> None:
    def clock() -> datetime:
        return datetime.now(UTC)

    listen(app, clock, port)
    recover(app, clock())
    draw = random.Random(number)
    rows = []
    for n in range(number * MESSAGES, (number + 1) * MESSAGES):
        # Now and then the very same words go to the same phone twice: neither may be taken for the other.
        same = n % 10 == 0
        contact = 1 if same else draw.randrange(1, PEOPLE + 1)
        channel = "sms" if n % 2 == 0 else "email"
        words = f"The same words {n // 40}." if same else ""
        rows.append(row(n, contact, channel, clock(), alert=2_000_000 + n, words=words))
    add(app, rows)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        worked = [dispatch(app, channel, clock()) for channel in app.notifiers]
        asked = False
        while reconcile(app, clock()) is not None:
            asked = True
        if not any(worked) and not asked:
            counts = states(app)
            if not counts.get("queued") and not counts.get("sending"):
                break
            time.sleep(0.005)
    # Callbacks under way are waited for a moment, so that "in a callback" is met as well.
    time.sleep(0.02)


def _wait(pid: int, draw: random.Random, point: str) -> bool:
    """Wait for a worker to die at its point, or kill it at a random instant; False when it ended before."""
    if point == "random":
        time.sleep(draw.uniform(0.0, 0.08))
        return _kill(pid)
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.WIFSIGNALED(status)
        time.sleep(0.001)
    return _kill(pid)


def _kill(pid: int) -> bool:
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def _count(app: App, folder: Path, toll: Toll) -> None:
    with app.store.read() as connection:
        rows = outbox.latest(connection, 10_000_000)
    toll.unfinished = sum(1 for d in rows if d.state not in ("accepted", "delivered"))
    wanted = Counter((d.address, d.text) for d in rows if d.channel == "sms")
    lines = [json.loads(line) for line in (folder / "sms.jsonl").read_text(encoding="utf-8").splitlines()]
    taken = Counter((e["to"], e["body"]) for e in lines if e["event"] == "taken")
    toll.texts = wanted.total()
    toll.lost_texts = (wanted - taken).total()
    toll.doubled_texts = (taken - wanted).total()
    mails = [json.loads(line) for line in (folder / "mail.jsonl").read_text(encoding="utf-8").splitlines()]
    ids = Counter(e["message_id"].strip("<>").partition("@")[0] for e in mails)
    expected = {d.id for d in rows if d.channel == "email"}
    toll.mails = len(expected)
    toll.lost_mails = len(expected - set(ids))
    toll.repeated_mails = sum(n - 1 for n in ids.values())
    toll.strange_mails = len(set(ids) - expected)
    app.store.close()


def _misbehave(carrier: str, kind: str) -> None:
    _say(carrier, "/peer/misbehave", {"kind": kind, "times": 1, "seconds": 0.1})


def _say(carrier: str, path: str, what: dict[str, object]) -> None:
    request = urllib.request.Request(carrier + path, json.dumps(what).encode(), {"Content-Type": "application/json"})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
