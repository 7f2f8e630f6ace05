"""What evidence is worth: the table of levels, row by row, and what it may not do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.config import ConfigurationError, load, parse
from alerts.flow.decision.decide import decide
from alerts.model.intent import Intent, StoredSignal
from alerts.model.level import Level
from alerts.model.level_rule import LevelRule, Weight, first_fitting
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.model.threshold import Release
from tests.flow.nouns import CONTRA_COSTA, NOW, REGIONS, alert, edition, rule, stored
from tests.flow.timeline import VAN, Diary

DEADLY = frozenset({"carfentanil"})
ROWS = tuple(
    LevelRule(
        name=name, level=Level(row.level), release=Release(row.release), substances=DEADLY if row.substances else
        frozenset(), kinds=frozenset(row.kinds), confidence=frozenset(row.confidence), methods=frozenset(row.methods),
        findings=row.findings, places=row.places, false_discovery=row.false_discovery, grounds=row.grounds,
        sources=row.sources, traces_only=row.traces_only,
    )
    for name, row in load(environment={}).levels.items()
)  # fmt: skip
"""The shipped table; its list of substances is one here."""

AUTOMATIC, REVIEW = Release.AUTOMATIC, Release.REVIEW


def judged(*signals: StoredSignal, **threshold: object) -> Intent:
    given = rule(level=Level.INFO, release=AUTOMATIC)
    (intent,) = decide(signals, [replace(given, **threshold)], [], REGIONS, NOW, ROWS)  # type: ignore[arg-type]
    return intent


def deadly(number: int = 1, **changes: object) -> StoredSignal:
    return stored(number, substance="carfentanil", evidence=(f"lab/{number}",), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signals", "level", "release", "row"),
    [
        ([deadly()], Level.ACT_NOW, AUTOMATIC, "life-at-risk-one"),
        ([deadly(), deadly(2, place=CONTRA_COSTA)], Level.ACT_NOW, AUTOMATIC, "life-at-risk-several"),
        ([deadly(labels=("screening result",))], Level.ACT_NOW, REVIEW, "life-at-risk-unconfirmed"),
        ([deadly(kind="field report", labels=("screening result",))], Level.ADVISORY, REVIEW, "field-report"),
        ([stored(labels=("screening result",))], Level.ADVISORY, REVIEW, "unconfirmed"),
        ([stored(method="prevalence", labels=("lab-confirmed",))], Level.ADVISORY, REVIEW, "statistical-rise"),
        (
            [stored(method="emergence", labels=("lab-confirmed",), q=0.02)],
            Level.ACT_NOW, REVIEW, "false-discovery-set",
        ),
        ([stored(method="emergence", labels=("lab-confirmed",), q=0.4)], Level.ADVISORY, REVIEW, "statistical-rise"),
        (
            [stored(method="emergence", labels=("lab-confirmed",), q=0.4), stored(2, method="novelty")],
            Level.ACT_NOW, REVIEW, "borne-out",
        ),
        (
            [stored(method="emergence", labels=("lab-confirmed",)), stored(2, method="prevalence")],
            Level.ADVISORY, REVIEW, "statistical-rise",  # both read the same counts: one witness
        ),
        ([stored(evidence=("lab/1", "clinic/9"))], Level.ACT_NOW, REVIEW, "two-sources"),
        (
            [stored(method="emergence", evidence=("lab/1", "clinic/9"))],
            Level.ADVISORY, REVIEW, "statistical-rise",  # one share of pooled samples is one measurement
        ),
        ([stored(labels=("trace only",))], Level.INFO, REVIEW, "traces"),
        ([stored(method="returned")], Level.INFO, REVIEW, "only-back"),
        ([stored()], Level.INFO, AUTOMATIC, ""),
    ],
)  # fmt: skip
def test_the_shipped_table(signals: list[StoredSignal], level: Level, release: Release, row: str) -> None:
    intent = judged(*signals)
    assert (intent.level, intent.threshold.release, intent.level_rule) == (level, release, row)


def test_a_row_never_lets_out_what_staff_want_to_review() -> None:
    assert judged(deadly(), release=REVIEW).threshold.release is REVIEW


def test_a_threshold_may_stand_on_its_own() -> None:
    assert judged(deadly(), by_evidence=False).level is Level.INFO


def test_findings_that_an_open_alert_rests_on_count() -> None:
    several = next(r for r in ROWS if r.name == "life-at-risk-several")
    one = Weight("carfentanil", "drug", "lab-confirmed", frozenset({"watchlist"}), 1, 1)
    assert first_fitting([several], one) is None
    assert first_fitting([several], replace(one, findings=2)) is several


def test_a_row_with_an_unknown_list_is_told_in_words() -> None:
    with pytest.raises(ConfigurationError, match=r"levels.mine names 'list:nothing'"):
        parse('[levels.mine]\nsubstances = ["list:nothing"]\nlevel = "info"\nrelease = "review"\n', "own.toml", {})


def test_a_strip_waits_for_a_person_and_the_laboratory_s_word_goes_out(diary: Diary) -> None:
    """The sedatives' threshold releases by itself; the table asks for a person while only a strip says so."""
    diary.joins(VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine")
    diary.expect_sms(VAN, containing="Lab-confirmed")
    (opened,) = diary.editions()
    assert "Level by" not in opened.sentence
    diary.lab_reports("carfentanil")
    carfentanil = diary.alerts()[1]
    assert "Level by 'life-at-risk-one'" in diary.editions(carfentanil)[0].sentence
    assert str(carfentanil.level) == "act_now"


def test_a_powder_and_a_death_bear_each_other_out() -> None:
    """Each is an alert of its own, for they are never counted together; both are urgent because both say so."""
    given = [rule(level=Level.INFO, kinds=("drug", "death"))]
    both = decide([stored(1), stored(2, kind="death", evidence=("me/1",))], given, [], REGIONS, NOW, ROWS)
    assert [(i.kind, i.level, i.level_rule) for i in both] == [
        ("death", Level.ACT_NOW, "two-sources"),
        ("drug", Level.ACT_NOW, "two-sources"),
    ]
    silent = decide(
        [stored(1), stored(2, kind="death", evidence=("me/1",))], given, [], REGIONS, NOW, ROWS, frozenset({2})
    )
    assert [i.level_rule for i in silent if i.kind == "drug"] == [""], "what is silenced bears nothing out"


def test_a_rise_grows_urgent_when_it_becomes_a_discovery_and_stays_one_alert() -> None:
    """Monday: perhaps chance. A week later: a discovery. Later still a second method joins. One episode throughout."""
    given = [rule(method="emergence")]
    first = stored(method="emergence", labels=("lab-confirmed",), q=0.4)
    (monday,) = decide([first], given, [], REGIONS, NOW, ROWS)
    assert (monday.level, monday.level_rule) == (Level.ADVISORY, "statistical-rise")
    opened = OpenAlert(alert(), replace(edition(), methods=("emergence",)), frozenset({"lab/1", "lab/2"}))
    grown = stored(2, method="emergence", labels=("lab-confirmed",), q=0.03, evidence=("lab/1", "lab/2"))
    (later,) = decide([grown], given, [opened], REGIONS, NOW, ROWS)
    assert (later.reason, later.level, later.level_rule) == (Reason.ESCALATED, Level.ACT_NOW, "false-discovery-set")
    assert later.threshold.release is REVIEW, "a statistic wakes nobody before a person has looked"
    joined = stored(3, method="novelty", threshold="new-here", evidence=("lab/1", "lab/2", "lab/3"))
    (also,) = decide([joined], given, [opened], REGIONS, NOW, ROWS)
    assert (also.reason, also.level_rule, also.alert) == (Reason.ESCALATED, "borne-out", opened.alert)


def test_the_review_of_one_threshold_does_not_hold_up_another_that_is_as_urgent() -> None:
    """Carfentanil, new in the state: one threshold wants a person to look at what is new, the other lets it out."""
    given = [
        rule("first-in-state", method="watchlist", level=Level.ADVISORY, release=REVIEW),
        rule("life-at-risk", method="watchlist", level=Level.ACT_NOW, release=AUTOMATIC),
    ]
    said = [replace(deadly(n, method="watchlist"), threshold=t.name) for n, t in enumerate(given, 1)]
    (intent,) = decide(said, given, [], REGIONS, NOW, ROWS)
    assert (intent.threshold.name, intent.threshold.release) == ("life-at-risk", AUTOMATIC)
