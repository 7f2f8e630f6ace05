"""How many who want no more messages are understood, and how many others wrongly (`./run bench stop`); 1 when a goal is
missed. `--show` prints what was misread."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from notifiers.replies import understand
from notifiers.reply_words import Kind

SETS = Path(__file__).resolve().parents[1] / "tests" / "notifiers" / "stop"
PRECISION, RECALL = 0.97, 0.95


def labelled(name: str) -> list[tuple[bool, str]]:
    """(whether it means stop, the text), of one file of texts."""
    lines = (SETS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("|", 1) for line in lines if line and not line.startswith("#"))
    return [(label.strip() == "stop", text.strip()) for label, text in pairs]


def misread(name: str) -> tuple[int, list[str], list[str]]:
    """Stops in the set, those that were not understood, and others that were taken for a stop."""
    told = [(wanted, understand(text).kind is Kind.STOP, text) for wanted, text in labelled(name)]
    missed = [text for wanted, heard, text in told if wanted and not heard]
    false = [text for wanted, heard, text in told if heard and not wanted]
    return sum(wanted for wanted, _, _ in told), missed, false


def main() -> int:
    understand("the tables are read with the first text")
    failed = False
    for label, name in (("used to make the rules", "built"), ("never used", "held_out")):
        started = time.process_time()
        stops, missed, false = misread(name)
        seconds = time.process_time() - started
        heard = stops - len(missed)
        recall, precision = heard / stops, heard / (heard + len(false))
        texts = len(labelled(name))
        print(f"{label}: {texts} texts, {stops} stops: recall {recall:.3f}, precision {precision:.3f}; ", end="")
        print(f"{seconds / texts * 1000:.2f} ms a text")
        # Not understood is not lost: the person is told once of STOP, and somebody of staff reads it.
        asked = sum(understand(text).kind is Kind.UNKNOWN for text in missed)
        print(f"  of {len(missed)} that were not understood, {asked} are asked and wait for a person")
        if "--show" in sys.argv:
            print("".join(f"  missed: {text}\n" for text in missed), end="")
            print("".join(f"  taken for a stop: {text}\n" for text in false), end="")
        if name == "held_out" and (recall < RECALL or precision < PRECISION):
            print(f"  goals (recall {RECALL}, precision {PRECISION}): missed")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
