"""Is any message lost, or any text sent twice, whatever happens to the workers?

Workers are killed with SIGKILL at random instants and at every named point (alerts/flow/process/fault.py), on SQLite
with one process and on PostgreSQL with three, while the carriers misbehave; then the carriers' own books are held
against the outbox. After that the other mishaps: a locked database, a full disk, clocks an hour off, carriers down for
a day, all callbacks at once, a node that was paused until its lease was long gone. Goal: no text lost, none doubled; no
mail lost, and every repeat under its first Message-ID. Exit code 1 when it is missed."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.databases import postgres
from tests.delivery import scenarios
from tests.delivery.chaos import Toll, chaos

POINTS = ("after-claim", "before-send", "after-send")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cycles", type=int, default=1000, help="kills in all, half of them on each database")
    arguments.add_argument("--only", choices=("sqlite", "postgresql", "scenarios"), help="one part of it")
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    cycles = chosen.cycles if chosen.only else chosen.cycles // 2
    good = True
    if chosen.only in (None, "sqlite"):
        with tempfile.TemporaryDirectory(prefix="supplywatch-chaos-") as folder:
            url = f"sqlite:///{folder}/chaos.db"
            good &= tell(chaos(url, Path(folder), cycles=cycles, workers=1, seed=chosen.seed, name="SQLite"))
    if chosen.only in (None, "postgresql"):
        with tempfile.TemporaryDirectory(prefix="supplywatch-chaos-") as folder, postgres() as server:
            url = server.migrated()
            good &= tell(chaos(url, Path(folder), cycles=cycles, workers=3, seed=chosen.seed, name="PostgreSQL"))
    if chosen.only in (None, "scenarios"):
        good &= mishaps()
    print(f"chaos: {'nothing lost, no text doubled' if good else 'GOAL MISSED'}")
    sys.exit(not good)


def tell(toll: Toll) -> bool:
    points = json.dumps(dict(toll.points.most_common()))
    print(f"{toll.store}, {toll.workers} worker(s), {toll.cycles} cycles in {toll.seconds:.0f} s; killed at {points}")
    print(
        f"  texts {toll.texts}: {toll.lost_texts} lost, {toll.doubled_texts} doubled;  mails {toll.mails}: "
        f"{toll.lost_mails} lost, {toll.repeated_mails} repeated, {toll.strange_mails} of them under another "
        f"Message-ID;  unfinished {toll.unfinished}",
        flush=True,
    )
    return toll.good


def mishaps() -> bool:
    good = True
    with tempfile.TemporaryDirectory(prefix="supplywatch-chaos-") as folder, postgres() as server:
        made = iter(range(1000))

        def sqlite() -> str:
            return f"sqlite:///{folder}/{next(made)}.db"

        runs: list[Callable[[], str]] = [
            lambda: scenarios.database_locked(sqlite()),
            lambda: scenarios.disk_full(sqlite()),
            lambda: scenarios.clock_jumps(sqlite()),
            lambda: scenarios.clock_jumps(server.migrated()),
            lambda: scenarios.carrier_down_a_day(sqlite()),
            lambda: scenarios.callbacks_at_once(sqlite()),
            lambda: scenarios.callbacks_at_once(server.migrated()),
            *((lambda point=point: scenarios.paused_node(server.migrated(), point)) for point in POINTS),
            lambda: scenarios.paused_at_random(server.migrated(), 30),
        ]
        for run in runs:
            try:
                print(f"  {run()}", flush=True)
            except AssertionError as missed:
                good = False
                print(f"  MISSED: {missed}", flush=True)
    return good


if __name__ == "__main__":
    main()
