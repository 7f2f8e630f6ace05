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
    changed = []
    for state in states:
        cadence, lag_days = _expected(app, state)
        overdue = judge(state, cadence, now, lag_days)
        if overdue is not None:
            changed.append(overdue)
    if changed:
        with app.store.write() as connection:
            for one in changed:
                feeds.set_condition(connection, one.name, one.condition, one.sentence, one.mend, now)
    return changed


def judge(state: FeedState, cadence: timedelta | None, now: datetime, lag_days: int = 0) -> Overdue | None:
    """Pure: whether a feed has become late or silent at `now`; None when its condition stays as it is.

    Two things can be overdue: a source that brings nothing new, and one whose newest data are old however much of it
    comes (an export that is frozen, an archive taken for a feed). lag_days: age that the newest data may well have.
    """
    if cadence is None or state.condition not in QUIETABLE:
        return None
    last = state.last_new or state.last_success
    if last is None:
        return None
    waited = now - last
    if state.newest is not None:
        waited = max(waited, timedelta(days=(now.date() - state.newest).days - lag_days))
    if waited <= cadence:
        return None
    condition = FeedCondition.SILENT if waited > SILENT_AFTER * cadence else FeedCondition.LATE
    if condition is state.condition:
        return None
    since = f"{state.newest:%Y-%m-%d}" if state.newest else f"{last:%Y-%m-%d}"
    sentence = (
        f"No new data since {since}. New data are expected every {cadence.total_seconds() / 86400:g} days"
        + (f", {lag_days} days after they were collected" if lag_days else "")
        + ". This does not mean that nothing is in the supply."
    )
    return Overdue(state.name, condition, sentence, "Ask the source whether it still sends, and look at its address.")


def _expected(app: App, state: FeedState) -> tuple[timedelta | None, int]:
    """How often a feed brings something, and how old its newest data may be: as observed, else as its preset says."""
    feed = app.configuration.feeds.get(state.name)
    if feed is None or not feed.enabled:
        return None, 0
    known = feed.known
    return timedelta(days=feed.cadence_days), max(state.lag_ninety or 0, known.lag_days if known else 0)
