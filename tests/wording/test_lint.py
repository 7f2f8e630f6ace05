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
from alerts.wording.people import Digest
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


GUILTY: list[tuple[str, dict[str, Any], str]] = [
    ("stigma", {"edit": ("in drugs", "in what addicts use")}, "people who use drugs"),
    ("stigma", {"edit": ("Xilacina", "La droga zombi, xilacina,"), "language": "es"}, "el nombre de la droga"),
    ("attractor", {"edit": ("found", "found, very strong,")}, "more than one dose"),
    ("attractor", {"edit": ("Xilacina", "Muy potente: xilacina"), "language": "es"}, "puede hacer falta"),
    ("stigma", {"edit": ("in drugs", "in what ADDıCTS use")}, "leave it out"),
    ("stigma", {"edit": ("in drugs", "in drug abuse")}, "instead of 'drug abuse': drug use"),
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
    ("opt-out", {"edit": ("Reply STOP to end.", "")}, "reply STOP"),
    ("placeholder", {"edit": ("Pine", "{{ place }} Pine")}, "fill in or remove '{{'"),
    ("placeholder", {"edit": ("Pine", "[place] Pine")}, "fill in or remove '[place]'"),
    ("placeholder", {"edit": ("Pine", "(Pine")}, "balance ( and )"),
    ("placeholder", {"edit": ("Oct 2", "Oct 2 None")}, "fill in or remove 'None'"),
    ("placeholder", {"edit": ("Pine", "{name} Pine")}, "fill in or remove '{name}'"),
    ("placeholder", {"edit": ("Pine", "%(place)s Pine")}, "fill in or remove '%(place)s'"),
    ("placeholder", {"edit": ("Pine", "¿Pine")}, "balance ¿ and ?"),
    ("fine-place", {"edit": ("Pine County", "Pine County, Main St and Fifth")}, "remove a street address"),
    ("small-count", {"edit": ("found", "found in 3/19 samples")}, "leave out a count below 11"),
    ("small-count", {"edit": ("Confirmado", "Dos muertes. Confirmado"), "language": "es"}, "a count below 11"),
    ("exercise", {"edit": ("ADVISORY", "EXERCISE. ADVISORY")}, "remove EXERCISE: this is no drill"),
    ("past-date", {"edit": ("Call 911.", "Call 911. Free strips on Sep 30.")}, "'Sep 30': it is over"),
    ("past-date", {"edit": ("Llame", "Tiras gratis el 30 sep. Llame"), "language": "es"}, "'30 sep': it is over"),
    ("past-date", {"edit": ("Call 911.", "Call 911. Van: October 9, 2030.")}, "'October 9, 2030'"),
    ("past-date", {"today": date(2031, 11, 9)}, "2031-11-08 is over"),
    ("past-date", {"today": date(2031, 10, 8)}, "2031-10-09 has not come"),
    ("order", {"edit": ("Northside Outreach: ", "https://alerts.example/a/7 Northside Outreach: ")}, "before"),
    ("unreviewed", {}, "have a clinician read templates/actions/en/alpha2-xylazine.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "case", "mend"), GUILTY)
def test_a_rule_finds_it_and_says_what_to_do(rule: str, case: dict[str, Any], mend: str) -> None:
    found = sms(**case)[rule]
    assert any(mend in finding.mend for finding in found)
    assert all(finding.where.startswith("sms ") for finding in found)


GUILTY_CONTENTS: list[tuple[str, dict[str, Any], str]] = [
    (
        "small-place",
        {"places": (PlaceName("Alpine County", state="California"),)},
        "name California instead of Alpine County",
    ),
    ("fine-place", {"places": (PlaceName("Pineville", "city"),)}, "name the county instead of the city"),
    ("fine-place", {"changes": (Change("new_place", (PlaceName("North site", "site"),)),)}, "instead of the site"),
    ("small-count", {"count": 4, "tested": 60}, "leave out the count (4 is below 11)"),
    ("no-end", {"expires": None}, "give the day on which this alert ends"),
    ("past-date", {"next_update": TODAY - timedelta(days=1)}, "set a later date of the next update"),
    ("past-date", {"sampled_last": TODAY + timedelta(days=1)}, "correct the date of the sample"),
]


@pytest.mark.parametrize(("rule", "content", "mend"), GUILTY_CONTENTS)
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
    assert left.mend == "replace '“' (LEFT DOUBLE QUOTATION MARK, 1×): these make 5 segments of what would be 2"
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


LATER = replace(BASE, version=2, first_alert=date(2031, 10, 1))

INNOCENT: list[tuple[str, dict[str, Any]]] = [
    ("stigma", {"edit": ("Call 911.", "Call 911. See https://alerts.example/clean/users.")}),
    ("stigma", {"edit": ("Call 911.", "Call 911. Cleaning wounds helps people who use drugs.")}),
    ("attractor", {"content": replace(BASE, places=(PlaceName("Armstrong County"),))}),
    ("attractor", {"edit": ("Call 911.", "Call 911. Move away from a campfire.")}),
    ("attractor", {"edit": ("Llame", "Haga fuerza y llame"), "language": "es"}),
    ("police", {"content": replace(BASE, source="Lakeland Police Laboratory")}),
    ("reassurance", {"edit": ("Call 911.", "Call 911. Stay safe.")}),
    ("missing-element", {}),
    ("missing-element", {"language": "es"}),
    ("order", {}),
    ("order", {"language": "es"}),
    ("fine-place", {"edit": ("Call 911.", "Call 911. Wait 2 to 3 minutes.")}),
    ("fine-place", {"content": replace(BASE, places=(PlaceName("Sampleland", "state"),))}),
    ("fine-place", {"content": replace(BASE, contact="94110-0100"), "edit": ("Call 911.", "Call 94110-0100.")}),
    ("small-place", {"content": replace(BASE, places=(PlaceName("Alameda County", state="California"),))}),
    ("small-count", {"edit": ("found", "found in 11 of 60")}),
    ("small-count", {"edit": ("found", "found in 11/60 samples")}),
    ("small-count", {"edit": ("Call 911.", "Call 911. Wait 3 minutes, give 2 doses.")}),
    ("small-count", {"content": replace(BASE, count=11, tested=11)}),
    ("small-count", {"edit": ("found", "found in 4 of 19"), "limits": Limits(k=3)}),
    ("reading-grade", {}),
    ("reading-grade", {"language": "es"}),
    ("segments", {}),
    ("segments", {"limits": Limits(segments=2)}),
    ("alphabet", {"language": "es"}),
    ("alphabet", {"edit": ("Pine County", "Piñe Cañon {~} €")}),
    ("naloxone", {"edit": ("naloxone", "Narcan")}),
    ("naloxone", {"language": "es"}),
    ("opt-out", {"content": replace(BASE, opt_out=False)}),
    ("opt-out", {"language": "es"}),
    ("exercise", {"content": replace(BASE, exercise=True)}),
    ("exercise", {"edit": ("Call 911.", "Call 911. Exercise care.")}),
    ("simulated", {"content": replace(BASE, simulated=True)}),
    ("simulated", {}),
    ("placeholder", {"edit": ("Call 911.", "Call 911 (or shout).")}),
    ("placeholder", {"edit": ("Llame", "¿Sola? Llame"), "language": "es"}),
    ("past-date", {"content": LATER, "edit": ("Call 911.", "Call 911. First told Oct 1.")}),
    ("past-date", {"edit": ("Call 911.", "Call 911. Free strips on Oct 12.")}),
    ("past-date", {"edit": ("Llame", "Tiras gratis el 12 oct. Llame"), "language": "es"}),
    ("past-date", {"content": replace(BASE, next_update=None), "today": date(2031, 11, 8)}),
    ("no-end", {}),
    ("fallback", {}),
    ("unreviewed", {"reviewed": True}),
]
"""What comes near to each rule and is right: a linter that cries at these is switched off by its first user."""


@pytest.mark.parametrize(("rule", "case"), INNOCENT)
def test_a_rule_leaves_what_is_right_alone(rule: str, case: dict[str, Any], tmp_path: Path) -> None:
    case = dict(case)
    content, language = case.get("content", BASE), case.get("language", "en")
    shelf = SHELF
    if case.get("reviewed"):
        advice = SHELF.read("actions/en/alpha2-xylazine.toml")
        own = tmp_path / "actions" / "en" / "alpha2-xylazine.toml"
        own.parent.mkdir(parents=True)
        own.write_text(
            advice.replace('reviewed_by = ""', 'reviewed_by = "Dr. Sample"\nreviewed_on = 2031-10-01'), "utf-8"
        )
        shelf = Shelf.of(TEMPLATES, tmp_path)
    made = edited(
        compose(content, kind="first_sighting", channel="sms", language=language, shelf=shelf),
        *case.get("edit", ("", "")),
    )
    found = lint(made, content, case.get("limits", LIMITS), case.get("today", TODAY))
    assert rule not in {finding.rule for finding in found}, [f for f in found if f.rule == rule]


def test_every_rule_is_shown_to_find_and_to_leave_alone() -> None:
    """A rule that is added without both must not pass."""
    by_themselves = {"simulated", "alphabet", "reading-grade", "fallback"}  # each has a test of its own above
    guilty = {name for name, *_rest in (*GUILTY, *GUILTY_CONTENTS)} | by_themselves
    innocent = {name for name, _case in INNOCENT}
    assert guilty == innocent == {rule.name for rule in RULES}


def test_a_place_in_a_digest_is_no_finer_than_in_an_alert() -> None:
    digest = next(content for kind, _label, content in every() if kind == "digest")
    assert isinstance(digest, Digest)
    fine = replace(digest, changed=(replace(digest.changed[0], places=(PlaceName("Pineville", "city"),)),))
    made = compose(fine, kind="digest", channel="email", language="en", shelf=SHELF)
    found = [finding.mend for finding in lint(made, fine, LIMITS, TODAY) if finding.rule == "fine-place"]
    assert found == ["name the county instead of the city 'Pineville'"]
