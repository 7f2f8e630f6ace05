from __future__ import annotations

from datetime import date

import pytest

from detectors.simulator.counties import CALIFORNIA
from detectors.simulator.newcomer import newcomer
from detectors.simulator.story import NEWCOMERS, story
from detectors.simulator.unc_layout import lab_detail_csv

TODAY = date(2026, 9, 14)


def test_the_story_is_eighteen_months_of_twelve_counties_without_a_newcomer() -> None:
    told = story(TODAY)
    seen = told.published_by(TODAY)
    assert 4_500 < len(seen) < 8_000
    assert {s.county for s in seen} == {c.name for c in CALIFORNIA}
    assert max(s.collected for s in told.samples) < TODAY
    assert (TODAY - min(s.collected for s in seen)).days > 540
    for substance in NEWCOMERS:
        assert not any(substance in s.substances for s in told.samples)
    assert {s.county for s in seen if "medetomidine" in s.substances} == {"Los Angeles", "San Francisco"}
    rare = [s for s in seen if "xylazine" in s.substances]
    assert 0.01 < len(rare) / len(seen) < 0.08


@pytest.mark.parametrize("substance", NEWCOMERS)
def test_a_newcomer_is_complete_on_its_day_and_alone_is_new(substance: str) -> None:
    arrived = newcomer(TODAY, "Fresno", substance, 4)
    assert arrived == newcomer(TODAY, "Fresno", substance, 4)
    assert len({s.key for s in arrived}) == 4
    assert all(s.key.startswith("SIM-") and s.location.startswith("Simulated program") for s in arrived)
    assert {s.completed for s in arrived} == {TODAY}
    assert all(s.collected < TODAY and s.county == "Fresno" and s.fips == "06019" for s in arrived)
    assert all(substance in {f.printed for f in s.findings} for s in arrived)
    assert [f.trace for f in arrived[0].findings if f.substance == substance] == [False]
    assert substance.encode() in lab_detail_csv(arrived)
    assert arrived[:2] == newcomer(TODAY, "Fresno", substance, 2)
    others = [newcomer(TODAY, "Kern", substance, 4), newcomer(TODAY, "Fresno", "metonitazene", 4)]
    others += [newcomer(TODAY, "Fresno", substance, 4, seed=1), newcomer(date(2026, 9, 15), "Fresno", substance, 4)]
    assert all(not {s.key for s in arrived} & {s.key for s in other} for other in others)
    known = {substance} | {x for s in story(TODAY).published_by(TODAY) for x in s.substances}
    for seed in range(20):
        more = newcomer(TODAY, "Fresno", substance, 4, seed=seed)
        assert {x for s in more for x in s.substances} <= known | {"despropionyl carfentanil"}
        assert not any("medetomidine" in s.substances for s in more)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TODAY, "Atlantis"), "'Atlantis' is not among the counties"),
        ((TODAY, "Kern", "unobtainium"), "'unobtainium' is not in supply"),
        ((TODAY, "Kern", "carfentanil", 0), "n must be 1 or more"),
    ],
)
def test_a_newcomer_that_cannot_be_is_refused(arguments, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        newcomer(*arguments)
