"""How many who want to stop are heard, on texts as people write them; docs/delivery.md says how unseen sets fared."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifiers.replies import understand
from notifiers.reply_words import Kind

LEAST = {"fresh": 0.97, "later": 0.97, "last": 0.97, "unseen": 0.5}
"""Share of the stops of each set that must be heard: the rules were made with the first three, not the fourth."""
MOST_FALSE = {"fresh": 0.03, "later": 0.03, "last": 0.04, "unseen": 0.15}


def labelled(name: str) -> list[tuple[bool, str]]:
    """(whether it means stop, the text)."""
    lines = (Path(__file__).parent / f"{name}_replies.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return [(label == "stop", text) for label, text in pairs]


@pytest.mark.parametrize("name", LEAST)
def test_who_wants_to_stop_is_heard_and_hardly_anybody_else(name: str) -> None:
    told = [(wanted, understand(text).kind is Kind.STOP, text) for wanted, text in labelled(name)]
    missed = [text for wanted, heard, text in told if wanted and not heard]
    false = [text for wanted, heard, text in told if heard and not wanted]
    stops = sum(wanted for wanted, _, _ in told)
    assert 1 - len(missed) / stops >= LEAST[name], missed
    assert len(false) / (len(told) - stops) <= MOST_FALSE[name], false
