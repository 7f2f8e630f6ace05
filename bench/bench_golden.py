"""Every reference number beside ours: `python -m bench.bench_golden [FOLDER]`, by default ../shared/golden.

The folder holds the files that its README.md describes. Prints one line a column; exits 1 if any value is unequal and
not exempt by name.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.golden_counts import cusum_equal, ears_equal, farrington_equal, quasibinomial_equal
from bench.golden_essence import ewma_equal, regression_equal, switch_equal
from bench.golden_tests import location_shift_equal, multiple_testing_equal, proportions_equal, scans_equal

FAMILIES = (
    ears_equal,
    cusum_equal,
    farrington_equal,
    quasibinomial_equal,
    ewma_equal,
    regression_equal,
    switch_equal,
    proportions_equal,
    multiple_testing_equal,
    location_shift_equal,
    scans_equal,
)


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "golden"
    if not (folder / "inputs_meta.json").exists():
        print(f"No reference numbers in {folder}: give the folder as the only argument.")
        return 2
    started = time.perf_counter()
    values = unequal = exempt = 0
    for family in FAMILIES:
        for entry in family(folder):
            print(entry)
            for example in entry.examples:
                print(f"    {example}")
            values, unequal = values + entry.values, unequal + entry.unequal
            exempt += sum(entry.exempt.values())
    seconds = time.perf_counter() - started
    print(f"golden: {values} values, {unequal} unequal, {exempt} exempt by name, {seconds:.1f} s")
    return 1 if unequal else 0


if __name__ == "__main__":
    raise SystemExit(main())
