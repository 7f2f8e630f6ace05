"""The promises of docs/methods.md about quality, kept on simulated series and on two real records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bench.bench_history import MUST, judge, replay
from bench.bench_quality import GOALS, by_emergence, by_window
from bench.emergence_score import score
from bench.emergence_set import load, simulate
from bench.real_history import records
from detectors.words.lexicon import Lexicon
from tests.shared import shared


def test_goals_on_a_set_of_our_own() -> None:
    truth = simulate(2024, each=20)
    found = by_emergence(truth)
    simple = by_window(truth)
    for rate, (least, most) in GOALS.items():
        quality = score(truth, found, rate)
        assert quality.found >= least - 0.01  # 1,200 emergences: a standard error is 0.008
        assert quality.delay <= most
        assert quality.found_new >= 0.94
        assert quality.after_jump <= 1.1
        assert quality.evaluable == 1
        assert quality.found > score(truth, simple, rate).found


def test_goals_on_the_benchmark_set() -> None:
    truth = load(str(shared("golden/emergence_sim.npz")))
    scores = by_emergence(truth)
    for rate, (least, most) in GOALS.items():
        quality = score(truth, scores, rate)
        assert quality.found >= least
        assert quality.delay <= most
        assert quality.found_new >= 0.95
        assert quality.after_jump <= 1.1
        assert quality.evaluable == 1


@pytest.mark.parametrize(
    ("name", "first", "last", "must"),
    [
        ("Allegheny", date(2019, 6, 1), date(2023, 12, 31), MUST[3:]),
        (
            "Connecticut",
            date(2018, 6, 1),
            date(2021, 6, 30),
            ("xylazine", "flualprazolam", "fluorofentanyl", "etizolam"),
        ),
    ],
)
def test_real_records(name: str, first: date, last: date, must: tuple[str, ...]) -> None:
    shared("data/allegheny_me/deaths_long.csv")
    shared("data/connecticut_me/deaths.csv")
    lexicon = Lexicon.load()
    watch = frozenset(lexicon.rolled_up(s.id) for s in lexicon.substances.values() if s.role == "contaminant")
    listed = frozenset(s.id for s in lexicon.substances.values() if s.role == "contaminant" and s.tier == 1)
    (record,) = (r for r in records(lexicon) if r.name == name)
    cut = replace(record, first=first, last=last)
    alerts = replay(cut, 30, 7, watch, listed)
    for alert in alerts:
        judge(alert, record)
    found = {a.family for a in alerts if a.verdict != "FALSE"}
    assert set(must) <= found
    assert sum(a.verdict == "FALSE" for a in alerts) <= 2 * (last - first).days / 365.25
    xylazine = [a for a in alerts if a.family == "xylazine"]
    if name == "Allegheny":
        assert any(a.panel_on for a in xylazine)
    else:
        began = min(s.event for s in record.samples if "xylazine" in s.substances)
        assert xylazine[0].on.toordinal() - began <= 60
        assert xylazine[0].panel_on is None
