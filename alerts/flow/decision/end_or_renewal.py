"""What becomes of an alert at its end date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from alerts.flow.decision.place_facts import merge
from alerts.flow.decision.rule_of import rule_of
from alerts.model.alert import VersionState
from alerts.model.intent import Intent
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.model.threshold import Threshold

SHORTEST_RENEWAL = timedelta(days=7)
"""An alert that would reach its longest time sooner than this after its end date ends at that date, as established."""

PENDING = frozenset({VersionState.HELD, VersionState.APPROVED})
"""States of an edition that nobody was told of yet."""


def end_or_renewal(
    current: OpenAlert, thresholds: Mapping[str, Threshold], now: datetime, spoken: Intent | None = None
) -> Intent:
    """At its end date an alert goes on with fresh evidence, and its receivers are told the new date; or it ends.

    A method falls silent when a substance is no longer new; "no new findings came in" would then be a false all-clear.
    Nor is a method that goes on speaking of the same samples fresh evidence. spoken: what its signals came to.
    """
    alert, latest = current.alert, current.latest
    assert latest is not None
    rule = rule_of(alert, thresholds)
    since = (now - timedelta(days=rule.expires_days)).date()
    last = current.last_found
    found = last is not None and last > since
    fresh = found if current.said_on is None else last is not None and last > current.said_on
    latest_end = alert.opened_at + timedelta(days=rule.longest_days)
    # A renewal of a day, and the end on the next, would be two messages for one.
    least = timedelta(0) if current.said_on is None else SHORTEST_RENEWAL
    if fresh and now + least < latest_end:
        assert last is not None
        # Nobody is told while a silence holds, nor twice while an edition waits for its review.
        told = current.said_until is not None and not current.hushed and latest.state not in PENDING
        reason = Reason.RENEWED if told else Reason.STILL_OPEN
        expires = now + max(last - since, timedelta(0)) + timedelta(days=1)
        expires = max(min(expires, latest_end), alert.expires_at)
    else:
        reason = Reason.ESTABLISHED if fresh or found else Reason.EXPIRED
        expires = alert.expires_at
    goes_on = reason in (Reason.STILL_OPEN, Reason.RENEWED)
    # What came silently is told with the new date: its day is what makes the message news.
    places = merge(current.fresh, spoken.places if spoken else latest.places, first=()) if goes_on else latest.places
    return Intent(
        reason, alert.substance, alert.region, alert.kind, alert.level, rule, spoken.signals if spoken else (), alert,
        places, (), latest.confidence, expires,
        change="renewed" if reason is Reason.RENEWED else "", ends=not goes_on,
        because={Reason.ESTABLISHED: "established", Reason.EXPIRED: "no_new_findings"}.get(reason, ""),
    )  # fmt: skip
