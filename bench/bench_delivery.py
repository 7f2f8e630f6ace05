"""How fast do messages leave, against a bare loop that posts the same messages to the same carrier?

Both carriers are peers in processes of their own. The bare loop makes each message (the mail's MIME, the text's form)
and hands it over by one kept connection, one after the other, with no database. The worker claims, checks again, sends
and keeps receipts durably. Then three workers on PostgreSQL, the writing of messages to the outbox, and twelve
simulated hours of a sender that carries one segment a second. Goals: worker at least 0.8 of the loop; cost of a message
written to the outbox growing by at most 20 % from 1,000 to 100,000; drain within 10 % of its estimate, levels in order.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from alerts.app import App
from alerts.flow.addressing.message import message
from alerts.flow.delivery.dispatch import dispatch
from alerts.model.delivery import Delivery
from alerts.store.engine import open_store
from notifiers.twilio_callbacks import callback_url
from tests.databases import postgres
from tests.delivery.drain import drain
from tests.delivery.ground import Ground, add, add_contacts, both_peers, carriers, row, states
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN, NUMBER

GOAL = 0.8
ROUNDS = 7
PEOPLE = 2000
WORDS = (
    "Eastside Outreach: ADVISORY. Xylazine in drugs in Alameda County, lab-confirmed, sampled Nov 12. Give naloxone: "
    "it won't reverse this, but fentanyl is often there too. Rescue breaths. Call 911. Ends Dec 20."
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=2800)
    arguments.add_argument("--contacts", type=int, default=100_000)
    chosen = arguments.parse_args()
    missed: list[str] = []
    for channel in ("sms", "email"):
        missed += speed(channel, chosen.messages)
    missed += scaling(chosen.messages)
    missed += fan_out(chosen.contacts)
    missed += long_drain()
    print("delivery: " + ("all goals met" if not missed else "MISSED: " + "; ".join(missed)))
    sys.exit(bool(missed))


def rows(channel: str, many: int, start: int, now: datetime) -> list[Delivery]:
    """One edition of an alert for `many` people."""
    people = range(1, many + 1)
    return [row(start + n, n, channel, now, alert=7_000_000 + start, words=f"{WORDS} ({start + n})") for n in people]


def ground(folder: str, carrier: str, mail: int, url: str = "") -> App:
    app = Ground(url or f"sqlite:///{folder}/outbox.db", carrier, mail).app(durable=True)
    with app.store.write() as connection:
        add_contacts(connection, PEOPLE, datetime.now(UTC))
    return app


def speed(channel: str, many: int) -> list[str]:
    """Loop and worker in turn, since others share this machine; the median of the rounds."""
    loops, workers = [], []
    with (
        tempfile.TemporaryDirectory(prefix="supplywatch-speed-") as folder,
        both_peers(Path(folder)) as (carrier, mail),
    ):
        app = ground(folder, carrier, mail)
        for turn in range(ROUNDS):
            now = datetime.now(UTC)
            batch = rows(channel, many // ROUNDS, turn * many, now)
            loops.append(bare_loop(app, channel, batch, now))
            add(app, [replace(d, text=f"{d.text}.") for d in batch])
            workers.append(worker(app, channel))
        app.close()
    share = statistics.median(w / b for w, b in zip(workers, loops, strict=True))
    print(
        f"{channel}: bare loop {statistics.median(loops):.0f} a second, one worker on SQLite "
        f"{statistics.median(workers):.0f} a second: {share:.2f} of it (goal {GOAL}; medians of {ROUNDS} rounds)",
        flush=True,
    )
    return [] if share >= GOAL else [f"{channel} {share:.2f} of the loop"]


def bare_loop(app: App, channel: str, batch: list[Delivery], now: datetime) -> float:
    """Messages a second of the plainest program that does the same to the carrier."""
    if channel == "email":
        mail = carriers(app.configuration)["email"]
        begun = time.perf_counter()
        for delivery in batch:
            mail.send(message(app, delivery, now))
        return len(batch) / (time.perf_counter() - begun)
    base = app.configuration.sms.base_url
    url = f"{base}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    hook = f"{app.configuration.programme.public_url}/callbacks/twilio/status"
    with requests.Session() as session:
        session.auth = (ACCOUNT_SID, AUTH_TOKEN)
        session.trust_env = False
        begun = time.perf_counter()
        for delivery in batch:
            form = {"To": delivery.address, "From": NUMBER, "Body": delivery.text,
                    "StatusCallback": callback_url(hook, delivery.id)}  # fmt: skip
            answer = session.post(url, data=form, timeout=10)
            assert answer.status_code == 201
            answer.json()
        return len(batch) / (time.perf_counter() - begun)


def worker(app: App, channel: str) -> float:
    sent, begun = 0, time.perf_counter()
    while done := dispatch(app, channel, datetime.now(UTC)):
        sent += len(done)
    return sent / (time.perf_counter() - begun)


def scaling(many: int) -> list[str]:
    """One and three worker processes on PostgreSQL; no goal, since they share two cores with their carrier."""
    many = min(many, PEOPLE)
    speeds = []
    with postgres() as server:
        for number in (1, 3):
            with (
                tempfile.TemporaryDirectory(prefix="supplywatch-speed-") as folder,
                both_peers(Path(folder)) as (carrier, mail),
            ):
                app = ground(folder, carrier, mail, server.migrated())
                add(app, rows("sms", many, 0, datetime.now(UTC)))
                app.close()
                begun = time.perf_counter()
                pids = [_forked(app) for _ in range(number)]
                for pid in pids:
                    os.waitpid(pid, 0)
                speeds.append(many / (time.perf_counter() - begun))
                again = replace(app, store=open_store(app.configuration.store.url))
                assert set(states(again)) <= {"accepted", "delivered"}, states(again)
                again.store.close()
    cores = os.cpu_count()
    print(
        f"PostgreSQL: one worker {speeds[0]:.0f} a second, three {speeds[1]:.0f} "
        f"({speeds[1] / speeds[0]:.2f} times; {cores} cores for workers, server and carrier together)",
        flush=True,
    )
    return []


def _forked(app: App) -> int:
    pid = os.fork()
    if pid:
        return pid
    own = replace(app, store=open_store(app.configuration.store.url), notifiers=carriers(app.configuration))
    try:
        while dispatch(own, "sms", datetime.now(UTC)):
            pass
    finally:
        os._exit(0)


def fan_out(most: int) -> list[str]:
    """Seconds and memory to write an alert's messages to the outbox, and what a single one costs."""
    costs = []
    for many in (1000, 10_000, most):
        with tempfile.TemporaryDirectory(prefix="supplywatch-fan-out-") as folder:
            app = Ground(f"sqlite:///{folder}/outbox.db", "http://127.0.0.1:9", 9).app(durable=True)
            made = [row(n, n, "sms", words=WORDS, alert=1) for n in range(1, many + 1)]
            # Small ones many times over: a single commit would be most of it.
            times = max(1, 3000 // many)
            begun = time.perf_counter()
            for turn in range(times):
                add(app, [replace(d, id=f"{turn}{d.id[1:]}", alert=turn) for d in made])
            costs.append((time.perf_counter() - begun) / times / many)
            app.close()
    tracemalloc.start()
    with tempfile.TemporaryDirectory(prefix="supplywatch-fan-out-") as folder:
        app = Ground(f"sqlite:///{folder}/outbox.db", "http://127.0.0.1:9", 9).app(durable=True)
        made = [row(n, n, "sms", words=WORDS, alert=1) for n in range(1, 10_001)]
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        add(app, made)
        peak = tracemalloc.get_traced_memory()[1] - before
        app.close()
    tracemalloc.stop()
    growth = costs[-1] / costs[0] - 1
    said = ", ".join(f"{c * 1e6:.0f}" for c in costs)
    print(
        f"fan-out: {costs[-1] * most:.1f} s for {most} messages into the outbox; {said} µs each at 1,000, 10,000 and "
        f"{most}; {peak / 1e6:.0f} MB beyond the rows themselves at 10,000",
        flush=True,
    )
    return [] if growth <= 0.2 else [f"cost of a message grows by {100 * growth:.0f} %"]


def long_drain() -> list[str]:
    hours, ordered, estimate, real = drain(timedelta(hours=12))
    error = abs(estimate - real) / real
    print(
        f"twelve hours at 1 segment a second: estimated {estimate / 3600:.2f} h, took {real / 3600:.2f} h "
        f"({100 * error:.1f} % off), {hours} texts, levels {'in order' if ordered else 'OUT OF ORDER'}",
        flush=True,
    )
    return [*([] if error <= 0.1 else ["drain estimate"]), *([] if ordered else ["order of levels"])]


if __name__ == "__main__":
    main()
