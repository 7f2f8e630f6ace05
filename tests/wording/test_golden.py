"""Every kind, language and layer as a file that people can read and that changes only when somebody means it to.

After a change of words: SUPPLYWATCH_UPDATE_GOLDEN=1 ./run test tests/wording/test_golden.py, then read the difference.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from alerts.wording.compose import Composed, compose
from alerts.wording.grade import grade
from alerts.wording.kinds import KINDS
from alerts.wording.samples import samples
from tests.wording.shelf import LANGUAGES, SHELF

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("SUPPLYWATCH_UPDATE_GOLDEN") == "1"
CASES = [
    (kind.name, language, channel) for kind in KINDS.values() for language in LANGUAGES for channel in kind.channels
]


def shown(composed: Composed) -> str:
    """A header of what it costs to send and to read, then the words; markup as a hash."""
    read = grade(composed.text, composed.language, composed.names)
    head = [f"{composed.kind}, {composed.language}, {composed.channel}"]
    if composed.segments:
        found = composed.segments
        head.append(f"encoding {found.encoding}, {found.units} units, {found.segments} segments, grade {read.grade}")
    else:
        head.append(f"encoding UTF-8, {len(composed.text)} characters, no segments, grade {read.grade}")
    if composed.html:
        head.append(f"html sha256 {hashlib.sha256(composed.html.encode()).hexdigest()[:16]}")
    if composed.subject:
        head.append(f"subject: {composed.subject}")
    return "\n".join([*head, "-" * 40, composed.text.rstrip("\n"), ""])


@pytest.mark.parametrize(("kind", "language", "channel"), CASES, ids=lambda value: value)
def test_the_words_are_the_ones_that_were_read_and_agreed(kind: str, language: str, channel: str) -> None:
    composed = compose(samples(kind)["plain"], kind=kind, channel=channel, language=language, shelf=SHELF)
    path = GOLDEN / language / f"{kind}.{channel}.txt"
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown(composed), encoding="utf-8")
    assert path.is_file(), f"there is no golden file {path.name}; see the first lines of this test"
    assert shown(composed) == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    expected = {f"{language}/{kind}.{channel}.txt" for kind, language, channel in CASES}
    assert {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.txt")} == expected
