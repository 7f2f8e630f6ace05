"""A person says what a report is worth."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.inbound.report import FEED
from alerts.model.report import Verdict
from alerts.record.append import append
from alerts.store import evidence, reports, work


class JudgeError(Exception):
    """The verdict cannot be written down; the text says why and what to do."""


def judge_report(app: App, number: int, verdict: Verdict, by: str, why: str, now: datetime) -> None:
    """Believe a report, or set it aside: then its sample is withdrawn, as when a laboratory takes a result back, and
    detectors look again. Raises JudgeError: no such report, judged already, or set aside without a reason."""
    if verdict is Verdict.SET_ASIDE and not why.strip():
        raise JudgeError("Say in a few words why it is set aside: the reason goes into the record.")
    with app.store.write() as connection:
        found = reports.get(connection, number)
        if found is None or verdict is Verdict.WAITS:
            raise JudgeError(f"There is no report {number}.")
        if not reports.judge(connection, number, verdict, by, why.strip()):
            raise JudgeError("Somebody judged this report before you. Look at it again.")
        if verdict is Verdict.SET_ASIDE and found.sample:
            evidence.withdraw(connection, FEED, [found.sample], now=now)
            work.ask_for(connection, "watch", now)
        append(
            connection, at=now, kind="report.judged", subject=f"report {number}",
            fields={"verdict": str(verdict), "by": by, "why": why.strip()},
        )  # fmt: skip
