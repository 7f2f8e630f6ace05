"""Whole replays of two real records through the command line, as they stand in the README.

Run as ./run bench replay [--lag 60] [--folder FOLDER] [--twice] [--ready] [--readme README.md]. Prints how long each
took, how much memory it held at most, and the table. --folder keeps what `supplywatch replay` wrote; --twice runs each
a second time and compares the bytes; --ready makes the table of what a folder holds already; --readme puts it between
the README's marks. Exits 1 where a second run differed, or something that must be found was not.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from alerts.flow.history.replay import ReplayedAlert
from alerts.store.json_nouns import from_json
from bench.real_history import Record, records
from bench.replay_table import Replayed, table
from bench.shipped_history import as_read
from detectors.words.lexicon import Lexicon

TITLES = {"Allegheny": "Allegheny County, Pennsylvania", "Connecticut": "Connecticut"}
BEGIN, END = "<!-- replay -->", "<!-- /replay -->"
MARKED = """{begin}
The same code, with the shipped thresholds, day by day as it would have been known with a reporting lag of {lag} days
(made by `./run bench replay --readme README.md`). Each cell is the day of the first alert and what said it:

{table}

A false alert is one that the rest of the record does not bear out, by the rule in
[docs/real-history.md](docs/real-history.md), which judges every alert at lags of 0, 30 and 60 days.
{end}"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lag", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--ready", action="store_true")
    parser.add_argument("--readme", type=Path)
    given = parser.parse_args()
    found = list(records(Lexicon.load()))
    if not found:
        print("The two records are not beside this checkout: nothing to replay.")
        return 0
    same = True
    with tempfile.TemporaryDirectory(prefix="supplywatch-bench-") as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        replays = []
        for record in found:
            file = folder / f"{record.name.lower()}.json"
            if not given.ready:
                run(record, given.lag, file)
            if given.twice:
                again = folder / f"{record.name.lower()}-again.json"
                run(record, given.lag, again)
                equal = again.read_bytes() == file.read_bytes()
                same &= equal
                print(f"  the second run: {'the same, byte for byte' if equal else 'DIFFERENT'}")
            replays.append(ready(record, given.lag, file))
    made = table(replays)
    print(made)
    if given.readme:
        put(given.readme, made, given.lag)
    return 0 if same and "**no alert**" not in made else 1


def run(record: Record, lag: int, out: Path) -> None:
    """Replay a record in a process of its own, its bar on our standard error."""
    command = [
        sys.executable, "-m", "alerts.cli", "replay", "--data", str(record.file), "--preset", record.preset,
        "--from", str(record.first), "--to", str(record.last), "--lag", str(lag), "--out", str(out),
    ]  # fmt: skip
    started = time.perf_counter()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        moved = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        _, status, used = os.wait4(os.posix_spawn(command[0], command, os.environ, file_actions=moved), 0)
    took = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"the replay of {record.name} failed: {' '.join(command)}")
    days = (record.last - record.first).days + 1
    print(
        f"{record.name}: {days} days in {took:.0f} s, {took / days:.4f} s a day; {used.ru_utime + used.ru_stime:.0f} s "
        f"of processor, at most {used.ru_maxrss / 1024:.0f} MB"
    )


def ready(record: Record, lag: int, file: Path) -> Replayed:
    """What a replay wrote, beside the record as the system reads it."""
    title = f"{TITLES[record.name]}, deaths {record.first.year} to {record.last:%B %Y}"
    return Replayed(title, as_read(record, lag), lag, written(file))


def written(file: Path) -> list[ReplayedAlert]:
    """The editions in a file of `supplywatch replay --out`."""
    return [from_json(ReplayedAlert, row) for row in json.loads(file.read_text(encoding="utf-8"))]


def put(readme: Path, made: str, lag: int) -> None:
    """The table between the marks of a README. Raises ValueError where it has none."""
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{readme} has no {BEGIN} … {END}")
    block = MARKED.format(begin=BEGIN, end=END, table=made, lag=lag)
    readme.write_text(before + block + after, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
