"""What holds for every method: no look ahead, no dependence on order, nothing raises on thin or strange histories."""

from __future__ import annotations

import random

import pytest

from detectors.history import History
from detectors.registry import BUILT_IN, methods
from tests.methods.told import crowd, day, known_on, negatives, sample

PLACES = ("US", "42", "42003", "42101", "09", "09001", "06")
NAMES = frozenset({"fentanyl", "xylazine", "carfentanil", "medetomidine", "bromazolam", "never seen"})
OURS = tuple(BUILT_IN)
GIVEN = {"cluster": {"replicates": 99}}
"""Parameters other than the defaults, for speed."""
SELDOM = ("returned", "panel", "tree", "potency", "combination", "mention", "silence", "gone")


@pytest.mark.parametrize("name", OURS)
def test_what_is_learnt_later_never_changes_what_was_said(name: str) -> None:
    method = methods()[name]
    story = crowd(1)
    for on in (400, 640, 660, 700, 720, 900):
        today = day(on).toordinal()
        then = method.run(
            History.of([s for s in story if s.known <= today], day(on)), GIVEN.get(name, {}), NAMES, PLACES
        )
        assert method.run(History.of(story, day(on)), GIVEN.get(name, {}), NAMES, PLACES) == then


@pytest.mark.parametrize("name", OURS)
def test_the_order_of_reading_does_not_matter(name: str) -> None:
    method = methods()[name]
    story = crowd(2)
    said = 0
    for on in range(400, 900, 20):
        first = method.run(known_on(story, on), GIVEN.get(name, {}), NAMES, PLACES)
        random.Random(on).shuffle(story)
        assert method.run(known_on(story, on), GIVEN.get(name, {}), NAMES, tuple(reversed(PLACES))) is not None
        assert sorted(map(repr, method.run(known_on(story, on), GIVEN.get(name, {}), NAMES, PLACES))) == sorted(
            map(repr, first)
        )
        said += len(first)
    if name not in SELDOM:  # the crowd has none; their own tests speak
        assert said > 0


@pytest.mark.parametrize("name", OURS)
def test_thin_and_strange_histories_raise_nothing(name: str) -> None:
    run = methods()[name].run
    everything = [sample(f"a{n}", n, "xylazine", "fentanyl") for n in range(400)]
    for story in (
        [],
        [sample("one", 0)],
        [sample("one", 0, "xylazine")],
        negatives(0, 6),
        negatives(0, 900),
        everything,
        [sample("s", 5, "xylazine", place="")],
        [sample("s", 5, "xylazine", place="US")],
        [sample("s", 9, "xylazine", known=3)],
        [sample(f"x{n}", 380, "xylazine", known=390) for n in range(500)],
    ):
        for on in (0, 5, 390, 900):
            assert isinstance(list(run(known_on(story, on), GIVEN.get(name, {}), NAMES, PLACES)), list)
            assert list(run(known_on(story, on), GIVEN.get(name, {}), frozenset(), PLACES)) == []
            assert list(run(known_on(story, on), GIVEN.get(name, {}), NAMES, ())) == []
