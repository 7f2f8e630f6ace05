"""The first edition of an alert, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.flow.decision.place_facts import without_wider
from alerts.model.alert import Alert
from alerts.model.intent import Intent
from alerts.model.level import RANK
from alerts.model.reason import Reason
from alerts.model.spoken import Spoken


def opening(spoken: Spoken, ended: Sequence[Alert], now: datetime) -> Intent:
    """ended: alerts of the same substance, region and kind that are over."""
    places = without_wider(spoken.places, spoken.region)
    return Intent(
        _reason(spoken, ended, now), spoken.substance, spoken.region, spoken.kind, spoken.rule.level, spoken.rule,
        spoken.signals, None, places, tuple(p.place for p in places), spoken.confidence, spoken.expires,
        level_rule=spoken.level_rule,
    )  # fmt: skip


def _reason(spoken: Spoken, ended: Sequence[Alert], now: datetime) -> Reason:
    rest = timedelta(days=spoken.rule.cool_down_days)
    cooling = [a for a in ended if a.ended_at is not None and now - a.ended_at < rest]
    # Cooling must not silence something worse than what had ended.
    if cooling and RANK[spoken.rule.level] >= min(RANK[a.level] for a in cooling):
        return Reason.COOLING
    if spoken.panel:
        return Reason.PANEL_CHANGE
    if any(a.ended_because == Reason.EXPIRED for a in ended):
        return Reason.RETURNED
    if any("first in place" in s.signal.labels or s.signal.method == "watchlist" for s in spoken.signals):
        return Reason.FIRST_SIGHTING
    return Reason.ABOVE_THRESHOLD
