"""New pairs are told, chance meetings are not, and a pill that is not what it is sold as is told at once."""

from __future__ import annotations

import random
from dataclasses import replace

from detectors import history as seen
from detectors.explain import explain
from detectors.methods.combination import combination, information
from detectors.signal import Signal
from tests.methods.told import known_on, sample

NAMES = frozenset({"fentanyl", "xylazine", "bromazolam", "metonitazene", "carfentanil"})


def sold(n: int, event: int, *found: str, as_: str = "", **also: object) -> seen.Tested:
    return replace(sample(f"s{n}", event, *found, **also), sold_as=(as_,) if as_ else ())  # type: ignore[arg-type]


def background(seed: int = 1) -> list[seen.Tested]:
    """A year and a quarter: fentanyl in half, sold as heroin; bromazolam in a tenth, never with it."""
    r = random.Random(seed)
    return [
        sold(n, r.randrange(450), *(["fentanyl"] if r.random() < 0.5 else ["bromazolam"] if r.random() < 0.2 else []),
             as_="heroin" if n % 2 else "")
        for n in range(400)
    ]  # fmt: skip


def said(samples: list[seen.Tested], on: int = 455, **parameters: float) -> list[Signal]:
    return list(combination(known_on(samples, on), parameters, NAMES, ("42003",)))


def test_a_new_pair_of_findings_is_told_and_names_both() -> None:
    new = [sold(900 + i, 449 + i, "bromazolam", "metonitazene") for i in range(4)]
    told = {(s.labels[2], s.substance) for s in said([*background(), *new])}
    assert ("with bromazolam", "metonitazene") in told
    assert said(background()) == []


def test_what_is_common_apart_meets_by_chance() -> None:
    """Xylazine came into half of everything: that it meets fentanyl is no news of its own."""
    r = random.Random(4)
    samples = [replace(s, substances=(*s.substances, "xylazine")) if r.random() < 0.5 else s for s in background()]
    rare = [replace(s, substances=tuple(x for x in s.substances if x != "xylazine")) if "fentanyl" in s.substances and
            s.event < 365 else s for s in samples]  # fmt: skip
    assert [s for s in said(rare) if s.labels[2] == "with fentanyl"] == []


def test_sold_as_something_else() -> None:
    """A new adulterant in what is sold as cocaine, of which there was little before."""
    cocaine = [sold(700 + i, i * 14, as_="cocaine") for i in range(30)]
    new = [sold(900 + i, 449 + i, "metonitazene", as_="cocaine") for i in range(4)]
    told = {(s.labels[2], s.substance) for s in said([*background(), *cocaine, *new])}
    assert ("sold as cocaine", "metonitazene") in told


def test_a_false_tablet_is_told_at_once() -> None:
    pill = sold(900, 452, "metonitazene", as_="m30 oxycodone")
    (signal,) = said([*background(), pill])
    assert (signal.observed, signal.smallest, signal.substance) == (1, 1, "metonitazene")
    assert "m30 oxycodone" in explain(signal)
    assert said([*background(), sold(900, 452, "fentanyl", as_="fentanyl")]) == []
    assert said([*background(), replace(pill, methods=("fentanyl test strip",))]) == []
    assert said([*background(), replace(pill, methods=("FTIR",))]) == []
    assert said([*background(), pill], pills=False) == []
    assert said([*background(), sold(900, 440, "metonitazene", as_="xanax")]) == []  # older than a week


def test_information_shrinks_with_few_and_grows_with_many() -> None:
    assert information(3, 3, 3, 1000)[1] < information(12, 12, 12, 1000)[1]
    assert information(50, 100, 100, 200)[0] == 0
    assert information(0, 0, 0, 0)[0] == 0
