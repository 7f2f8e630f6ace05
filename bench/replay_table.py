"""The table of what whole replays found: first alert on each substance that must be found, and how many were false."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerts.config import load
from alerts.flow.history.replay import ReplayedAlert
from alerts.model.reason import Reason
from bench.judged import MUST, judge, opened
from bench.real_history import Record

BY: Mapping[str, str] = {
    "life-at-risk-in-deaths": "on the list of dangers",
    "first-in-state-in-deaths": "first in the state",
    "new-in-deaths": "new",
    "rising-in-deaths": "rising",
}
"""The shipped thresholds for deaths in words; another one is called by its name."""
CALLED: Mapping[str, str] = {"fluorofentanyl": "para-fluorofentanyl (counted with its isomers)"}


@dataclass(frozen=True)
class Replayed:
    """A whole replay. title: of its column. record: with the samples as the system read them. lag: days from death to
    knowledge. rows: every edition, as `supplywatch replay --out` wrote it."""

    title: str
    record: Record
    lag: int
    rows: Sequence[ReplayedAlert]

    @property
    def years(self) -> float:
        return (self.record.last - self.record.first).days / 365.25


def table(replays: Sequence[Replayed]) -> str:
    """A Markdown table, a column for each replay. Raises KeyError for an edition whose first one is missing."""
    lines = ["| | " + " | ".join(r.title for r in replays) + " |", "|---" * (len(replays) + 1) + "|"]
    for family in MUST:
        cells = [first_said(r.rows, family) for r in replays]
        lines.append(f"| {CALLED.get(family, family)} | " + " | ".join(cells) + " |")
    lines.append("| alerts, in editions | " + " | ".join(_counts(r) for r in replays) + " |")
    lines.append("| false ones, and a year | " + " | ".join(_false(r) for r in replays) + " |")
    return "\n".join(lines)


def first_said(rows: Sequence[ReplayedAlert], family: str) -> str:
    """When a family was first alerted on and by what, and when it was first told as a change in the laboratory."""
    mine = [r for r in rows if r.substance == family]
    if not mine:
        return "**no alert**"
    first = mine[0]
    said = f"{first.on}, {BY.get(first.threshold, first.threshold)}"
    known = load(None).thresholds.get(first.threshold)
    if known is not None and known.method == "watchlist" and first.first_event is not None:
        said += f", {_days(first.first_event, first.on)} after the death"
    changes = [r.on for r in mine if r.reason == Reason.PANEL_CHANGE]
    return said + (f"; told as a change in the laboratory on {changes[0]}" if changes else "")


def _days(first: date, last: date) -> str:
    days = (last - first).days
    return f"{days} day" if days == 1 else f"{days} days"


def _counts(one: Replayed) -> str:
    return f"{len({r.number for r in one.rows})}, in {len(one.rows)}"


def _false(one: Replayed) -> str:
    alerts = opened(one.rows, one.record.name, one.lag)
    for alert in alerts:
        judge(alert, one.record)
    false = sum(a.verdict == "FALSE" for a in alerts)
    return f"{false}, {false / one.years:.2f}"
