"""A reading gets its substances and places, and nothing is lost on the way."""

from __future__ import annotations

from datetime import date

from detectors.sample import Finding, Reading, Sample, SampleKind, Tally
from detectors.words.lexicon import Lexicon
from detectors.words.naming import name_reading
from detectors.words.places import Gazetteer


def sample(key: str, *names: str, state: str = "PA", county: str = "Allegheny") -> Sample:
    return Sample(key, SampleKind.DRUG, tuple(Finding(name) for name in names), state, county)


def test_a_cell_with_two_substances_is_two_findings(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    named = name_reading(Reading(samples=(sample("a", "fentanyl; xylaine"),)), lexicon, gazetteer)
    findings = named.reading.samples[0].findings
    assert [(finding.substance, finding.named_as) for finding in findings] == [
        ("fentanyl", "fentanyl; xylaine"),
        ("xylazine", "fentanyl; xylaine"),
    ]
    assert named.reading.samples[0].place == "42003"


def test_two_methods_stay_two_findings(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    twice = Sample("a", SampleKind.DRUG, (Finding("xylazine", method="GCMS"), Finding("xylazine", method="FTIR")), "PA")
    findings = name_reading(Reading(samples=(twice,)), lexicon, gazetteer).reading.samples[0].findings
    assert [finding.method for finding in findings] == ["GCMS", "FTIR"]


def test_negative_stays_pending_and_damaged_do_not(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    named = name_reading(
        Reading(
            samples=(
                sample("negative", "no compounds of interest detected"),
                sample("pending", "pending identification"),
                sample("damaged", "sample damaged in transit"),
                sample("partly", "fentanyl", "pending identification"),
            )
        ),
        lexicon,
        gazetteer,
    )
    assert [(found.key, len(found.findings)) for found in named.reading.samples] == [("negative", 0), ("partly", 1)]
    assert [note.split()[0] for note in named.reading.notes] == ["2", "1"]


def test_a_name_nobody_knows_is_kept_and_counted(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    named = name_reading(
        Reading(samples=(sample("a", "quuxotazine", "fentanyl; protonitozone"), sample("b", "quuxotazine"))),
        lexicon,
        gazetteer,
    )
    assert named.unknown_names == {"quuxotazine": 2}
    assert [(one.named_as, one.substance, one.count) for one in named.candidates] == [
        ("protonitozone", "protonitazene", 1)
    ]
    first = named.reading.samples[0].findings
    assert [(finding.named_as, finding.substance) for finding in first] == [
        ("quuxotazine", ""),
        ("fentanyl; protonitozone", "fentanyl"),
        ("protonitozone", ""),
    ]


def test_an_unknown_place_keeps_its_state(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    named = name_reading(
        Reading(samples=(sample("a", "xylazine", state="CT", county="Westchester"),)), lexicon, gazetteer
    )
    assert named.reading.samples[0].place == "09"
    assert named.unknown_places == {"CT | Westchester": 1}


def test_tallies(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    def tally(name: str) -> Tally:
        return Tally(name, name, date(2026, 1, 1), date(2026, 1, 31), 2, 16, state="NY", county="New York City")

    named = name_reading(Reading(tallies=(tally("Medetomidine"), tally("fentanyl and xylazine"))), lexicon, gazetteer)
    assert [(one.substance, one.place) for one in named.reading.tallies] == [("medetomidine", "36"), ("", "36")]
    assert named.unknown_names == {"fentanyl and xylazine": 1}
