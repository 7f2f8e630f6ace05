"""Read feeds that are due: fetch, keep the raw bytes, parse, name, store. Broken ≠ empty ≠ unchanged.

A worker claims the feed's row, then works without a database session until it has something to write. Whatever goes
wrong ends in a condition with a sentence and a mend on the feed's own page; nothing that was understood is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import blake2b

from alerts.app import App
from alerts.config.feed import Feed
from alerts.flow.collection.brought import Brought, Nothing
from alerts.flow.collection.fetch import fetch
from alerts.flow.collection.keep import Kept, keep
from alerts.model.feed_state import FeedCondition, FeedState
from alerts.store import feeds, work
from alerts.store.lags import lag
from detectors.feeds.fetched import FetchRefused, NotFetched
from detectors.sample import BrokenDocument

log = logging.getLogger("supplywatch.collect")

PAUSE_AFTER_FAILURES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""Least wait after the first, second … failed poll in a row; the last holds for all further ones."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one poll ended. changed: evidence changed, so the detectors have something to look at."""

    feed: str
    condition: FeedCondition
    sentence: str
    changed: bool = False


def collect(
    app: App,
    now: datetime,
    *,
    only: Iterable[str] | None = None,
    force: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> list[Outcome]:
    """Poll the feeds that are due (all named ones with `force`); returns one outcome for each that this node took.

    progress: told the feed and the number of samples read so far of the document at hand.
    """
    enabled = {name for name, feed in app.configuration.feeds.items() if feed.enabled}
    names = enabled if only is None else enabled & set(only)
    lease = timedelta(seconds=app.configuration.clock.lease_seconds) + timedelta(minutes=10)
    with app.store.write() as connection:
        app.names.refresh(connection)
        claimed = feeds.claim_due(
            connection, only=names, owner=app.store.owner, now=now, lease=lease, even_if_early=force
        )
    return [
        _poll(app, s, app.configuration.feeds[s.name], now, progress and partial(progress, s.name)) for s in claimed
    ]


def _poll(app: App, before: FeedState, feed: Feed, now: datetime, progress: Callable[[int], None] | None) -> Outcome:
    state = replace(before, last_try=now, next_due=now + feed.every + _spread(before.name, feed.every, now))
    kept: Kept | None = None
    try:
        brought = fetch(app, before, feed, now)
        if isinstance(brought, Nothing):
            state = _unchanged(state, brought, now)
        else:
            kept = keep(app, before, feed, brought, now, progress)
            state = _read(state, brought, kept, now)
            if kept.broken is not None:
                state = _broken(state, kept.broken, now)
    except FetchRefused as refusal:
        state = _failed(state, FeedCondition.REFUSED, refusal.reason, refusal.mend, now, refusal.retry_after)
        state = replace(state, http_status=refusal.status or None)
    except NotFetched as failure:
        state = _failed(state, FeedCondition.BROKEN, failure.reason, failure.mend, now, failure.retry_after)
        state = replace(state, http_status=failure.status or None)
    except BrokenDocument as broken:
        state = _broken(state, broken, now)
    if kept is not None and kept.changed:
        today = now.astimezone(app.configuration.programme.zone).date()
        with app.store.read() as connection:
            seen = lag(connection, before.name, today)
        if seen is not None:
            state = replace(state, lag_tenth=seen.tenth, lag_median=seen.median, lag_ninety=seen.ninety)
    with app.store.write() as connection:
        feeds.finish(connection, state, owner=app.store.owner, now=now)
        if kept is not None and kept.changed:
            work.ask_for(connection, work.WATCH, now)
    log.info("%s: %s %s", state.name, state.condition, state.sentence)
    return Outcome(state.name, state.condition, state.sentence, kept is not None and kept.changed)


def _spread(name: str, every: timedelta, now: datetime) -> timedelta:
    """Up to a tenth of the interval more, five minutes at the most, so that many feeds and many programmes do not ask
    one source in the same second. Made of the name and the hour, so that a replayed day is the same day. A feed that
    is read every few minutes is left alone: its operator wants it so."""
    if every < timedelta(minutes=10):
        return timedelta()
    share = int.from_bytes(blake2b(f"{name}|{now.isoformat()}".encode(), digest_size=4).digest()) / 2**32
    return min(every / 10, timedelta(minutes=5)) * share


def _broken(state: FeedState, broken: BrokenDocument, now: datetime) -> FeedState:
    state = _failed(state, FeedCondition.BROKEN, broken.reason, broken.mend, now, None)
    if broken.line:
        column = f", column {broken.column}" if broken.column else ""
        state = replace(state, sentence=f"{broken.reason} (line {broken.line}{column})")
    # The next poll must see the document whole: its tag would say "unchanged" and leave the feed broken.
    return replace(state, etag="", last_modified="", last_sha256="")


def _unchanged(state: FeedState, nothing: Nothing, now: datetime) -> FeedState:
    if state.condition is FeedCondition.NEVER:
        # Only a drop folder has nothing at its first reading. Nothing is known from it, and it must not look well.
        state = replace(
            state, condition=FeedCondition.EMPTY,
            sentence="The folder holds no file to read yet: nothing is known from it.",
            mend="Put the first file there, or ask the source whether it sends to this folder.",
        )  # fmt: skip
    # A feed that was late stays late: that it still answers is not news.
    calm = {FeedCondition.LATE, FeedCondition.SILENT, FeedCondition.EMPTY}
    condition = state.condition if state.condition in calm else FeedCondition.UNCHANGED
    sentence = state.sentence if state.condition in calm else "The source has nothing new since the last reading."
    return replace(
        state, condition=condition, sentence=sentence, mend=state.mend if state.condition in calm else "", failures=0,
        last_success=now, http_status=nothing.status, next_due=_not_before(state, now, nothing.wait),
    )  # fmt: skip


def _read(state: FeedState, brought: Brought, kept: Kept, now: datetime) -> FeedState:
    counts = (
        f"{kept.rows} rows: {kept.new} new, {kept.revised} changed, {kept.retracted} withdrawn"
        + (f", {kept.quarantined} set aside" if kept.quarantined else "")
        + "."
    )
    condition = FeedCondition.FRESH
    sentence, mend = " ".join((counts, *kept.notes)), ""
    if kept.quarantined:
        mend = f"Look at the {kept.quarantined} rows set aside: each says what is wrong with it."
    if kept.rows == 0:
        condition = FeedCondition.EMPTY
        sentence = "The document is well formed but holds no rows. That is not the same as: nothing was found."
        mend = "Ask the source whether it still publishes here."
    return replace(
        state, condition=condition, sentence=sentence, mend=mend, etag=brought.etag,
        last_modified=brought.last_modified, last_sha256=brought.sha256, last_success=now,
        last_new=now if kept.changed else state.last_new, newest=_newest(state.newest, kept.newest), failures=0,
        http_status=brought.status, seen=kept.rows, new=kept.new, revised=kept.revised, retracted=kept.retracted,
        quarantined=kept.quarantined, next_due=_not_before(state, now, brought.wait),
    )  # fmt: skip


def _failed(
    state: FeedState, condition: FeedCondition, reason: str, mend: str, now: datetime, retry_after: float | None
) -> FeedState:
    pause = PAUSE_AFTER_FAILURES[min(state.failures, len(PAUSE_AFTER_FAILURES) - 1)]
    assert state.next_due is not None
    # A feed that is polled each second is asked again at its own pace: its operator wants it so.
    due = state.next_due if state.next_due - now < PAUSE_AFTER_FAILURES[0] else max(state.next_due, now + pause)
    if retry_after is not None:
        due = max(due, now + timedelta(seconds=retry_after))
    return replace(state, condition=condition, sentence=reason, mend=mend, failures=state.failures + 1, next_due=due)


def _not_before(state: FeedState, now: datetime, wait: float | None) -> datetime:
    assert state.next_due is not None
    return max(state.next_due, now + timedelta(seconds=wait or 0))


def _newest(before: date | None, read: date | None) -> date | None:
    return max((d for d in (before, read) if d is not None), default=None)
