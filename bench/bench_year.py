"""What a year costs: memory, disk, processor time and messages of one state's programme, day by day.

    ./run bench year [--days DAYS] [--partners PARTNERS]

The whole system, with the shipped thresholds, on SQLite: a laboratory publishes its tables anew each working day
(twelve simulated counties, 18 months of them before the first day), the bells ring, alerts open, and texts and emails
go to carriers on this machine. Only the clock is moved. One person approves at ten whatever waits, so that messages
are as many as they can become.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path

from rich.progress import track

from alerts.flow.addressing.plan import plan
from alerts.flow.reviewing.review import approve
from alerts.model.alert import VersionState
from alerts.model.staff import Person
from detectors.simulator.counties import CALIFORNIA
from detectors.simulator.sample import SimulatedSample
from detectors.simulator.settings import SimulationSettings
from detectors.simulator.simulate import simulate
from tests.flow.timeline import Diary, Somebody, opened_diary

FIRST = date(2025, 9, 2)
HISTORY = timedelta(days=540)


@dataclass(frozen=True)
class Cost:
    """After one quarter: bytes on disk, seconds of processor since the last one (carriers and laboratory included)."""

    days: int
    samples: int
    disk: int
    processor: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--partners", type=int, default=60)
    asked = parser.parse_args()
    last = FIRST + timedelta(days=asked.days)
    samples = simulate(SimulationSettings(seed=1, first=FIRST - HISTORY, last=last)).samples
    with tempfile.TemporaryDirectory(prefix="supplywatch-year-") as folder:
        store = Path(folder) / "year.db"
        with opened_diary(f"sqlite:///{store}", own=shipped_thresholds) as diary:
            approver = diary.person("Ana")
            diary.joins(*people(asked.partners))
            quarters = list(lived(diary, approver, samples, asked.days, store))
            said(diary, quarters, asked.partners)


def shipped_thresholds(text: str) -> str:
    """The diary's configuration without lists and thresholds of its own."""
    return text.split("[lists]")[0]


def people(count: int) -> list[Somebody]:
    """Two in three by text and one by email, half of them in Spanish, one in seven for the whole state."""
    places = cycle([*(f"{county.name} County, CA" for county in CALIFORNIA), "CA", "CA"])
    return [
        Somebody(
            f"Partner {number}",
            phone=f"+1510555{number:04d}" if number % 3 else "",
            email="" if number % 3 else f"partner{number}@supplywatch.example",
            language=("en", "es")[number % 2],
            places=place,
        )
        for number, place in enumerate(islice(places, count), start=100)
    ]


def lived(
    diary: Diary, approver: Person, samples: tuple[SimulatedSample, ...], days: int, store: Path
) -> Iterator[Cost]:
    """Each day at nine, with the tables as they stand then on working days; a figure every 91 days and at the end."""
    started = time.process_time()
    for number in track(range(days), description="days", disable=not sys.stderr.isatty()):
        today = FIRST + timedelta(days=number)
        if today.weekday() < 5:
            diary.samples = {s.key: s for s in samples if s.completed <= today}
        diary.at(f"{today} 09:00")
        if today.weekday() < 5:
            diary.lab_publishes()
        approve_all(diary, approver, today)
        if number == 0 or (number + 1) % 91 == 0 or number == days - 1:
            disk = sum(part.stat().st_size for part in store.parent.glob(f"{store.name}*"))
            now = time.process_time()
            yield Cost(number + 1, len(diary.samples), disk, now - started)
            started = now


def approve_all(diary: Diary, approver: Person, today: date) -> None:
    diary.at(f"{today} 10:00")
    held = [a for a in diary.alerts() if diary.editions(a)[-1].state is VersionState.HELD]
    for alert in held:
        with diary.app.store.read() as connection:
            seen = plan(diary.app, connection, alert, diary.editions(alert)[-1], diary.now).sha256
        approve(diary.app, alert.number, approver, seen, diary.now)
    if held:
        diary.ring()


def said(diary: Diary, quarters: list[Cost], partners: int) -> None:
    print("day   samples   disk MB   processor s a day")
    before = 0
    for cost in quarters:
        spent = cost.processor / (cost.days - before)
        print(f"{cost.days:>3}{cost.samples:>10,}{cost.disk / 1e6:>10.1f}{spent:>20.2f}")
        before = cost.days
    first, end = quarters[0], quarters[-1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    texts = [m.segments for m in diary.carrier.messages if m.direction == "outbound-api"]
    editions = [len(diary.editions(alert)) for alert in diary.alerts()]
    states = Counter(str(alert.state) for alert in diary.alerts())
    print(f"alerts: {len(editions)} in {sum(editions)} editions; {dict(states)}")
    daily = sum(c.processor for c in quarters) / end.days
    print(
        f"year: {end.days} days, {end.samples - first.samples:,} samples; disk {end.disk / 1e6:.0f} MB "
        f"({(end.disk - first.disk) / 1e6 / end.days * 365:.0f} MB a year); memory at most {memory:.0f} MB with the "
        f"carriers and the laboratory in it; {daily:.2f} processor seconds a day; "
        f"{len(texts)} texts of {sum(texts)} segments and {len(diary.mail.messages)} mails to {partners} partners"
    )


if __name__ == "__main__":
    main()
