"""A partner's file of a million results: first import, one with 1 % of the samples changed, and the same file again.

Each size runs in a process of its own through `collect`, as a feed with a drop folder. Goals at the largest size: rows
per second at least half of a bare sqlite3 `executemany` of the same rows into the same tables and indexes in the same
run; cost growing no faster than rows to the power 1.05; less than 500 MB at the peak; the unchanged file for less than
1 % of the first import. Seconds are the processor's, because other programs on the machine do not change those; those
on the wall are printed beside them. --wide: the laboratory's whole export, of which most columns are taken out first.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from itertools import pairwise
from typing import Any

SIZES = (10_000, 100_000, 1_000_000)
SPEED, EXPONENT, MEMORY_MB, AGAIN = 0.5, 1.05, 500, 0.01


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="+", default=SIZES)
    arguments.add_argument("--wide", action="store_true")
    given = arguments.parse_args()
    layout = "wide" if given.wide else "narrow"
    print(f"{'rows':>9} {'MB':>6}  {'first':>14} {'1 % changed':>14} {'again':>8} {'bare':>14} {'peak':>7}   rows/s")
    measured = [_measure(rows, layout) for rows in sorted(given.rows)]
    failed = _judged(measured)
    print(
        "What bounds it: one core. Of the first import two fifths are SQLite with its five indexes, two fifths are\n"
        "splitting the text into rows and rows into samples, a fifth is naming, comparing and archiving."
    )
    sys.exit(bool(failed))


def _measure(rows: int, layout: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_once", str(rows), layout], stdout=subprocess.PIPE, text=True, check=True
    )
    m: dict[str, Any] = json.loads(done.stdout)
    cells = [f"{m[name]['cpu']:6.2f} ({m[name]['wall']:5.1f})" for name in ("first", "changed")]
    bare = f"{m['bare']['cpu']:6.2f} ({m['bare']['wall']:5.1f})"
    print(
        f"{rows:9,} {m['megabytes']:6.1f}  {cells[0]:>14} {cells[1]:>14} {m['unchanged']['cpu']:8.3f} {bare:>14} "
        f"{m['peak_mb']:4.0f} MB   {rows / m['first']['cpu']:,.0f}"
    )
    return m


def _judged(measured: list[dict[str, Any]]) -> list[str]:
    last = measured[-1]
    rows = [
        ("first import / bare, rows per second", last["bare"]["cpu"] / last["first"]["cpu"], ">=", SPEED),
        ("1 % changed / bare, rows per second", last["bare"]["cpu"] / last["changed"]["cpu"], ">=", SPEED),
        ("peak memory in MB", last["peak_mb"], "<", MEMORY_MB),
        ("unchanged again / first import", last["unchanged"]["cpu"] / last["first"]["cpu"], "<", AGAIN),
    ]
    for name in ("first", "changed"):
        worst = max(
            (
                math.log(b[name]["cpu"] / a[name]["cpu"]) / math.log(b["rows"] / a["rows"])
                for a, b in pairwise(measured)
            ),
            default=1.0,
        )
        rows.append((f"steepest exponent of the cost, {name}", worst, "<=", EXPONENT))
    failed = []
    for what, value, sign, goal in rows:
        met = value >= goal if sign == ">=" else value <= goal
        print(f"  {'met ' if met else 'MISS'} {what}: {value:.3g} (goal {sign} {goal:g})")
        if not met:
            failed.append(what)
    return failed


if __name__ == "__main__":
    main()
