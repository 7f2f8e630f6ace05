"""Classic rules over a history: counts of a week, a slow rise, a hot county, a class whose members come one by one."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from detectors import history as seen
from detectors.methods.cluster import cluster
from detectors.methods.counting import ALGORITHMS, counts
from detectors.methods.drift import drift
from detectors.methods.ears import ears
from detectors.methods.tree import heads_of_classes, tree
from tests.methods.told import START, day, known_on, sample

XYLAZINE = frozenset({"xylazine"})
PLACE = ("42003",)


def weeks(seed: int, share: Callable[[int], float], total: int = 200, per_week: int = 20) -> list[seen.Tested]:
    """Weeks of samples, known the day they were taken."""
    r = random.Random(seed)
    return [
        sample(f"{w}.{i}", w * 7 + i % 7, *(["xylazine"] if r.random() < share(w) else []))
        for w in range(total)
        for i in range(per_week)
    ]


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_a_jump_of_the_count_is_told_by_every_rule(algorithm: str) -> None:
    since = 198 if algorithm == "ears-c3" else 199  # C3 sees a jump a week late
    told = weeks(1, lambda w: 0.7 if w >= since else 0.08)
    (signal,) = counts(known_on(told, 199 * 7 + 6), {"algorithm": algorithm}, XYLAZINE, PLACE)
    assert signal.observed >= 8
    assert signal.smallest is not None
    assert signal.smallest <= signal.observed
    assert (signal.probability is None) == (algorithm == "ears-c3"), "C3's limit is no mean and deviation"
    assert signal.effect is not None
    assert signal.effect[1] < signal.effect[0] < signal.effect[2]
    assert counts(known_on(told, 197 * 7 + 6), {"algorithm": algorithm}, XYLAZINE, PLACE) == ()


def test_the_limit_is_that_of_the_plain_function() -> None:
    told = weeks(2, lambda w: 0.8 if w == 199 else 0.1)
    (signal,) = counts(known_on(told, 199 * 7 + 6), {"algorithm": "ears-c1"}, XYLAZINE, PLACE)
    y = [sum("xylazine" in s.substances for s in told if (s.event - START.toordinal()) // 7 == w) for w in range(200)]
    upper = ears([y], "C1", alpha=0.001).upper[0, -1]
    assert signal.smallest == int(np.floor(upper)) + 1
    assert signal.expected == pytest.approx(np.mean(y[-8:-1]))
    with pytest.raises(ValueError, match="ears-c1"):
        counts(known_on(told, 5), {"algorithm": "guess"}, XYLAZINE, PLACE)


def test_only_farrington_sees_through_a_jump_of_the_volume() -> None:
    calm = weeks(3, lambda w: 0.2, total=200, per_week=15)
    more = calm + [sample(f"m{i}", 199 * 7 + i % 7, *(["xylazine"] if i % 5 == 0 else [])) for i in range(60)]
    history = known_on(more, 199 * 7 + 6)
    assert counts(history, {"algorithm": "ears-c2"}, XYLAZINE, PLACE)
    assert counts(history, {"algorithm": "farrington"}, XYLAZINE, PLACE) == ()
    assert counts(history, {"algorithm": "farrington", "volume": False}, XYLAZINE, PLACE)


def test_a_slow_rise_is_told_once_by_drift_and_a_steady_share_hardly_ever() -> None:
    slow = weeks(4, lambda w: 0.05 if w < 150 else min(0.05 + 0.008 * (w - 150), 0.3))
    said = [w for w in range(150, 200) if drift(known_on(slow, w * 7 + 6), {}, XYLAZINE, PLACE)]
    assert said
    assert said[0] <= 175
    (signal,) = drift(known_on(slow, said[0] * 7 + 6), {}, XYLAZINE, PLACE)
    assert signal.expected is not None
    assert signal.observed > signal.expected
    assert signal.window.first.toordinal() >= known_on(slow, 145 * 7).today.toordinal()
    steady = [weeks(seed, lambda w: 0.05) for seed in range(4)]
    false = sum(bool(drift(known_on(s, w * 7 + 6), {}, XYLAZINE, PLACE)) for s in steady for w in range(135, 200, 5))
    assert false <= 2


def around(seed: int, hot: str = "", share: float = 0.05) -> list[seen.Tested]:
    """A year of four counties with the same share, one of them hot in the last three weeks."""
    r = random.Random(seed)
    made = []
    for place in ("42003", "42101", "42091", "09001"):
        for d in range(365):
            high = place == hot and d >= 344
            found = ["xylazine"] if r.random() < (0.5 if high else share) else []
            made.append(sample(f"{place}.{d}", d, *found, place=place))
    return made


def test_the_hot_county_is_found_and_none_where_all_are_alike() -> None:
    places = ("42003", "42101", "42091", "09001", "42", "09", "US")
    (signal,) = cluster(known_on(around(1, "42091"), 364), {}, XYLAZINE, places)
    assert signal.place == "42091"
    assert signal.probability is not None
    assert signal.probability <= 1 / 52
    assert signal.window.first <= day(350)
    assert (signal.window.last - signal.window.first).days < 7 * 12
    false = sum(bool(cluster(known_on(around(s), 364), {"replicates": 199}, XYLAZINE, places)) for s in range(2, 14))
    assert false <= 2
    again = cluster(known_on(around(1, "42091"), 364), {}, XYLAZINE, places)
    assert again == (signal,)


NITAZENES = ("metonitazene", "isotonitazene", "protonitazene", "etonitazene", "n-desethyl-isotonitazene")


def test_five_nitazenes_with_one_sample_each_are_told_together() -> None:
    heads = heads_of_classes()
    assert {heads[n] for n in NITAZENES} == {"nitazene"}
    calm = [sample(f"n{d}", d, "fentanyl") for d in range(400)]
    each = [sample(name, 380 + 4 * i, name) for i, name in enumerate(NITAZENES)]
    (signal,) = tree(known_on([*calm, *each], 400), {}, frozenset(NITAZENES), PLACE)
    assert (signal.substance, signal.observed, signal.method) == ("nitazene", 5, "tree")
    assert "members: " + ", ".join(sorted(NITAZENES)) in signal.labels
    same = [sample(f"m{i}", 380 + 4 * i, "metonitazene") for i in range(5)]
    assert tree(known_on([*calm, *same], 400), {}, frozenset(NITAZENES), PLACE) == ()
    # The one that is new by itself is told by novelty; the class adds nothing.
    assert tree(known_on([*calm, *same, *each], 400), {}, frozenset(NITAZENES), PLACE) == ()
    old = [sample(f"o{d}", d, "isotonitazene") for d in range(100, 300, 20)]
    assert tree(known_on([*calm, *old, *each], 400), {}, frozenset(NITAZENES), PLACE) == ()
