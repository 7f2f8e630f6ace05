"""A feed that should have spoken and did not: its silence is an alarm, never good news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.model.feed_state import FeedCondition, FeedState
from alerts.store import feeds

SILENT_AFTER = 3
"""Cadences without anything new after which a late feed is called silent."""

QUIETABLE = frozenset({FeedCondition.FRESH, FeedCondition.UNCHANGED, FeedCondition.EMPTY, FeedCondition.LATE})
"""Conditions in which a feed answers; one that is broken or refused already has its alarm."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A feed whose condition changes because time went by."""

    name: str
    condition: FeedCondition
    sentence: str
    mend: str


def lateness(app: App, now: datetime) -> list[Overdue]:
    """Mark feeds that brought nothing new for longer than their cadence; returns those whose condition changed."""
    with app.store.read() as connection:
        app.names.refresh(connection)  # every node rings this bell: none works for long with yesterday's dictionary
        states = feeds.everything(connection)
    changed = [o for s in states if (o := judge(s, _cadence(app, s.name), now)) is not None]
    if changed:
        with app.store.write() as connection:
            for one in changed:
                feeds.set_condition(connection, one.name, one.condition, one.sentence, one.mend, now)
    return changed


def judge(state: FeedState, cadence: timedelta | None, now: datetime) -> Overdue | None:
    """Pure: whether a feed has become late or silent at `now`; None when its condition stays as it is."""
    if cadence is None or state.condition not in QUIETABLE:
        return None
    last = state.last_new or state.last_success
    if last is None:
        return None
    waited = now - last
    if waited <= cadence:
        return None
    condition = FeedCondition.SILENT if waited > SILENT_AFTER * cadence else FeedCondition.LATE
    if condition is state.condition:
        return None
    since = f"{state.newest:%Y-%m-%d}" if state.newest else f"{last:%Y-%m-%d}"
    sentence = (
        f"No new data since {since}. New data are expected every {cadence.total_seconds() / 86400:g} days. "
        "This does not mean that nothing is in the supply."
    )
    return Overdue(state.name, condition, sentence, "Ask the source whether it still sends, and look at its address.")


def _cadence(app: App, name: str) -> timedelta | None:
    feed = app.configuration.feeds.get(name)
    return None if feed is None else timedelta(days=feed.cadence_days)
