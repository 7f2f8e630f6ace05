"""Spoiled documents for every reader: none may crash it, hang it, or be taken in silence for an empty one.

`./run bench fuzz` (100,000 documents, a few minutes); `--documents`, `--seconds`, `--seed`; `--folder` reads every file
of a folder with the reader for RSS as well, such as the documents of feedparser's own test-suite.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bench.fuzz_documents import SEEDS, Seed
from bench.fuzz_mutate import mutated
from detectors.feeds.notices import NoticeSettings
from detectors.feeds.registry import kind_of, reader
from detectors.sample import BrokenDocument, Reading

LONGEST = 5.0
RECEIVED = date(2026, 6, 1)


class TooSlow(BaseException):
    """Raised by the alarm; not an Exception, so that no reader can swallow it."""


@dataclass
class Outcome:
    """What came of the documents. faults: what must not happen, with the document that did it."""

    documents: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[tuple[str, str, bytes]] = field(default_factory=list)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises TooSlow inside the block when it takes longer."""

    def ring(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def silent(reading: Reading, body: bytes) -> bool:
    """Whether a document that holds more than a header was read as nothing, without a word."""
    nothing = not (reading.rows or reading.samples or reading.tallies or reading.bulletins or reading.quarantined)
    if not nothing or reading.notes:
        return False
    plain = body.replace(b"\0", b"").replace(b"\r", b"\n").strip(b"\n \t,;|\xff\xfe\xef\xbb\xbf")
    return plain.count(b"\n") > 0 and plain.strip() not in (b"[]",)


def try_one(seed: Seed, body: bytes, outcome: Outcome) -> None:
    """Read one document with one reader, redact it, and judge what came of it."""
    its = reader(seed.reader)
    outcome.documents += 1
    started = time.perf_counter()
    try:
        with limited(LONGEST):
            try:
                reading = its.read(body, content_type="", settings=seed.settings, received=RECEIVED)
            except BrokenDocument as broken:
                outcome.counts["broken"] += 1
                if not broken.reason or not broken.mend:
                    outcome.faults.append((seed.name, "broken without a reason or a mend", body))
                return
            outcome.counts["read with rows put aside" if reading.quarantined else "read"] += 1
            if silent(reading, body):
                outcome.faults.append((seed.name, "taken for empty in silence", body))
            if any(not q.reason or not q.mend for q in reading.quarantined):
                outcome.faults.append((seed.name, "put aside without a reason or a mend", body))
            if its.redact is not None and outcome.documents % 4 == 0:
                again = its.read(
                    its.redact(body, content_type="", settings=seed.settings), settings=seed.settings, received=RECEIVED
                )
                if {s.key: s.findings for s in again.samples} != {s.key: s.findings for s in reading.samples}:
                    outcome.faults.append((seed.name, "the redacted form reads otherwise", body))
            if outcome.documents % 16 == 0:
                str(kind_of(body))
    except TooSlow:
        outcome.faults.append((seed.name, f"took over {LONGEST:g} s", body))
    except Exception as error:
        outcome.faults.append((seed.name, f"{type(error).__name__}: {error}", body))
    finally:
        outcome.slowest = max(outcome.slowest, time.perf_counter() - started)


def fuzz(documents: int, seconds: float, seed: int) -> Outcome:
    """So many spoiled documents, or as many as fit into the time."""
    chance = random.Random(seed)
    outcome = Outcome()
    until = time.monotonic() + seconds
    shares = [s.share for s in SEEDS]
    while outcome.documents < documents and time.monotonic() < until:
        for chosen in chance.choices(SEEDS, shares, k=100):
            other = chance.choice(SEEDS).body
            try_one(chosen, mutated(chance, chosen.body, other), outcome)
    return outcome


def strangers(outcome: Outcome) -> None:
    """Each seed given to every reader that is not its own: broken, each time."""
    for chosen in SEEDS:
        for other in SEEDS:
            if other.reader == chosen.reader or {chosen.name, other.name} <= {"table", "lab_detail", "workbook"}:
                continue
            try:
                reading = reader(chosen.reader).read(other.body, content_type="", settings=chosen.settings)
            except BrokenDocument:
                outcome.counts["of another kind, and broken"] += 1
            else:
                what = f"reads {other.name} as {reading.rows} rows"
                outcome.faults.append((chosen.name, what, other.body))


def folder_of_feeds(folder: Path, outcome: Outcome) -> None:
    """Every file of a folder, with the reader for RSS."""
    seed = Seed("folder", "rss", NoticeSettings(), b"")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            before = len(outcome.faults)
            try_one(seed, path.read_bytes(), outcome)
            for number in range(before, len(outcome.faults)):
                name, what, body = outcome.faults[number]
                outcome.faults[number] = (f"{name} {path.name}", what, body)


def main() -> None:
    """Fuzz and print what came of it; exit 1 if anything happened that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    started = time.monotonic()
    outcome = fuzz(given.documents, given.seconds, given.seed)
    strangers(outcome)
    if given.folder:
        folder_of_feeds(given.folder, outcome)
    took = time.monotonic() - started
    print(f"{outcome.documents:,} documents in {took:.0f} s, the slowest {outcome.slowest:.2f} s, seed {given.seed}")
    for what, count in sorted(outcome.counts.items()):
        print(f"  {count:>9,}  {what}")
    print(f"  {len(outcome.faults):>9,}  faults (crash, hang, silence)")
    examples = {(name, what): body for name, what, body in reversed(outcome.faults)}
    for (name, what), body in list(examples.items())[:20]:
        print(f"    {name}: {what}\n      {body[-600:]!r}")
    sys.exit(1 if outcome.faults else 0)


if __name__ == "__main__":
    main()
