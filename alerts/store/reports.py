"""Reports of what people saw, and what staff made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from alerts.model.report import Report, Verdict
from alerts.store.engine import Connection
from alerts.store.tables import reports

LONGEST = 1600
"""Letters of a report that are kept."""


def add(
    connection: Connection,
    *,
    day: date,
    seen_on: date | None,
    place: str,
    substances: Sequence[str],
    words: str,
    way: str,
    sample: str,
) -> int:
    """Write a report down; returns its number. Nothing of who sent it comes near here."""
    said = {"day": day, "seen_on": seen_on, "place": place, "substances": list(substances)}
    made = sa.insert(reports).values(**said, words=words[:LONGEST], way=way, sample=sample).returning(reports.c.id)
    return int(connection.execute(made).scalar_one())


def waiting(connection: Connection, most: int = 200) -> list[Report]:
    """Those that nobody has judged, oldest first."""
    chosen = sa.select(reports).where(reports.c.verdict == "").order_by(reports.c.id).limit(most)
    return [_report(r) for r in connection.execute(chosen)]


def count_waiting(connection: Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(reports).where(reports.c.verdict == "")) or 0


def judged(connection: Connection, most: int = 50) -> list[Report]:
    """Those that were judged, newest first."""
    chosen = sa.select(reports).where(reports.c.verdict != "").order_by(reports.c.id.desc()).limit(most)
    return [_report(r) for r in connection.execute(chosen)]


def get(connection: Connection, number: int) -> Report | None:
    row = connection.execute(sa.select(reports).where(reports.c.id == number)).one_or_none()
    return None if row is None else _report(row)


def count_on(connection: Connection, day: date, way: str) -> int:
    """How many came on a day by one way."""
    key = (reports.c.day == day, reports.c.way == way)
    return connection.scalar(sa.select(sa.func.count()).select_from(reports).where(*key)) or 0


def judge(connection: Connection, number: int, verdict: Verdict, by: str, why: str) -> bool:
    """Write a verdict down; False when somebody was faster. The words of what was set aside go."""
    values = {"verdict": str(verdict), "judged_by": by, "why": why}
    if verdict is Verdict.SET_ASIDE:
        values["words"] = ""
    key = (reports.c.id == number, reports.c.verdict == "")
    return connection.execute(sa.update(reports).where(*key).values(values)).rowcount == 1


def forget(connection: Connection, before: date) -> int:
    """Drop the words of old reports; what they named and where is in the sample."""
    old = sa.update(reports).where(reports.c.day < before, reports.c.words != "").values(words="")
    return connection.execute(old).rowcount


def _report(r: sa.Row[Any]) -> Report:
    return Report(r.id, r.day, r.seen_on, r.place, tuple(r.substances), r.words, r.way, r.sample,
                  Verdict(r.verdict), r.why, r.judged_by)  # fmt: skip
