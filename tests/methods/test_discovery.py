"""q: the promised share of false discoveries, from the day's p-values to the level that the decider gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.methods.discovery import with_q
from detectors.methods.emerging import EMERGENCE, series_tested
from detectors.methods.hierarchical import hierarchical
from detectors.methods.multiple_testing import benjamini_hochberg
from detectors.signal import Signal, Window
from tests.methods.test_hierarchical import PLACES, drawn
from tests.methods.told import known_on, negatives, sample

SEEN = Signal(
    "emergence", "1", "xylazine", "06001", "drug", date(2026, 3, 2), Window(date(2026, 2, 1), date(2026, 3, 1)), 2,
    ("lab/1", "lab/2"),
)  # fmt: skip


def as_defined(p: list[float], family: list[int], rate: float) -> list[bool]:
    """Benjamini & Bogomolov 2014 as they write it: select families at the rate, then test within at rate · R / M."""
    values, label = np.array(p), np.array(family)
    names = np.unique(label)
    rows = [np.flatnonzero(label == name) for name in names]
    chosen = benjamini_hochberg([benjamini_hochberg(values[r]).min() for r in rows]) <= rate
    inside = np.zeros(values.size, dtype=bool)
    for r, yes in zip(rows, chosen, strict=True):
        if yes:
            inside[r] = benjamini_hochberg(values[r]) <= rate * chosen.sum() / names.size
    return inside.tolist()


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4)), min_size=1, max_size=25),
    st.sampled_from([0.01, 0.05, 0.1, 0.2, 0.5, 0.9]),
)
def test_q_is_the_smallest_rate_at_which_it_is_a_discovery(tests: list[tuple[float, int]], rate: float) -> None:
    p, family = [t[0] for t in tests], [t[1] for t in tests]
    found = hierarchical(p, family, rate=rate)
    clear = np.abs(found.q - rate) > 1e-9  # a tie may round either way
    assert (found.q <= rate)[clear].tolist() == np.array(as_defined(p, family, rate))[clear].tolist()


def test_what_was_asked_and_did_not_speak_is_paid_for() -> None:
    first, other = replace(SEEN, probability=1e-4), replace(SEEN, place="06013", probability=0.02)
    alone = with_q([first, other], {"xylazine": 2})
    assert [s.q for s in alone] == pytest.approx([2e-4, 0.02])
    among = with_q([first, other], dict.fromkeys(["xylazine", *(f"s{n}" for n in range(99))], 2))
    assert [s.q for s in among] == pytest.approx([0.02, 1.0])  # 1e-4 · 2 places · 100 families; .02 · 100
    assert with_q([SEEN], {"xylazine": 2}) == [SEEN], "a rule has no p-value, and gets no q"


def test_a_substance_that_was_never_found_was_asked_about_too() -> None:
    story = [*negatives(0, 400), sample("a", 395, "xylazine")]
    names = frozenset({"xylazine", "carfentanil"})
    assert series_tested(known_on(story, 400), {}, names, ("42003", "42")) == {"carfentanil": 2, "xylazine": 2}
    assert series_tested(known_on(story[:10], 400), {}, names, ("42003",)) == {"carfentanil": 0, "xylazine": 0}
    assert EMERGENCE.tested is series_tested


def test_the_share_of_false_ones_among_the_urgent_is_as_promised() -> None:
    """Forty days of 120 substances in eight places; only what passes its own threshold speaks, as in the system."""
    shares, found = [], []
    for seed in range(40):
        p, _, family, truth = drawn(seed)
        spoke = np.flatnonzero(p < 0.01)
        said = [
            replace(SEEN, substance=f"s{family[i]}", place=f"060{i % PLACES:02}", probability=float(p[i]))
            for i in spoke
        ]
        q = np.array([s.q for s in with_q(said, {f"s{name}": PLACES for name in np.unique(family)})])
        urgent = spoke[q <= 0.1]
        by_family = [(~truth[urgent])[family[urgent] == f].mean() for f in np.unique(family[urgent])]
        shares.append(float(np.mean(by_family)) if by_family else 0.0)
        found.append(float(truth[urgent].sum() / truth.sum()))
    assert np.mean(shares) <= 0.1
    assert np.mean(found) > 0.5
