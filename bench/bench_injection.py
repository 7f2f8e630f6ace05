"""What is put into real deaths: `./run bench injection [--onsets 3]`.

Emergences that must be found, and what must not be told, in the two real records, under the default methods (novelty,
emergence and panel), one look a week, a lag of 30 days. For each shape: share found within 4, 8 and 12 weeks of the
onset and the lag, mean delay, and how many more other substances are told than without it. (A jump of the volume is
drawn from the year before each day; as a real mixture changes within a year, what was passing can come back so.)
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from bench.real_history import Record, records
from detectors.backtest import Rule, backtest
from detectors.history import Tested
from detectors.injection import Injection, inject
from detectors.registry import methods
from detectors.words.lexicon import Lexicon

LAG = 30
ABSENT = "medetomidine"
"""Not in either record: whatever is said of it was put in."""
SHAPES: tuple[tuple[str, float, int], ...] = (
    ("step", 0.1, 0), ("ramp", 0.2, 70), ("spike", 0.3, 21), ("batch", 3, 3), ("volume", 4, 0), ("backlog", 0, 60),
    ("missing", 0, 28), ("panel", 0.4, 0),
)  # fmt: skip
"""Shape, share (or k, or factor) and days."""
EMERGENCES = ("step", "ramp", "spike", "panel")


def said(samples: list[Tested], record: Record, watch: frozenset[str], onset: date) -> tuple[list[int], int]:
    """(days from the onset to each first word about the absent substance, substances told in the half year from it)."""
    rules = [Rule(methods()[name], {}, watch, record.places) for name in ("novelty", "emergence", "panel")]
    found = backtest(samples, rules, onset, onset + timedelta(days=182), every=7)
    others = {h.substance for h in found} - {ABSENT}
    return [(h.first - onset).days for h in found if h.substance == ABSENT], len(others)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--onsets", type=int, default=3)
    onsets = parser.parse_args().onsets
    lexicon = Lexicon.load()
    watch = frozenset(lexicon.rolled_up(s.id) for s in lexicon.substances.values() if s.role == "contaminant")
    for record in records(lexicon):
        late = [replace(s, known=s.event + LAG) for s in record.samples]
        span = (record.last - record.first).days - 1400
        days = [record.first + timedelta(days=800 + k * span // max(onsets - 1, 1)) for k in range(onsets)]
        near = [[s for s in late if -1900 < s.event - day.toordinal() < 200] for day in days]
        plain = [said(part, record, watch, day)[1] for part, day in zip(near, days, strict=True)]
        for shape, share, lasts in SHAPES:
            waits, more = [], []
            for seed, (part, day, before) in enumerate(zip(near, days, plain, strict=True)):
                change = Injection(shape, ABSENT, record.places[0], day, share, lasts)
                told, every = said(list(inject(part, change, seed)), record, watch, day)
                waits.append(min(told, default=10**6))
                more.append(every - before)
            within = ", ".join(f"{np.mean([w <= LAG + 7 * k for w in waits]):.2f}" for k in (4, 8, 12))
            delay = [w for w in waits if w < 10**6]
            told_it = f"told of it in {len(delay)} of {onsets}"
            if shape in EMERGENCES:
                told_it = (
                    f"found within 4, 8, 12 weeks and the lag: {within}; mean delay {np.mean(delay or [np.nan]):.0f} d"
                )
            print(f"{record.name}, {shape}: {told_it}; others {np.sum(more):+d} to {np.sum(plain)}", flush=True)


if __name__ == "__main__":
    main()
