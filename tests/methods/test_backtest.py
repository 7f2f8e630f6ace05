"""The backtest finds what is injected, is silent about what only looks like news, and never looks ahead."""

from __future__ import annotations

import random
from datetime import date

import pytest

from detectors.backtest import Happening, Rule, backtest, measure
from detectors.injection import SHAPES, Injection, inject
from detectors.registry import methods
from tests.methods.told import Story, day, sample

PLACE = "42003"
NEW = "medetomidine"
OLD = "xylazine"
DEFAULT = ("novelty", "emergence", "panel")
ONSET = 800


def background(seed: int = 0, days: int = 960, per_day: int = 2, share: float = 0.04) -> Story:
    """A county where xylazine is in four of a hundred samples and results take one to four weeks."""
    r = random.Random(seed)
    return [
        sample(f"{seed}.{d}.{i}", d, *([OLD] if r.random() < share else []), known=d + r.choice((7, 14, 28)))
        for d in range(days)
        for i in range(per_day)
    ]


def rules(*names: str) -> tuple[Rule, ...]:
    return tuple(Rule(methods()[n], {}, frozenset({NEW, OLD}), (PLACE,)) for n in names or DEFAULT)


def happenings(samples: object, last: int = 920) -> tuple[Happening, ...]:
    return backtest(samples, rules(), day(700), day(last), every=7)  # type: ignore[arg-type]


def change(shape: str, substance: str = NEW, **also: object) -> Injection:
    return Injection(shape, substance, PLACE, day(ONSET), **also)  # type: ignore[arg-type]


def test_what_is_made_new_was_never_met_before() -> None:
    made = inject(background(3), change("new", OLD, share=0.5), 3)
    first = min(s.event for s in made if OLD in s.substances)
    assert first >= day(ONSET).toordinal()
    assert min(s.event for s in background(3) if OLD in s.substances) < first


@pytest.mark.parametrize(
    "injected",
    [
        change("step"),
        change("ramp", share=0.25, days=50),
        change("spike", share=0.3, days=21),
        change("step", OLD, share=0.25),
        change("new", OLD, share=0.25),
    ],
    ids=["new step", "new ramp", "new spike", "old step", "made new"],
)
def test_what_emerges_is_found(injected: Injection) -> None:
    onset = {(injected.substance, PLACE): injected.onset}
    for seed in (1, 2):
        said = happenings(inject(background(seed), injected, seed))
        measured = measure(said, onset, 1, day(700), day(920))
        assert measured.found[2] == 1
        assert measured.delay is not None
        assert measured.delay <= 70


@pytest.mark.parametrize(
    "injected",
    [
        change("volume", OLD, share=4.0),
        change("backlog", OLD, days=60),
        change("missing", OLD, days=28),
        change("batch", OLD, share=3, days=3),
    ],
    ids=lambda c: c.shape,
)
def test_what_only_looks_like_news_is_not_told(injected: Injection) -> None:
    told = sum(len(happenings(inject(background(seed), injected, seed))) for seed in (1, 2, 3))
    plain = sum(len(happenings(background(seed))) for seed in (1, 2, 3))
    assert told <= plain + 1


def test_a_panel_change_and_a_renaming_are_flagged() -> None:
    said = happenings(inject(background(1), change("panel", share=0.4), 1))
    assert any("panel" in h.methods for h in said if h.substance == NEW)
    renamed = inject(background(2, share=0.4), change("renaming", NEW, was=OLD), 2)
    assert any("panel" in h.methods for h in happenings(renamed) if h.substance == NEW)


def test_later_samples_change_nothing_said_earlier() -> None:
    samples = inject(background(4), change("step"), 4)
    cut = day(840).toordinal()
    assert happenings([s for s in samples if s.known <= cut], 840) == happenings(samples, 840)


def test_the_same_seed_gives_the_same_and_only_the_place_is_touched() -> None:
    told = [*background(5), sample("far", 850, place="09001")]
    for shape in SHAPES:
        injected = change(shape, was=OLD, share=2.0, days=10)
        once, again = inject(told, injected, 9), inject(reversed(told), injected, 9)
        assert once == again
        assert [s for s in once if s.place == "09001"] == [told[-1]]
        before = [s for s in once if s.event < injected.onset.toordinal() and s.known < injected.onset.toordinal()]
        assert set(before) <= set(told)
    with pytest.raises(ValueError, match="no-such"):
        inject(told, change("no-such"), 1)


def test_measures_by_hand() -> None:
    def said(substance: str, on: date) -> Happening:
        return Happening(substance, PLACE, on, on, ("novelty",), None)  # type: ignore[arg-type]

    measured = measure(
        [said("a", day(10)), said("b", day(50)), said("c", day(5)), said("c", day(95))],
        {("a", PLACE): day(0), ("b", PLACE): day(0), ("d", PLACE): day(0)},
        places=2,
        first=day(0),
        last=day(305),
    )
    assert measured.found == pytest.approx((1 / 3, 2 / 3, 2 / 3))
    assert (measured.delay, measured.precision, measured.between_false) == (30, 0.5, 90)
    assert measured.false_per_month == pytest.approx(2 / (2 * 305 / 30.4375))
    empty = measure([], {}, 1, day(0), day(1))
    assert (empty.delay, empty.precision, empty.between_false, empty.found) == (None, None, None, (0, 0, 0))
