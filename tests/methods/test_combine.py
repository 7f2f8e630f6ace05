"""One happening is told once, at the level that its evidence deserves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

from detectors.episode import Level
from detectors.methods.combine import combine
from detectors.signal import Signal, Window

DAY = date(2024, 5, 1)


def said(method: str, *evidence: str, place: str = "42003", substance: str = "bromazolam", **also: object) -> Signal:
    base = Signal(
        method=method,
        version="1",
        substance=substance,
        place=place,
        kind="drug",
        on=DAY,
        window=Window(DAY, DAY),
        observed=len(evidence),
        evidence=evidence,
        labels=(method, "lab-confirmed"),
    )
    return replace(base, **also)  # type: ignore[arg-type]


def test_a_confirmed_finding_of_the_list_is_acted_on() -> None:
    (episode,) = combine([said("watchlist", "a")])
    assert episode.level is Level.ACT_NOW
    (weak,) = combine([said("watchlist", "a", labels=("watchlist", "screening result"))])
    assert weak.level is Level.REVIEW


def test_two_grounds_agree_but_two_readings_of_one_count_do_not() -> None:
    assert combine([said("novelty", "a"), said("emergence", "a")])[0].level is Level.ACT_NOW
    assert combine([said("emergence", "a"), said("prevalence", "a")])[0].level is Level.REVIEW


def test_a_powder_and_a_death_agree() -> None:
    (episode,) = combine([said("novelty", "a"), said("novelty", "b", kind="death")])
    assert episode.level is Level.ACT_NOW
    assert "death and drug" in episode.reasons[0]


def test_a_panel_change_is_no_spread_whatever_else_is_said() -> None:
    (episode,) = combine([said("watchlist", "a"), said("novelty", "a"), said("panel", "a")])
    assert episode.level is Level.REVIEW
    assert "panel" in episode.reasons[0]


def test_isomers_are_one_family() -> None:
    roll = {"para-fluorofentanyl": "fluorofentanyl"}
    pair = [said("novelty", "a", substance="para-fluorofentanyl"), said("novelty", "b", substance="fluorofentanyl")]
    assert [e.family for e in combine(pair, roll)] == ["fluorofentanyl"]
    assert len(combine(pair)) == 2


def test_a_county_is_not_told_again_as_its_state_and_the_nation() -> None:
    three = [said("novelty", "a", "b", place=p) for p in ("42003", "42", "US")]
    assert [e.place for e in combine(three)] == ["42003"]
    wider = said("novelty", "a", "b", "c", place="42")
    assert sorted(e.place for e in combine([*three, wider])) == ["42", "42003"]


def test_returns_and_traces_alone_go_to_the_digest() -> None:
    assert combine([said("returned", "a")])[0].level is Level.DIGEST
    assert combine([said("novelty", "a", labels=("novelty", "trace only"))])[0].level is Level.DIGEST


def test_false_discoveries_are_counted_over_all_series() -> None:
    sure = said("emergence", "a", probability=1e-6)
    assert combine([sure], series_tested=1000)[0].level is Level.ACT_NOW
    assert combine([sure], series_tested=1_000_000)[0].level is Level.REVIEW
    assert combine([sure])[0].level is Level.REVIEW


def test_hierarchical_control_counts_families_and_their_places() -> None:
    sure = said("emergence", "a", probability=0.004)
    assert combine([sure], series_tested={"bromazolam": 2, "xylazine": 5})[0].level is Level.ACT_NOW
    assert combine([sure], series_tested={"bromazolam": 30})[0].level is Level.REVIEW
    many = {"bromazolam": 2} | {f"other {i}": 2 for i in range(40)}
    assert combine([sure], series_tested=many)[0].level is Level.REVIEW
    elsewhere = [sure, said("emergence", "b", place="42101", probability=1e-7)]
    assert {e.level for e in combine(elsewhere, series_tested={**many, "bromazolam": 2})} == {
        Level.REVIEW,
        Level.ACT_NOW,
    }
    # A p-value that ignores batches proves nothing.
    assert combine([said("counts", "a", probability=1e-9)], series_tested={"bromazolam": 2})[0].level is Level.REVIEW


def test_order_and_repeats_do_not_matter() -> None:
    signals = [said("novelty", "a"), said("emergence", "a"), said("watchlist", "z", substance="carfentanil")]
    once = combine(signals)
    assert [e.level for e in once] == [Level.ACT_NOW, Level.ACT_NOW]
    for order in permutations(signals):
        assert combine([*order, order[0]]) == once
    assert combine([]) == ()
