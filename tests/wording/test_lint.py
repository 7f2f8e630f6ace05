"""The shipped words pass their own linter, and each rule finds what it is for and says how to mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.wording.compose import Composed, compose
from alerts.wording.content import AlertContent, Change
from alerts.wording.kinds import KINDS
from alerts.wording.lint import Limits, LintFinding, Severity, lint
from alerts.wording.place_name import PlaceName
from alerts.wording.rules import RULES
from alerts.wording.samples import BASE, TODAY, every
from alerts.wording.shelf import Shelf
from notifiers.segments import count
from tests.wording.shelf import LANGUAGES, SHELF, TEMPLATES

LIMITS = Limits()
CASES = [
    (kind, label, content, language, channel)
    for kind, label, content in every()
    for language in LANGUAGES
    for channel in KINDS[kind].channels
]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 300


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_templates_have_no_errors_in_any_case(kind: str) -> None:
    for name, label, content, language, channel in CASES:
        if name == kind:
            composed = compose(content, kind=kind, channel=channel, language=language, shelf=SHELF)
            assert composed.fallback is None
            found = [f for f in lint(composed, content, LIMITS, TODAY) if f.severity == Severity.ERROR]
            assert not found, f"{kind} {label}: {found}"


def sms(
    content: AlertContent = BASE,
    language: str = "en",
    limits: Limits = LIMITS,
    edit: tuple[str, str] = ("", ""),
    today: date = TODAY,
) -> dict[str, list[LintFinding]]:
    """Findings by rule of one text; `edit` replaces some words in it, as an editor on the approval page would."""
    composed = compose(content, kind="first_sighting", channel="sms", language=language, shelf=SHELF)
    found: dict[str, list[LintFinding]] = {}
    for finding in lint(edited(composed, *edit), content, limits, today):
        found.setdefault(finding.rule, []).append(finding)
    return found


def edited(composed: Composed, old: str, new: str) -> Composed:
    assert old in composed.text
    text = composed.text.replace(old, new) if old else composed.text + new
    return replace(composed, text=text, segments=count(text))


@pytest.mark.parametrize(
    ("rule", "case", "mend"),
    [
        ("stigma", {"edit": ("in drugs", "in what addicts use")}, "people who use drugs"),
        ("stigma", {"edit": ("Xilacina", "La droga zombi, xilacina,"), "language": "es"}, "el nombre de la droga"),
        ("attractor", {"edit": ("found", "found, very strong,")}, "more than one dose"),
        ("attractor", {"edit": ("Xilacina", "Muy potente: xilacina"), "language": "es"}, "puede hacer falta"),
        ("police", {"edit": ("Lab-confirmed", "The police say")}, "health or drug-checking source"),
        ("police", {"edit": ("Alerta 9", "La policía dice. Alerta 9"), "language": "es"}, "fuente de salud"),
        ("reassurance", {"edit": ("Call 911.", "Other drugs are safe to use.")}, "not known"),
        ("missing-element", {"edit": ("in Pine County", "here")}, "say the place: Pine County"),
        ("missing-element", {"edit": ("Xylazine", "Something")}, "say the substance: xylazine"),
        ("missing-element", {"edit": ("https://alerts.example/a/7", "")}, "say the link"),
        ("missing-element", {"edit": ("Northside Outreach: ", "")}, "say the partner's own name"),
        ("missing-element", {"edit": ("Lab-confirmed, ", "")}, "say how sure it is"),
        ("missing-element", {"edit": ("sample Oct 2", "sample")}, "say the date of the sample: Oct 2"),
        ("missing-element", {"edit": (", ends Nov 8", "")}, "say the day on which the alert ends: Nov 8"),
        ("fine-place", {"edit": ("Pine County", "Pine County, 1204 Main Street")}, "remove a street address"),
        ("fine-place", {"edit": ("Pine County", "Pine County 94110")}, "remove a ZIP code"),
        ("fine-place", {"edit": ("Pine County", "Pine County (37.7749, -122.4194)")}, "remove coordinates"),
        ("small-count", {"edit": ("found", "found in 3 samples")}, "leave out a count below 11"),
        ("small-count", {"edit": ("found", "found in three samples")}, "leave out a count below 11"),
        ("small-count", {"edit": ("found", "found in 2 of 19")}, "leave out a count below 11"),
        ("segments", {"edit": ("", " x" * 100)}, "4 segments, the limit is 3"),
        ("segments", {"limits": Limits(segments=1)}, "2 segments, the limit is 1"),
        ("naloxone", {"edit": ("naloxone", "help")}, "tell people to give naloxone"),
        ("opt-out", {"edit": ("Reply STOP to end texts.", "")}, "reply STOP"),
        ("placeholder", {"edit": ("Pine", "{{ place }} Pine")}, "fill in or remove '{{'"),
        ("placeholder", {"edit": ("Pine", "[place] Pine")}, "fill in or remove '[place]'"),
        ("placeholder", {"edit": ("Pine", "(Pine")}, "balance ( and )"),
        ("placeholder", {"edit": ("Oct 2", "Oct 2 None")}, "fill in or remove 'None'"),
        ("past-date", {"today": date(2031, 11, 9)}, "2031-11-08 is over"),
        ("past-date", {"today": date(2031, 10, 8)}, "2031-10-09 has not come"),
        ("order", {"edit": ("Northside Outreach: ", "https://alerts.example/a/7 Northside Outreach: ")}, "before"),
        ("unreviewed", {}, "have a clinician read templates/actions/en/alpha2-xylazine.toml"),
    ],
)  # fmt: skip
def test_a_rule_finds_it_and_says_what_to_do(rule: str, case: dict[str, Any], mend: str) -> None:
    found = sms(**case)[rule]
    assert any(mend in finding.mend for finding in found)
    assert all(finding.where.startswith("sms ") for finding in found)


@pytest.mark.parametrize(
    ("rule", "content", "mend"),
    [
        ("fine-place", {"places": (PlaceName("Pineville", "city"),)}, "name the county instead of the city"),
        ("fine-place", {"changes": (Change("new_place", (PlaceName("North site", "site"),)),)}, "instead of the site"),
        ("small-count", {"count": 4, "tested": 60}, "leave out the count (4 is below 11)"),
        ("no-end", {"expires": None}, "give the day on which this alert ends"),
        ("past-date", {"next_update": TODAY - timedelta(days=1)}, "set a later date of the next update"),
        ("past-date", {"sampled_last": TODAY + timedelta(days=1)}, "correct the date of the sample"),
    ],
)
def test_a_rule_looks_at_the_content_too(rule: str, content: dict[str, Any], mend: str) -> None:
    assert any(mend in finding.mend for finding in sms(replace(BASE, **content))[rule])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["sms", "email", "flyer", "page"])
@pytest.mark.parametrize(("mark", "word"), [("exercise", ("EXERCISE", "SIMULACRO")), ("simulated", ("SIMULA",) * 2)])
def test_a_drill_or_made_up_data_without_its_mark_is_refused(
    language: str, channel: str, mark: str, word: tuple[str, str]
) -> None:
    marked: dict[str, Any] = {mark: True}
    content = replace(BASE, **marked)
    composed = compose(content, kind="first_sighting", channel=channel, language=language, shelf=SHELF)
    assert mark not in {finding.rule for finding in lint(composed, content, LIMITS, TODAY)}
    said = word[LANGUAGES.index(language)]
    bare = {part: getattr(composed, part).replace(said, "") for part in ("subject", "text", "html")}
    assert mark in {finding.rule for finding in lint(replace(composed, **bare), content, LIMITS, TODAY)}


def test_letters_that_double_the_cost_are_named_with_what_they_cost() -> None:
    left, right = sms(edit=("Oct 2", "Oct 2 “seen”"))["alphabet"]
    assert left.severity == Severity.WARNING
    assert left.mend == "replace '“' (LEFT DOUBLE QUOTATION MARK, 1×): these make 5 segments of what would be 3"
    assert "RIGHT DOUBLE QUOTATION MARK" in right.mend


def test_hard_reading_is_refused_with_its_grade() -> None:
    hard = (" Individuals experiencing respiratory depression subsequent to administration necessitate immediate"
            " intervention including supplementary ventilation and continuous physiological observation")  # fmt: skip
    assert "the limit is 8" in sms(edit=("Give rescue breaths.", hard + "."))["reading-grade"][0].mend


def test_a_partners_own_name_is_never_held_against_it() -> None:
    assert "stigma" not in sms(replace(BASE, front="Clean Slate Users Union"))


def test_a_language_that_is_missing_is_a_warning(tmp_path: Path) -> None:
    composed = compose(BASE, kind="rise", channel="sms", language="vi", shelf=Shelf.of(TEMPLATES, tmp_path))
    found = [finding for finding in lint(composed, BASE, LIMITS, TODAY) if finding.rule == "fallback"]
    assert [finding.severity for finding in found] == [Severity.WARNING]
    assert "templates/words/vi.toml" in found[0].mend


def test_errors_come_first_and_every_rule_has_its_sentence() -> None:
    found = sms(edit=("naloxone", "help"))
    severities = [finding.severity for findings in found.values() for finding in findings]
    assert severities == sorted(severities, key=lambda severity: severity != Severity.ERROR)
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.sentence for rule in RULES)
