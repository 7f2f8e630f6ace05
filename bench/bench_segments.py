"""Segments against an independent count: `python -m bench.bench_segments [TEXTS] [SEED]`, by default 100,000 texts.

Prints how many agree with `smsutil` in encoding, units and segments, and how long each took; exits 1 if one differs.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter

from notifiers.segments import count
from tests.notifiers.test_segments import by_smsutil, random_text


def main() -> int:
    texts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20_261_122
    source = random.Random(seed)
    kinds: Counter[str] = Counter()
    ours_took = theirs_took = 0.0
    for _ in range(texts):
        text = random_text(source)
        started = time.perf_counter()
        ours = count(text)
        between = time.perf_counter()
        theirs = by_smsutil(text)
        theirs_took += time.perf_counter() - between
        ours_took += between - started
        if (ours.encoding, ours.units, ours.segments) != theirs:
            print(f"differs: {text!r}\n  ours {ours}\n  smsutil {theirs}")
            return 1
        kinds[f"{ours.encoding}, {ours.segments} segment{'s' if ours.segments > 1 else ''}"] += 1
    print(f"{texts:,} texts (seed {seed}), all equal to smsutil in encoding, units and segments")
    for kind, number in sorted(kinds.items()):
        print(f"  {number:>7,}  {kind}")
    print(f"µs a text: ours {ours_took / texts * 1e6:.0f}, smsutil {theirs_took / texts * 1e6:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
