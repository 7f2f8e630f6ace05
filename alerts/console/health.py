"""One address for an outside monitor: does the watch go on?"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from alerts.app import App
from alerts.console.desk import desk_of
from alerts.flow.delivery.read_mailbox import unread_since
from alerts.flow.upkeep.checkpoint import DEPARTS
from alerts.model.feed_state import TROUBLED
from alerts.store import feeds, pulse, settings, work

router = APIRouter()
logger = logging.getLogger("supplywatch.console")

WATCH_MAY_WAIT = timedelta(minutes=2)
"""A look that is due and not taken for longer than this: nobody is watching."""
DAILY_LOOK = timedelta(hours=36)
"""There is a look each day even without new data; half a day of grace for a slow night."""
MESSAGES_MAY_WAIT = timedelta(minutes=10)
"""A message that is due and not taken for longer than this: nobody is sending."""


@router.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
def health(request: Request) -> JSONResponse:
    """200 when all goes on, 503 when not. It names no feed, place or person: anybody may ask."""
    desk = desk_of(request)
    try:
        said = pulse_of(desk.app, desk.clock())
    except Exception:  # whatever a database can raise, to a monitor it means the same
        logger.exception("the database does not answer")
        said = {"ok": False, "database": "unreachable", "problems": ["the database does not answer"]}
    return JSONResponse(said, 200 if said["ok"] else 503)


def pulse_of(app: App, now: datetime) -> dict[str, Any]:
    """What the monitor is told; ages in seconds."""
    with app.store.read() as connection:
        due = pulse.due_since(connection, work.WATCH)
        _, ended, failed = work.last_run(connection, work.WATCH)
        oldest = pulse.oldest_due_message(connection, now)
        unread = unread_since(connection) if app.mailbox is not None else None
        departs = settings.fact(connection, DEPARTS)
        configured = {name for name, feed in app.configuration.feeds.items() if feed.enabled}
        states = [s for s in feeds.everything(connection) if s.name in configured]
    problems = []
    if due is not None and now - due > max(WATCH_MAY_WAIT, 3 * _seconds(app.configuration.clock.lease_seconds)):
        problems.append("the watch is overdue: new data waits and nobody looks at it")
    if ended is not None and now - ended > DAILY_LOOK:
        problems.append("the watch is overdue: the daily look did not happen")
    if failed:
        problems.append("the last look of the watch failed")
    if oldest is not None and now - oldest > MESSAGES_MAY_WAIT:
        problems.append("messages are due and nobody sends them")
    if unread is not None and now - unread.at > timedelta(minutes=app.configuration.mailbox.alarm_minutes):
        problems.append("mail that comes back cannot be read")
    if departs:
        problems.append("the record departs from its last checkpoint")
    return {
        "ok": not problems,
        "database": "reachable",
        "last_watch": ended.isoformat() if ended else None,
        "oldest_due_message_seconds": round((now - oldest).total_seconds()) if oldest else None,
        "feeds": len(states),
        "feeds_in_trouble": sum(s.condition in TROUBLED for s in states),
        "problems": problems,
    }


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=value)
