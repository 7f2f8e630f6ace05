"""A partner's file of a million results: first import, one with 1 % of the samples changed, and the same file again.

Two layouts: the columns that are read, and the laboratory's whole export of 48, of which most are taken out first. Each
round runs in a process of its own through `collect`, as a feed with a drop folder. Goals at the largest size: rows per
second at least half of a bare sqlite3 `executemany` of the same rows into the same tables and indexes; cost growing no
faster than rows to the power 1.05; less than 500 MB at the peak; the unchanged file for less than 1 % of the first
import. Seconds are the processor's, those on the wall stand beside them. Other programs slow the processor down too: so
each import is held against a bare one right after it, and what is judged is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import Progress

from bench.import_file import write

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
SPEED, EXPONENT, MEMORY_MB, AGAIN = 0.5, 1.05, 500, 0.01

Round = dict[str, Any]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="+", default=SIZES)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--layout", choices=("read", "whole"), nargs="+", default=("read", "whole"))
    given = arguments.parse_args()
    failed = False
    figures = []
    for layout in given.layout:
        print(f"{'The columns that are read' if layout == 'read' else 'The whole export'}")
        print(
            f"{'rows':>9} {'MB':>6}  {'first':>14} {'1 % changed':>14} {'again':>8} {'bare':>14} {'peak':>7}   rows/s"
        )
        measured = {rows: _measure(rows, layout == "whole", given.rounds) for rows in sorted(given.rows)}
        met, figure = _judged(measured)
        failed |= not met
        figures.append(f"{layout}: {figure}")
    print("; ".join(figures))
    sys.exit(failed)


def _measure(rows: int, wide: bool, rounds: int) -> list[Round]:
    with tempfile.TemporaryDirectory(prefix="supplywatch-import-") as scratch:
        before, after = Path(scratch, "before.csv"), Path(scratch, "after.csv")
        with Progress(console=Console(stderr=True), transient=True) as bar:
            for path, changed in ((before, 0.0), (after, 0.01)):
                task = bar.add_task(f"writing {path.name}", total=rows)
                write(path, rows, wide=wide, changed=changed, progress=lambda n, t=task: bar.update(t, completed=n))  # type: ignore[misc]
        megabytes = before.stat().st_size / 1e6
        done = [_round(rows, before, after) for _ in range(rounds)]

    def cell(name: str) -> str:
        return f"{_middle(done, lambda m: m[name]['cpu']):6.2f} ({_middle(done, lambda m: m[name]['wall']):5.1f})"

    print(
        f"{rows:9,} {megabytes:6.1f}  {cell('first'):>14} {cell('changed'):>14} "
        f"{_middle(done, lambda m: m['unchanged']['cpu']):8.3f} {cell('bare'):>14} "
        f"{max(m['peak_mb'] for m in done):4.0f} MB   {rows / _middle(done, lambda m: m['first']['cpu']):,.0f}",
        flush=True,
    )
    return done


def _round(rows: int, before: Path, after: Path) -> Round:
    command = [sys.executable, "-m", "bench.import_once", str(rows), str(before), str(after)]
    done: Round = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return done


def _middle(rounds: Sequence[Round], of: Callable[[Round], float]) -> float:
    return median(map(of, rounds))


def _judged(measured: dict[int, list[Round]]) -> tuple[bool, str]:
    last = measured[max(measured)]
    first = _middle(last, lambda m: m["bare"]["cpu"] / m["first"]["cpu"])
    changed = _middle(last, lambda m: m["bare"]["cpu"] / m["changed"]["cpu"])
    peak = max(m["peak_mb"] for m in last)
    rows = [
        ("first import / bare, rows per second", first, ">=", SPEED),
        ("1 % changed / bare, rows per second", changed, ">=", SPEED),
        ("peak memory in MB", peak, "<", MEMORY_MB),
        (
            "unchanged again / first import",
            _middle(last, lambda m: m["unchanged"]["cpu"] / m["first"]["cpu"]),
            "<",
            AGAIN,
        ),
    ]
    for name in ("first", "changed"):
        cost = {size: _middle(rounds, lambda m, n=name: m[n]["cpu"]) for size, rounds in measured.items()}  # type: ignore[misc]
        steps = [math.log(cost[b] / cost[a]) / math.log(b / a) for a, b in pairwise(sorted(cost))]
        if steps:
            rows.append((f"steepest exponent of the cost, {name}", max(steps), "<=", EXPONENT))
    met = True
    for what, value, sign, goal in rows:
        good = value >= goal if sign == ">=" else value <= goal
        met &= good
        print(f"  {'met ' if good else 'MISS'} {what}: {value:.3g} (goal {sign} {goal:g})")
    ratios = ", ".join(f"{m['bare']['cpu'] / m['first']['cpu']:.2f}" for m in last)
    reading = _middle(last, lambda m: m["reading"]["cpu"] / m["first"]["cpu"])
    print(f"  the rounds' ratios of the first import: {ratios}")
    print(f"  what bounds it: one core; {reading:.0%} of a first import goes into making samples of the file's bytes")
    return met, f"first {first:.2f}, changed {changed:.2f} of bare sqlite3, {peak:.0f} MB"


if __name__ == "__main__":
    main()
