"""Gone: found before, not found in n tests, and the bound says how sure that is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from detectors.explain import explain
from detectors.methods.gone import blank, bound, gone, vanished
from tests.methods.told import Story, day, known_on, negatives, sample

NAMES = frozenset({"xylazine", "isotonitazene"})
PLACE = ("42003",)


def here_then_gone(last: int = 300, until: int = 700, share: int = 3, **also: object) -> Story:
    """A sample every third day; up to day `last` each third one holds xylazine."""
    return [
        sample(f"s{n}", n, *(("xylazine",) if n <= last and (n // 3) % share == 0 else ()), **also)  # type: ignore[arg-type]
        for n in range(0, until, 3)
    ]


def test_it_is_told_with_its_bound_once_blanks_are_many() -> None:
    story = here_then_gone()
    assert gone(known_on(story, 330), {}, NAMES, PLACE) == ()
    (signal,) = gone(known_on(story, 420), {}, NAMES, PLACE)
    assert (signal.observed, signal.tested) == (0, 41)  # days 300 … 420, every third, the last positive on 297
    assert signal.last_seen == day(297)
    assert signal.probability is not None
    assert signal.probability < 0.01
    assert signal.effect is not None
    assert signal.effect[:2] == (0, 0)
    sentence = explain(signal, {}, {"42003": "Allegheny County"})
    assert "no longer found in Allegheny County: none of 41 drug samples" in sentence
    assert "does not mean that nothing is in the supply" in sentence
    weeks = np.bincount((np.arange(300, 421, 3) - 298) // 7)
    assert f"at most {100 * bound(weeks, 0.02)[()]:.2g} % of samples now" in sentence
    assert 1 - 0.05 ** (1 / 41) < float(bound(weeks, 0.02)) < 0.08


def test_the_bound_of_independent_blanks_is_the_rule_of_three() -> None:
    for n in (1, 3, 30, 300):
        assert bound([[n]], rho=0)[0] == pytest.approx(1 - 0.05 ** (1 / n), rel=1e-9)
    assert bound([[300.0]], rho=0)[0] == pytest.approx(0.01, rel=0.02)
    assert bound([[0.0, np.nan]], rho=0.02)[0] == 1


def test_blank_weeks_are_beta_binomial() -> None:
    s = 1 / 0.02 - 1
    want = sum(stats.betabinom(n, 0.1 * s, 0.9 * s).logpmf(0) for n in (3, 0, 12))
    assert float(blank([3, 0, 12], 0.1, 0.02)) == pytest.approx(want, rel=1e-10)
    assert float(blank([5], 1.0, 0.02)) == -np.inf
    assert float(blank([0], 1.0, 0.0)) == 0


def test_the_chance_is_the_predictive_one() -> None:
    random = np.random.default_rng(3)
    share = random.beta(6.5, 44.5, 400_000)
    want = float(np.mean((1 - share) ** 20))
    assert vanished([6], [50], [[20]], rho=0)[0] == pytest.approx(want, rel=0.02)


@settings(max_examples=80, deadline=None)
@given(
    x=st.integers(0, 60), n=st.integers(0, 50), weeks=st.lists(st.integers(0, 40), min_size=1, max_size=30),
    rho=st.sampled_from([0.0, 0.005, 0.02, 0.1]),
)  # fmt: skip
def test_more_blanks_exclude_more(x: int, n: int, weeks: list[int], rho: float) -> None:
    more = [*weeks, 5]
    assert bound([more], rho)[0] <= bound([weeks], rho)[0] + 1e-12
    few, many = vanished([x], [n], [weeks], rho)[0], vanished([x], [n], [more], rho)[0]
    assert 0 <= many <= few <= 1 + 1e-12
    assert bound([weeks], rho)[0] >= bound([weeks], 0)[0] - 1e-9  # batches never make us surer


def test_a_trace_or_a_strip_is_still_here() -> None:
    story = here_then_gone()
    assert gone(known_on([*story, sample("t", 400, traces=("xylazine",))], 420), {}, NAMES, PLACE) == ()
    strip = sample("f", 400, "xylazine", methods=("xylazine test strip",))
    assert gone(known_on([*story, strip], 420), {}, NAMES, PLACE) == ()


def test_blanks_that_could_not_have_seen_it_say_nothing() -> None:
    seen = [sample(f"i{n}", n, "isotonitazene") for n in range(0, 300, 6)]
    by_strip = negatives(300, 700, methods=("fentanyl test strip",))
    by_infrared = negatives(301, 700, methods=("FTIR",))
    also = [sample(f"x{n}", n, "xylazine", methods=("FTIR",)) for n in range(302, 700, 9)]
    assert gone(known_on([*seen, *by_strip, *by_infrared, *also], 690), {}, NAMES, PLACE) == ()
    by_lab = [sample(f"l{n}", n) for n in range(301, 690, 3)]
    (signal,) = gone(known_on([*seen, *by_strip, *by_infrared, *also, *by_lab], 690), {}, NAMES, PLACE)
    assert signal.substance == "isotonitazene"
    assert signal.tested == len(by_lab)


def test_a_rare_one_needs_many_blanks_and_old_absences_are_not_told_again() -> None:
    rare = here_then_gone(share=20)
    assert gone(known_on(rare, 420), {"min_before": 3}, NAMES, PLACE) == ()
    assert gone(known_on(here_then_gone(until=1500), 1400), {}, NAMES, PLACE) == ()
