"""The front page: what needs a person now, what is open, what was said last, and where no data comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.config.feed import Feed
from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.visitor import InToday
from alerts.flow.detection.unheard import unheard
from alerts.model.alert import Alert, AlertState, AlertVersion, VersionState
from alerts.model.feed_state import TROUBLED, FeedCondition
from alerts.store import (
    alerts,
    carriers,
    dead_letters,
    duty,
    feeds,
    outbox,
    partners,
    reports,
    side_evidence,
    signals,
    silences,
)

router = APIRouter()

_LAST = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """An edition that waits for a person. late: its deadline has passed."""

    alert: Alert
    version: AlertVersion
    late: bool


@router.get("/")
def today(request: Request, visitor: InToday, live: str = "") -> HTMLResponse:
    desk = desk_of(request)
    now = desk.clock()
    for_staff = [name for name, method in desk.app.methods.items() if method.for_staff]
    with desk.app.store.read() as connection:
        waiting = []
        for held in alerts.versions_in(connection, {VersionState.HELD}):
            alert = alerts.get(connection, held.alert)
            if alert is not None:
                waiting.append(Waiting(alert, held, held.deadline is not None and held.deadline <= now))
        states = [s for s in feeds.everything(connection) if _read(desk.app.configuration.feeds, s.name)]
        unknown = side_evidence.unrecognised_names(connection)
        return page(
            request,
            "today.html",
            visitor,
            room="today",
            live=live == "1",
            waiting=waiting,
            broken=[(v, alerts.get(connection, v.alert)) for v in alerts.unreviewed_break_glass(connection)],
            hush=silences.in_force(connection, now),
            nobody=not duty.roster(connection),
            alone=not partners.anybody(connection),
            files=[channel for channel, notifier in desk.app.notifiers.items() if notifier.name == "file"],
            failed=dead_letters.count(connection),
            reported=reports.count_waiting(connection),
            circuits=carriers.open_circuits(connection),
            troubled=[s for s in states if s.condition in TROUBLED],
            feeds=states,
            never=[s for s in states if s.condition is FeedCondition.NEVER],
            unknown=unknown,
            open=alerts.everything(connection, state=AlertState.OPEN),
            signals=signals.latest(connection, _LAST, for_staff),
            unheard=unheard(desk.app, connection, now),
            messages=[(d, alerts.get(connection, d.alert)) for d in outbox.latest(connection, _LAST)],
        )


def _read(configured: Mapping[str, Feed], name: str) -> bool:
    """Whether a feed is still in the configuration: one that was taken out must not alarm for ever."""
    return name in configured and configured[name].enabled
