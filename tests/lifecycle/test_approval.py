"""What an approver is told beside the texts: cost, time, and who gets it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.flow.reviewing.estimate import estimate
from alerts.flow.reviewing.review import ReviewError, approve
from tests.databases import SqliteFiles
from tests.flow.timeline import COUNTER, DESK, VAN, opened_diary

ASLEEP = replace(VAN, partner="Asleep", phone="+15105550177", time_zone="Pacific/Auckland", places="CA")


def own(text: str) -> str:
    return text.replace("[sms]\n", '[sms]\nprice_per_segment = 0.5\ncurrency = "CAD"\nsegments_per_second = 0.1\n')


def test_cost_time_and_hours_of_an_edition(sqlite_files: SqliteFiles) -> None:
    """In the late evening of New Zealand: one sleeps, two get their texts at ten seconds a segment."""
    with opened_diary(sqlite_files.migrated(), release="review", own=own) as diary:
        diary.joins(VAN, COUNTER, DESK, ASLEEP).at("2025-09-08 04:00")
        diary.at("2025-09-08 10:00").lab_reports("xylazine")
        planned = diary.planned()
        with diary.app.store.read() as connection:
            guessed = estimate(diary.app, connection, planned, diary.now)
        size = {s.contact: s.said.segments for s in planned.slips if s.channel == "sms"}
        assert guessed.audience == 4
        assert guessed.segments == sum(size.values()) > 3
        assert (guessed.price, guessed.currency) == (guessed.segments * 0.5, "CAD")
        texts = next(line for line in guessed.lines if line.channel == "sms")
        mails = next(line for line in guessed.lines if line.channel == "email")
        (later,) = guessed.waiting
        assert texts.later == 1
        assert texts.last_hour == later.due
        assert later.due - diary.now == timedelta(hours=3), "until eight in Auckland"
        assert later.why == "quiet hours"
        assert texts.now == guessed.segments - size[later.contact]
        assert texts.drained == timedelta(seconds=10 * texts.now)
        assert (mails.rate, mails.drained, mails.later) == (0, timedelta(0), 0)


def test_what_the_linter_forbids_cannot_be_approved(tmp_path: Path, sqlite_files: SqliteFiles) -> None:
    """An operator's own template has a word that hurts: nobody can let it out."""
    shipped = Path(__file__).resolve().parents[2] / "templates" / "sms" / "en" / "first_sighting.txt"
    own = tmp_path / "sms" / "en" / "first_sighting.txt"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.read_text(encoding="utf-8").rstrip("\n") + " Tell every addict.\n", encoding="utf-8")
    with opened_diary(
        sqlite_files.migrated(), release="review", own=lambda text: f'{text}\n[templates]\nfolder = "{tmp_path}"\n'
    ) as diary:
        diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
        with pytest.raises(ReviewError, match="cannot go out like this"):
            approve(diary.app, "SW-2025-0001", diary.person("Ana"), diary.planned().sha256, diary.now)
        diary.ring().expect_nothing(VAN)
        assert str(diary.editions()[0].state) == "held for review"
