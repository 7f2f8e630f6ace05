"""An alert for 100,000 contacts: seconds until its messages wait in the outbox, memory, and the cost of each contact.

The whole way is walked: an approved edition, planned (who hears of it, in which words, when) and written to the outbox
with its entry in the record, as `address` does it, and all its parts laid out. Three in four contacts read English, the
others Spanish; all have a phone, every second an inbox; 40 partners, so 40 fronts. Each size runs in a process of its
own, which gives its peak of memory. The texts have been composed before, as by whoever looked at the proposal; what
that costs is printed by itself. The baseline is the same number of rows, the same length, written by sqlite3 itself in
one transaction. In a further run another thread writes a row again and again, and says how long it was kept waiting.
Goals: the cost of a contact within 20 % from 1,000 to 100,000; growth of memory at the most 1 kB a contact; no writer
waits for more than 2 s.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from alerts.app import App
from alerts.flow.addressing.address import address
from alerts.flow.addressing.lay_out import lay_out
from alerts.flow.addressing.plan import plan
from alerts.model.alert import Alert, AlertState, AlertVersion, PlaceFacts, VersionState
from alerts.model.level import Level
from alerts.model.reason import Reason
from alerts.store import alerts
from alerts.store.engine import Connection
from alerts.store.tables import addresses, consents, contacts, partners
from tests.databases import postgres
from tests.delivery.ground import MORNING, Ground, inbox, phone

SIZES = (1000, 10_000, 100_000)
GROWTH = 0.2
MEMORY = 1000
WAIT = 2.0
FRONTS = 40
ROUNDS = 5
COUNTIES = ("06001", "06013", "06029", "06037", "06075")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--contacts", type=int, default=SIZES[-1])
    arguments.add_argument("--one", type=int, help="one size in this process; prints its figures as JSON")
    arguments.add_argument("--url", default="", help="a migrated PostgreSQL for --one")
    arguments.add_argument("--beside", action="store_true", help="with --one: another thread writes meanwhile")
    chosen = arguments.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one, chosen.url, beside=chosen.beside)))
        return
    sizes = [s for s in SIZES if s < chosen.contacts] + [chosen.contacts]
    # The small sizes are over in an instant, and noisy: medians.
    found = {s: [_child(s) for _ in range(ROUNDS if s < 100_000 else 3)] for s in sizes}
    each = {s: statistics.median(f["seconds"] / s for f in runs) for s, runs in found.items()}
    most, least = sizes[-1], sizes[0]
    last = sorted(found[most], key=lambda f: f["seconds"])[len(found[most]) // 2]
    composing = statistics.median(f["composing"] for f in found[least])
    waited = _child(most, "--beside")["waited"]
    memory = (last["peak"] - found[least][0]["peak"]) / max(1, most - least)
    bare = bare_sqlite(int(last["messages"]), int(last["bytes"]))
    with postgres() as server:
        there = _child(most, "--url", server.migrated())
    # The largest difference between any two sizes, up or down.
    growth = max(each.values()) / min(each.values()) - 1
    print(
        f"SQLite: {last['seconds']:.1f} s until {last['messages']:.0f} messages to {most} contacts wait in the outbox "
        f"({last['planning']:.1f} s of it planning, in {last['distinct']:.0f} distinct texts); "
        f"{last['seconds'] / bare:.1f} times sqlite3 writing as many rows by itself ({bare:.1f} s)"
    )
    print(f"PostgreSQL: {there['seconds']:.1f} s for the same")
    work = {s: statistics.median(f["work"] / s for f in runs) for s, runs in found.items()}
    print(
        "each contact: "
        + ", ".join(f"{each[s] * 1e6:.0f} µs at {s}" for s in sizes)
        + " ("
        + ", ".join(f"{work[s] * 1e6:.0f}" for s in sizes)
        + " µs of processor time); "
        f"the first look at the proposal, which composes its {last['distinct']:.0f} texts, {composing:.2f} s once"
    )
    print(f"another writer waited {waited:.2f} s at the longest (goal {WAIT:.0f})")
    print(
        f"memory: peak {last['peak'] / 1e6:.0f} MB at {most}, {found[least][0]['peak'] / 1e6:.0f} MB at {least}: "
        f"{memory:.0f} bytes for each further contact"
    )
    missed = [f"the cost of a contact differs by {100 * growth:.0f} %"] if growth > GROWTH else []
    missed += [f"another writer waited {waited:.1f} s"] if waited > WAIT else []
    missed += [f"{memory:.0f} bytes of memory a contact"] if memory > MEMORY else []
    print(
        f"fanout: {most} contacts in {last['seconds']:.1f} s, peak {last['peak'] / 1e6:.0f} MB, cost of a contact "
        f"within {100 * growth:.0f} % from {least} to {most} (goal {100 * GROWTH:.0f} %): "
        + ("all goals met" if not missed else "MISSED: " + "; ".join(missed))
    )
    sys.exit(bool(missed))


def _child(many: int, *further: str) -> dict[str, float]:
    words = [sys.executable, "-m", "bench.bench_fanout", "--one", str(many), *further]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=900)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def measure(many: int, url: str, *, beside: bool = False) -> dict[str, float]:
    """One fan-out. composing: seconds that the very first look takes longer than a second one. waited: the longest that
    another writer waited, with `beside`. peak: the most memory that this process ever held, in bytes."""
    now = MORNING
    with tempfile.TemporaryDirectory(prefix="supplywatch-fan-out-") as folder:
        where = url or f"sqlite:///{folder}/outbox.db"
        app = Ground(where, "http://127.0.0.1:9", 9).app(durable=True)
        with app.store.write() as connection:
            for start in range(1, many + 1, 5000):
                people(connection, range(start, min(start + 5000, many + 1)))
            alert, edition = an_alert(connection, now)
        if not url:
            with app.store.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        looks = []
        for _ in range(2):
            with app.store.read() as connection:
                begun = time.perf_counter()
                planned = plan(app, connection, alert, edition, now)
                looks.append(time.perf_counter() - begun)
                distinct = len(planned.texts)
                del planned
        over = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            writer = pool.submit(_writing, app, over) if beside else None
            begun, worked = time.perf_counter(), time.process_time()
            messages = address(app, now)
            lay_out(app, now)
            seconds, work = time.perf_counter() - begun, time.process_time() - worked
            over.set()
            waited = writer.result() if writer else 0.0
        size = _bytes_of_rows(app)
        app.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "work": work, "planning": looks[1], "composing": looks[0] - looks[1],
            "messages": messages, "peak": peak, "distinct": distinct, "bytes": size, "waited": waited}  # fmt: skip


def _writing(app: App, over: threading.Event) -> float:
    """Write one row again and again; the seconds of the longest wait for its commit."""
    longest = 0.0
    while not over.wait(0.02):
        begun = time.perf_counter()
        with app.store.write() as connection:
            connection.execute(sa.update(contacts).where(contacts.c.id == 1).values(label="somebody else"))
        longest = max(longest, time.perf_counter() - begun)
    return longest


def people(connection: Connection, numbers: range) -> None:
    """Contacts of many partners, every fourth in Spanish, all with a phone and every second with an inbox."""
    if numbers[0] == 1:
        rows = [{"id": n, "name": f"Partner {n}", "front": f"Partner {n}"} for n in range(1, FRONTS + 1)]
        connection.execute(sa.insert(partners), rows)
    common = {
        "time_zone": "America/Los_Angeles", "substances": ["*"], "least": "info", "quiet_from": "21:00",
        "quiet_to": "08:00", "wake": True, "active": True,
    }  # fmt: skip
    connection.execute(
        sa.insert(contacts),
        [
            {**common, "id": n, "partner": n % FRONTS + 1, "label": f"person {n}", "language": "en" if n % 4 else "es",
             "places": ["06"] if n % 3 else [COUNTIES[n % len(COUNTIES)], "06001"]}
            for n in numbers
        ],
    )  # fmt: skip
    ways = [(n, "sms", phone(n)) for n in numbers] + [(n, "email", inbox(n)) for n in numbers if n % 2]
    rows = [{"contact": n, "channel": channel, "address": at, "disabled": ""} for n, channel, at in ways]
    connection.execute(sa.insert(addresses), rows)
    given = {"given": True, "how": "form", "words": "yes", "at": MORNING}
    connection.execute(sa.insert(consents), [{"contact": n, "channel": c, **given} for n, c, _ in ways])


def an_alert(connection: Connection, now: datetime) -> tuple[Alert, AlertVersion]:
    """Xylazine in Alameda County, approved and not yet addressed."""
    day = date(2026, 11, 12)
    facts = PlaceFacts("06001", 7, day - timedelta(days=6), day, tuple(f"lab/{n}" for n in range(7)), tested=41)
    identity, number = alerts.next_number(connection, now.year)
    alert = Alert(
        id=identity, number=number, substance="xylazine", region="06", threshold="watchlist", threshold_version=1,
        state=AlertState.OPEN, level=Level.ADVISORY, places=("06001",), opened_at=now, updated_at=now,
        evidence_at=now, expires_at=now + timedelta(days=28), version=1, kind="drug",
    )  # fmt: skip
    edition = AlertVersion(
        alert=identity, version=1, state=VersionState.APPROVED, reason=Reason.FIRST_SIGHTING, level=Level.ADVISORY,
        at=now, places=(facts,), new_places=(), kind="drug", methods=("watchlist",), confidence="lab-confirmed",
    )  # fmt: skip
    alerts.add(connection, alert)
    alerts.add_version(connection, edition)
    return alert, edition


def _bytes_of_rows(app: App) -> int:
    """Bytes of words that the outbox holds for a message, on average."""
    with app.store.read() as connection:
        said = "SELECT avg(length(subject) + length(text) + length(html)) FROM outbox"
        return int(connection.exec_driver_sql(said).scalar_one())


def bare_sqlite(rows: int, size: int) -> float:
    """Seconds for as many rows with as many bytes, five indexes and one commit, by sqlite3 alone."""
    with (
        tempfile.TemporaryDirectory(prefix="supplywatch-bare-") as folder,
        closing(sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)) as base,
    ):
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute(
            "CREATE TABLE rows (id TEXT PRIMARY KEY, alert INT, version INT, contact INT, channel TEXT, address TEXT, "
            "state TEXT, at TEXT, words TEXT, UNIQUE (alert, version, contact, channel))"
        )
        for columns in ("state, channel, at", "alert, version, state", "contact, channel", "address"):
            base.execute(f"CREATE INDEX ix_{columns[:3]} ON rows ({columns})")
        words, at = "x" * size, datetime.now(UTC).isoformat()
        begun = time.perf_counter()
        base.execute("BEGIN IMMEDIATE")
        base.executemany(
            "INSERT INTO rows VALUES (?, 1, 1, ?, 'sms', ?, 'queued', ?, ?)",
            ((f"{n * 2654435761 % 2**64:032x}", n, phone(n), at, words) for n in range(rows)),
        )
        base.execute("COMMIT")
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
