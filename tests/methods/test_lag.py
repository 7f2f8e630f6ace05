"""The same truth reported after 0, 20 and 60 days: said later by the lag, not otherwise, and marked while immature."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.weekly import completeness_by_week, ends, weekly
from detectors.registry import methods
from detectors.signal import Signal
from tests.methods.told import Story, day, sample

NAMES = frozenset({"xylazine", "bromazolam", "carfentanil"})
PLACE = ("42003",)
ONSET = 700
SPOKEN = ("watchlist", "novelty", "emergence", "drift", "counts")


@cache
def truth(seed: int) -> tuple[object, ...]:
    """Three samples a day; bromazolam arrives, xylazine goes from a twentieth to a quarter, one carfentanil."""
    r = random.Random(seed)
    made: Story = []
    for d in range(860):
        for i in range(3):
            late = d >= ONSET
            found = [
                n for n, p in (("xylazine", 0.25 if late else 0.05), ("bromazolam", 0.12 * late)) if r.random() < p
            ]
            made.append(sample(f"{d}.{i}", d, *found, *(["carfentanil"] if (d, i) == (ONSET + 3, 0) else [])))
    return tuple(made)


def first_said(name: str, lags: dict[str, int], until: int) -> dict[str, tuple[int, Signal]]:
    """Substance → (day, signal) of the first signal after the onset, each day being looked at."""
    known = [replace(s, known=s.event + lags[s.ref]) for s in truth(1)]  # type: ignore[type-var, attr-defined]
    whole = History.of(known, day(until))
    said: dict[str, tuple[int, Signal]] = {}
    for n in range(ONSET + min(lags.values()), until):
        for signal in methods()[name].run(whole.between(day(0), day(n)), {}, NAMES, PLACE):
            said.setdefault(signal.substance, (n, signal))
    return said


@cache
def constant(name: str, lag: int) -> dict[str, tuple[int, Signal]]:
    return first_said(name, {s.ref: lag for s in truth(1)}, ONSET + 61 + lag)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize("lag", [20, 60])
def test_a_constant_lag_delays_by_itself_and_changes_no_count(name: str, lag: int) -> None:
    at_once, late = constant(name, 0), constant(name, lag)
    assert at_once
    assert late.keys() == at_once.keys()
    for substance, (n, signal) in at_once.items():
        then, same = late[substance]
        assert then == n + lag
        assert (same.observed, same.tested, same.evidence) == (signal.observed, signal.tested, signal.evidence)
        assert same.lag_days == lag
        assert not any(label.startswith("immature") for label in (*signal.labels, *same.labels))


@pytest.mark.parametrize("lag", [20, 60])
def test_an_uneven_lag_is_marked_immature_and_costs_little_more_than_itself(lag: int) -> None:
    """Half of the results take a third of the lag, half of them twice that."""
    r = random.Random(lag)
    lags = {s.ref: r.choice([lag // 3, 2 * lag]) for s in truth(1)}  # type: ignore[attr-defined]
    late = first_said("emergence", lags, ONSET + 61 + 2 * lag)
    at_once = constant("emergence", 0)
    assert late.keys() == at_once.keys()
    for substance, (n, _) in at_once.items():
        then, signal = late[substance]
        assert then - n <= 2 * lag
        assert any(label.startswith("immature: ") for label in signal.labels)


def uneven(lag: int) -> dict[str, int]:
    """Lags from almost nothing to twice `lag`, as from a laboratory that does some samples at once."""
    r = random.Random(lag)
    return {s.ref: round(2 * lag * r.random()) for s in truth(1)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("lag", [0, 20, 60])
def test_counts_of_the_last_weeks_are_made_whole_by_the_estimated_lag(lag: int) -> None:
    """What is known of the last sixteen weeks, divided by the part that should be known, is what there was."""
    lags = uneven(lag)
    known = [replace(s, known=s.event + lags[s.ref]) for s in truth(1)]  # type: ignore[type-var, attr-defined]
    seen, whole, last = 0.0, 0.0, []
    for n in range(560, ONSET, 14):
        now = Columns.of(History.of(known, day(n)), NAMES, PLACE)
        all_ = Columns.of(History.of(truth(1), day(860)), NAMES, PLACE)  # type: ignore[arg-type]
        series = np.array([now.substances.index("xylazine")]) * now.strata
        end = ends(now, 0.5)[now.stratum(series)]
        part = completeness_by_week(now, now.stratum(series), end, 16)
        y = weekly(now, now.findings, series, end, 16, newer=False).y
        also = np.array([all_.substances.index("xylazine")]) * all_.strata
        true = weekly(all_, all_.findings, also, end, 16, newer=False).y
        seen += float((y / part).sum())
        whole += float(true.sum())
        last.append(float(part[0, -1]))
    assert seen / whole == pytest.approx(1, abs=0.08)
    assert np.mean(last) == pytest.approx(1 if lag == 0 else 0.53, abs=0.06)


@pytest.mark.parametrize("algorithm", ["ears-c2", "michigan"])
def test_a_count_under_lag_is_judged_by_the_part_that_is_known(algorithm: str) -> None:
    """The same rise is found under lags of 0, 20 and 60 days, and quiet months bring no more alarms with lag than
    without. What it costs: half of a week's handful is too little for three standard deviations above four weeks."""
    asked = {"algorithm": algorithm, "min_count": 3}
    alarms: dict[int, list[tuple[int, Signal]]] = {}
    for lag in (0, 20, 60):
        lags = uneven(lag)
        whole = History.of([replace(s, known=s.event + lags[s.ref]) for s in truth(1)], day(860))  # type: ignore[type-var, attr-defined]
        alarms[lag] = [
            (n, s)
            for n in range(300, 860, 7)
            for s in methods()["counts"].run(whole.between(day(0), day(n)), asked, frozenset({"xylazine"}), PLACE)
        ]
    quiet = {lag: len({s.window.first for n, s in said if n < ONSET}) for lag, said in alarms.items()}
    assert quiet[20] <= quiet[0] + 3
    assert quiet[60] <= quiet[0] + 3
    for lag, said in alarms.items():
        first = next((n for n, s in said if n >= ONSET and s.window.last >= day(ONSET)), None)
        if (algorithm, lag) == ("michigan", 60):
            continue
        assert first is not None, f"not found under a lag of {lag}"
        assert first <= ONSET + lag + 45
    late = [s for _, s in (*alarms[20], *alarms[60])]
    marked = [s for s in late if any(label.startswith("corrected for lag: ") for label in s.labels)]
    assert marked
    for signal in marked:
        assert signal.expected is not None
        assert signal.observed > signal.expected
