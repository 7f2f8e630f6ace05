"""Alerts on a real record, each judged true or false by one rule from the whole record.

It is the same rule for the methods alone, for a backtest and for a replay of the whole system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerts.config import load
from alerts.flow.history.replay import ReplayedAlert
from alerts.model.reason import Reason
from bench.real_history import Record
from detectors.episode import Level

MUST = (
    "acetylfentanyl",
    "furanylfentanyl",
    "carfentanil",
    "etizolam",
    "flualprazolam",
    "fluorofentanyl",
    "bromazolam",
    "xylazine",
)
FINDINGS = ("watchlist", "life-at-risk-in-deaths", "first-in-state-in-deaths")
"""What says "found" and no more: the method, and the shipped thresholds that ask it."""
RULE = """new     at most three deaths in the year before its first finding, and at least four in the year from it: true
rise    else, if the share of deaths in the half year from its first finding is 1.5 times that of the year before: true
panel   flagged as a panel change, and then in a tenth of all deaths of the next half year: true
found   none of these, but said by the watchlist alone: it says "found", and it was; counted apart, as a finding
FALSE   the rest"""


@dataclass
class Alert:
    """One episode as it grew: when it was first said, by what, and what it became."""

    record: str
    lag: int
    on: date
    family: str
    place: str
    level: Level
    methods: str
    observed: int
    tested: int | None
    first_seen: date
    last: date
    panel_on: date | None = None
    verdict: str = "FALSE"
    reason: str = ""


def opened(rows: Sequence[ReplayedAlert], record: str, lag: int) -> list[Alert]:
    """The alerts of a replay's or backtest's editions. What returns after its end is a new alert. An alert of a state
    is judged in the state, one of counties in those counties."""
    found: dict[str, Alert] = {}
    rules = load(None).thresholds
    for row in rows:
        if row.version == 1:
            found[row.number] = Alert(
                record, lag, row.on, row.substance, " ".join(sorted(row.places)),
                Level(row.level.replace("_", " ").replace("advisory", "review").replace("info", "digest")),
                row.threshold if rules[row.threshold].method == "watchlist" else rules[row.threshold].method,
                len(row.evidence), None, row.first_event or row.on, row.on,
            )  # fmt: skip
        alert = found[row.number]
        # The system itself says so: the alert opens as a panel change, or an open one is told anew as one.
        if alert.panel_on is None and row.reason == Reason.PANEL_CHANGE:
            alert.panel_on = row.on
    return list(found.values())


def judge(alert: Alert, record: Record) -> None:
    there = [s for s in record.samples if s.place.startswith(tuple(alert.place.split()))]
    days = [s.event for s in there if alert.family in s.substances]
    everyone = [s.event for s in there]
    first = alert.first_seen.toordinal()
    before, after = _count(days, first - 365, first - 1), _count(days, first, first + 364)
    then = before / max(_count(everyone, first - 365, first - 1), 1)
    now = _count(days, first, first + 180) / max(_count(everyone, first, first + 180), 1)
    if alert.panel_on:
        began = alert.panel_on.toordinal() - alert.lag - 45
        share = _count(days, began, began + 180) / max(_count(everyone, began, began + 180), 1)
        alert.verdict = "panel" if share >= 0.1 else "FALSE"
        alert.reason = f"flagged as a panel change on {alert.panel_on}; in {share:.0%} of the next half year's deaths"
    elif before <= 3 and after >= 4:
        alert.verdict = "new"
        alert.reason = f"{after} deaths in the year from its first finding, {before} in the year before"
    elif after >= 4 and now >= 1.5 * then:
        alert.verdict, alert.reason = "rise", f"in {now:.1%} of the half year's deaths, {then:.1%} in the year before"
    elif alert.methods in FINDINGS:
        alert.verdict, alert.reason = "found", f"a finding of a listed substance; {after} in the year from it"
    else:
        alert.reason = f"{after} deaths in the year from its first finding, {before} before; {then:.1%} to {now:.1%}"


def _count(days: list[int], first: int, last: int) -> int:
    return sum(first <= day <= last for day in days)
