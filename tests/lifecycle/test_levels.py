"""What evidence is worth: the table of levels, row by row, and what it may not do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.config import ConfigurationError, load, parse
from alerts.flow.decide import decide
from alerts.model.intent import Intent, StoredSignal
from alerts.model.level import Level
from alerts.model.level_rule import LevelRule, Weight, first_fitting
from alerts.model.threshold import Release
from tests.flow.nouns import CONTRA_COSTA, NOW, REGIONS, rule, stored
from tests.flow.timeline import VAN, Diary

DEADLY = frozenset({"carfentanil"})
ROWS = tuple(
    LevelRule(
        name=name, level=Level(row.level), release=Release(row.release), substances=DEADLY if row.substances else
        frozenset(), kinds=frozenset(row.kinds), confidence=frozenset(row.confidence), methods=frozenset(row.methods),
        findings=row.findings, places=row.places,
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
        ([deadly(labels=("screening",))], Level.ACT_NOW, REVIEW, "life-at-risk-unconfirmed"),
        ([deadly(kind="field report", labels=("field report",))], Level.ADVISORY, REVIEW, "field-report"),
        ([stored(labels=("screening",))], Level.ADVISORY, REVIEW, "unconfirmed"),
        ([stored(method="prevalence", labels=("lab-confirmed",))], Level.ADVISORY, REVIEW, "statistical-rise"),
        ([stored()], Level.INFO, AUTOMATIC, ""),
    ],
)
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
