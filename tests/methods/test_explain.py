"""A signal says itself in one sentence, with the numbers it carries and no others."""

from __future__ import annotations

import re

from detectors.explain import explain
from detectors.registry import methods
from detectors.signal import Signal
from tests.methods.told import Story, crowd, known_on, negatives, sample

NAMES = {"bromazolam": "bromazolam", "carfentanil": "carfentanil"}
PLACES = {"42003": "Allegheny County"}


def one(method: str, story: Story, on: int, substance: str) -> Signal:
    (signal,) = methods()[method].run(known_on(story, on), {}, frozenset({substance}), ("42003",))
    return signal


def test_novelty() -> None:
    story = [*negatives(0, 600), *(sample(f"b{e}", e, "bromazolam", known=e + 10) for e in (500, 530, 550))]
    said = explain(one("novelty", story, 560, "bromazolam"), NAMES, PLACES)
    assert re.match(
        r"Bromazolam is new in Allegheny County: 3 of \d+ drug samples from \S+ to 2021-07-04 contained it;", said
    )
    assert "none of 122 did" in said
    assert "fewer than 2.4 % of them" in said
    assert "a median of 10 days after the event" in said


def test_watchlist() -> None:
    said = explain(one("watchlist", [sample("a", 20, "carfentanil", known=30)], 30, "carfentanil"), NAMES, PLACES)
    assert said == (
        "Carfentanil, which is on the watchlist, was found in Allegheny County: 1 of 1 drug sample with results that "
        "came in from 2020-01-25 to 2020-01-31 contained it; one is enough for a signal; results came a median of "
        "10 days after the event, "
        "as known on 2020-01-31."
    )


def test_every_method_says_one_sentence_without_holes() -> None:
    names = frozenset({"fentanyl", "xylazine", "carfentanil", "bromazolam", "medetomidine"})
    seen: set[str] = set()
    story = crowd(7)
    for on in range(500, 900, 25):
        history = known_on(story, on)
        for method in methods().values():
            for signal in method.run(history, {}, names, ("US", "42", "42003")):
                said = explain(signal)
                seen.add(signal.method)
                assert said.endswith(".")
                assert ". " not in re.sub(r"\d\.\d", "", said)
                assert not re.search(r"None|nan|inf|\{|\}", said)
                assert str(signal.observed) in said
    assert {"watchlist", "novelty", "emergence", "prevalence"} <= seen
