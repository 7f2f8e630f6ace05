"""How fast the detectors are: `./run bench detect [--full] [--quick]`, on one core.

Grid: 1,000 series × 260 weekly evaluations, the median of several runs in processor seconds (which neighbours on a
shared machine do not stretch), beside the reference's seconds for the same. Then the exponent of time against the
number of series, and the highest memory of the whole run. --full carries the two slow Farrington variants to 100,000
series as well (some twenty minutes more); --quick times the 1,000-series grid only. Exits 1 while a goal is missed.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time

SINGLE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
if __name__ == "__main__" and any(os.environ.get(name) != value for name, value in SINGLE.items()):
    # The libraries read these when they are loaded, so the program starts itself again before it loads them.
    os.execve(sys.executable, [sys.executable, "-m", "bench.bench_detect", *sys.argv[1:]], {**os.environ, **SINGLE})

import numpy as np  # noqa: E402

from bench.detect_grid import JUDGED, Grid, grid  # noqa: E402
from bench.detect_methods import METHODS, Timed  # noqa: E402
from bench.detect_reference import reference_seconds  # noqa: E402

SIZES = (100, 1_000, 10_000, 100_000)
NOMINAL = 1_000
MOST_EXPONENT = 1.05
MOST_MEMORY_GB = 1.0
PATIENCE = 12.0
"""Seconds after which a measurement is not repeated."""


def measure(method: Timed, whole: Grid, runs: int) -> float:
    """Median processor seconds of up to `runs` runs, fewer where they take long."""
    spent: list[float] = []
    while len(spent) < runs and (not spent or sum(spent) < PATIENCE):
        started = time.process_time()
        alarm = method.run(whole)
        spent.append(time.process_time() - started)
        assert alarm.shape == (whole.y.shape[0], JUDGED)
    return statistics.median(spent)


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Slope of log time against log size, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def main(arguments: list[str]) -> int:
    full, quick = "--full" in arguments, "--quick" in arguments
    nominal = grid(NOMINAL)
    measured, sentence = reference_seconds(nominal)
    print(f"{NOMINAL:,} series × {JUDGED} weeks, one core, processor seconds. {sentence}")
    heads = ("seconds", 9), ("series-weeks/s", 16), ("reference s", 13), ("times", 8), ("goal", 8), ("exponent", 10)
    print(f"{'method':<22}" + "".join(f"{head:>{width}}" for head, width in heads) + "  up to")
    for method in METHODS:
        method.run(grid(50))
    missed: list[str] = []
    taken: dict[str, float] = {}
    steepest = 0.0
    for method in METHODS:
        seconds = taken[method.name] = measure(method, nominal, 7)
        reference = measured.get(method.name, method.reference)
        times = reference / seconds if reference else float("nan")
        slope, largest = float("nan"), NOMINAL
        if not quick:
            largest = method.largest[1 if full else 0]
            sizes = [size for size in SIZES if size <= largest]
            at = {size: seconds if size == NOMINAL else measure(method, grid(size), 3) for size in sizes}
            slope = exponent(sizes, [at[size] for size in sizes])
            steepest = max(steepest, slope)
            if slope > MOST_EXPONENT:
                missed.append(f"{method.name}: exponent {slope:.2f} > {MOST_EXPONENT}")
        goal = f"{method.times:,.0f}×" if method.times else f"{method.seconds:g} s" if method.seconds else "–"
        print(
            f"{method.name:<22}{seconds:>9.4f}{NOMINAL * JUDGED / seconds:>16,.0f}"
            f"{reference or float('nan'):>13,.1f}{times:>8,.0f}{goal:>8}{slope:>10.2f}  {largest:,}",
            flush=True,
        )
        # The goals are against the reference of the record, so that a faster or slower R here does not move them.
        if method.times and method.reference and method.reference / seconds < method.times:
            missed.append(f"{method.name}: {method.reference / seconds:,.0f} times, asked {method.times:,.0f}")
        if method.seconds and seconds > method.seconds:
            missed.append(f"{method.name}: {seconds:.2f} s, asked {method.seconds:g} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    if memory > MOST_MEMORY_GB:
        missed.append(f"memory: {memory:.2f} GB > {MOST_MEMORY_GB} GB")
    for line in missed:
        print(f"missed: {line}")
    figures = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in taken.items())
    print(
        f"detect: {figures}; steepest exponent {steepest:.2f}; peak memory {memory:.2f} GB; {len(missed)} goals missed"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
