"""Names and prose: how much is found, how much wrongly, how fast (`./run bench words`); 1 when a goal is missed."""

from __future__ import annotations

import random
import string
import sys
import time
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from detectors.words.lexicon import Lexicon
from detectors.words.mentions import read_mentions
from detectors.words.places import Gazetteer

PASSAGES = Path(__file__).resolve().parents[1] / "tests" / "words"
PRECISION, RECALL = 0.97, 0.95
WARM, NEW = 200_000, 20_000
PUBLISHED = date(2026, 3, 1)


def prose(lexicon: Lexicon, gazetteer: Gazetteer, passages: Iterable[dict[str, object]]) -> tuple[int, int, int]:
    """Statements (substance and polarity) found rightly, found wrongly and missed."""
    right = wrong = missed = 0
    for passage in passages:
        mentions = read_mentions(str(passage["text"]), lexicon, gazetteer, str(passage["state"]), PUBLISHED)
        found = {(mention.substance, str(mention.polarity)) for mention in mentions}
        wanted = set(passage["mentions"].items())  # type: ignore[attr-defined]
        right += len(found & wanted)
        wrong += len(found - wanted)
        missed += len(wanted - found)
        if found != wanted and "--show" in sys.argv:
            print(f"  {passage['text']}\n    found {sorted(found - wanted)}, wanted {sorted(wanted - found)}")
    return right, wrong, missed


def speed(lexicon: Lexicon) -> tuple[float, float]:
    """Names per second with a warm cache, and of distinct new ones: misspelt, several in a cell, salted, unknown."""
    random.seed(1)
    listed = sorted({name for entry in lexicon.substances.values() for name in (entry.display(), *entry.synonyms)})
    new = []
    for number in range(40_000):
        name = random.choice(listed)
        at = random.randrange(len(name))
        kind = number % 4
        if kind == 0:
            new.append(f"{name[:at]}{random.choice(string.ascii_lowercase)}{name[at:]} {number}")
        elif kind == 1:
            new.append(f"{name}; {random.choice(listed)} ({number})")
        elif kind == 2:
            new.append(f"{name.upper()} HCl {number} mg")
        else:
            new.append(
                "".join(random.choices(string.ascii_lowercase, k=9)) + random.choice(("ine", "ol", "am")) + f"-{number}"
            )
    assert len(set(new)) == len(new)
    started = time.process_time()
    for name in new:
        lexicon.name(name)
    fresh = len(new) / (time.process_time() - started)
    started = time.process_time()
    for _ in range(10):
        for name in new:
            lexicon.name(name)
    return 10 * len(new) / (time.process_time() - started), fresh


def main() -> int:
    lexicon, gazetteer = Lexicon.load(), Gazetteer.load()
    missed_goals = []
    for label, half in (("built", False), ("held out", True)):
        file = PASSAGES / ("held_out.toml" if half else "passages.toml")
        chosen = tomllib.loads(file.read_text(encoding="utf-8"))["passage"]
        right, wrong, missed = prose(lexicon, gazetteer, chosen)
        precision, recall = right / (right + wrong), right / (right + missed)
        print(f"prose, {label}: {len(chosen)} passages, precision {precision:.3f}, recall {recall:.3f}")
        if half:
            held = (precision, recall)
            if precision < PRECISION or recall < RECALL:
                missed_goals.append(f"prose held out (goal precision {PRECISION}, recall {RECALL})")
    warm, fresh = speed(lexicon)
    print(f"names: {warm:,.0f}/s warm ({warm / WARM:.2f} of goal), {fresh:,.0f}/s new ({fresh / NEW:.2f} of goal)")
    if warm < WARM:
        missed_goals.append(f"warm names (goal {WARM:,}/s)")
    if fresh < NEW:
        missed_goals.append(f"new names (goal {NEW:,}/s)")
    for goal in missed_goals:
        print(f"missed: {goal}")
    print(
        f"words precision={held[0]:.3f} recall={held[1]:.3f} warm={warm:.0f} new={fresh:.0f} "
        f"entries={len(lexicon.substances)}"
    )
    return 1 if missed_goals else 0


if __name__ == "__main__":
    sys.exit(main())
