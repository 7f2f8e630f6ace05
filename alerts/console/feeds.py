"""Feeds: how each one does, since when, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.app import App
from alerts.config.feed import Feed
from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.visitor import InFeeds
from alerts.model.feed_state import TROUBLED, FeedCondition, FeedState
from alerts.store import feeds, side_evidence
from detectors.feeds.presets import Preset

router = APIRouter()

MEANS: dict[FeedCondition, str] = {
    FeedCondition.NEVER: "It has not been read yet, so nothing is known from it.",
    FeedCondition.FRESH: "The last reading brought something new.",
    FeedCondition.UNCHANGED: "The last reading brought the same as the one before.",
    FeedCondition.EMPTY: "It could be read, and had nothing in it.",
    FeedCondition.LATE: "New data should have come by now.",
    FeedCondition.SILENT: "Nothing new has come for a long time. Silence is not safety.",
    FeedCondition.BROKEN: "What it sends cannot be read.",
    FeedCondition.REFUSED: "Its server does not let us in.",
}
"""What a condition means for the people who rely on the feed."""


@dataclass(frozen=True, slots=True)
class Room:
    """One feed: its state, what the configuration says of it (None when it was taken out), its source's facts, and the
    day since which what was collected is not complete (None where nobody knows how long its results take)."""

    state: FeedState
    settings: Feed | None
    preset: Preset | None
    incomplete: date | None = None

    @property
    def troubled(self) -> bool:
        return self.state.condition in TROUBLED


@router.get("/feeds")
def overview(request: Request, visitor: InFeeds) -> HTMLResponse:
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        rooms = [_room(desk.app, state, desk.clock()) for state in feeds.everything(connection)]
        unknown = side_evidence.unrecognised_names(connection)
        bulletins = side_evidence.latest_bulletins(connection)
    rooms.sort(key=lambda r: (r.settings is None, not r.troubled, r.state.name))
    return page(
        request, "feeds.html", visitor, room="feeds", feeds=rooms, means=MEANS, unknown=unknown, bulletins=bulletins
    )


@router.get("/feeds/{name}")
def show(request: Request, visitor: InFeeds, name: str) -> HTMLResponse:
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        state = next((s for s in feeds.everything(connection) if s.name == name), None)
        if state is None:
            raise Refusal(*NOT_FOUND)
        return page(
            request,
            "feed.html",
            visitor,
            room="feeds",
            feed=_room(desk.app, state, desk.clock()),
            means=MEANS,
            events=feeds.events(connection, name),
            aside=side_evidence.aside(connection, name),
            unknown=[u for u in side_evidence.unrecognised_names(connection) if u.feed == name],
        )


def _room(app: App, state: FeedState, now: datetime) -> Room:
    settings = app.configuration.feeds.get(state.name)
    today = now.astimezone(app.configuration.programme.zone).date()
    return Room(state, settings, settings.known if settings else None, state.incomplete_since(today))
