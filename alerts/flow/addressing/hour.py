"""When a message about an alert may go to somebody, by their sleep and by how much they have had this week. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.quiet_hours import not_before
from alerts.flow.addressing.weekly_limit import free_at, limit_of
from alerts.model.level import Level
from alerts.model.partner import Contact
from alerts.model.reason import ENDINGS, Reason

WEEKLY_LIMIT = "weekly limit"


def weekly_limits(app: App) -> dict[Level, int]:
    """The programme's own limits, texts in seven days by level."""
    limits = app.configuration.fatigue
    return {Level.ACT_NOW: limits.act_now, Level.ADVISORY: limits.advisory, Level.INFO: limits.info}


def hour(
    contact: Contact,
    channel: str,
    level: Level,
    reason: Reason | None,
    now: datetime,
    texts: Sequence[datetime],
    most: Mapping[Level, int],
) -> tuple[datetime, str]:
    """(when the message may go out, why not now). What takes back or ends an alert knows no weekly limit.

    reason: of the edition. texts: when texts went out to this contact in the last seven days, or will go out.
    """
    free = now
    if channel == "sms" and reason not in ENDINGS:
        free = free_at(texts, limit_of(contact, level, most), now)
    due = not_before(contact, channel, level, free)
    return due, WEEKLY_LIMIT if free > now else "quiet hours" if due > now else ""
