"""The digest: what changed, what ended, what is open and what was not heard from, to those who asked for it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.app import App
from alerts.flow.addressing.contents import kind_of
from alerts.flow.addressing.plan import unsubscribe_url
from alerts.flow.addressing.send_notice import send_notice
from alerts.flow.scope.place_names import shown_places
from alerts.flow.scope.region import covers
from alerts.flow.scope.select import select
from alerts.model.alert import Alert, AlertState, AlertVersion, VersionState
from alerts.model.feed_state import FeedCondition
from alerts.model.level import Level
from alerts.model.partner import Contact
from alerts.model.reason import ENDINGS
from alerts.store import alerts, feeds, held_back, partners, signals
from alerts.store.engine import Connection
from alerts.wording.people import AlertLine, Digest, QuietSource

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN = {"daily": 1, "weekly": 7}
UNHEARD = frozenset({FeedCondition.LATE, FeedCondition.SILENT, FeedCondition.BROKEN, FeedCondition.REFUSED})


def digest(app: App, now: datetime) -> int:
    """Write the digests that are due in their readers' own time zones; returns how many. Each is written once."""
    written = 0
    with app.store.write() as connection:
        wanting = [c for c in partners.everybody(connection) if c.digest in SPAN]
        for contact in wanting:
            last = _due(app, contact, now)
            if last is None:
                continue
            key = f"digest|{contact.id}|{contact.digest}|{last.isoformat()}"
            content = compile_digest(app, connection, contact, last, now)
            sent = send_notice(app, connection, key, content, contact, now, level=Level.INFO, only=("email",))
            written += sent is not None
    return written


def compile_digest(app: App, connection: Connection, contact: Contact, last: date, now: datetime) -> Digest:
    """The digest of the days that end with `last`, for one contact: only the places and substances they asked for."""
    first = last - timedelta(days=SPAN.get(contact.digest, 7) - 1)
    zone = ZoneInfo(contact.time_zone)
    changed: list[AlertLine] = []
    ended: list[AlertLine] = []
    running: list[AlertLine] = []
    for alert in alerts.everything(connection):
        told = [v for v in alerts.versions(connection, alert.id) if v.state is VersionState.ADDRESSED]
        if alert.exercise or not told or not _wants(app, contact, alert):
            continue
        newest = told[-1]
        inside = first <= newest.at.astimezone(zone).date() <= last
        line = _line(app, connection, alert, newest)
        if inside and newest.reason in ENDINGS and alert.state is AlertState.ENDED:
            ended.append(line)
        elif inside:
            changed.append(line)
        elif alert.state is AlertState.OPEN:
            running.append(line)
    programme = app.configuration.programme
    return Digest(
        front=contact.partner.front, programme=programme.name, first=first, last=last, changed=tuple(changed),
        ended=tuple(ended), open=tuple(running), quiet=_quiet(app, connection),
        link=programme.public_url.rstrip("/"), held_back=held_back.count_of(connection, contact.id),
        unsubscribe=unsubscribe_url(app, contact.id, "email"), simulated=programme.simulated,
    )  # fmt: skip


def _due(app: App, contact: Contact, now: datetime) -> date | None:
    """The last day that the digest due now is about; None when none is due at this hour."""
    rules = app.configuration.partners
    local = now.astimezone(ZoneInfo(contact.time_zone))
    at: time = rules.digest_at
    today = contact.digest == "daily" or local.weekday() == DAYS.index(rules.digest_day)
    return local.date() - timedelta(days=1) if today and local.time() >= at else None


def _wants(app: App, contact: Contact, alert: Alert) -> bool:
    """Place and substance; a digest also tells of levels below those that they want to be woken by."""
    wanted = select(contact.substances, app.lexicon, app.configuration.lists)
    near = any(covers(mine, place, app.gazetteer) for mine in contact.places for place in alert.places)
    return near and alert.substance in wanted


def _line(app: App, connection: Connection, alert: Alert, version: AlertVersion) -> AlertLine:
    substance = app.lexicon.substances[alert.substance]
    programme = app.configuration.programme
    return AlertLine(
        alert=alert.number, name=substance.display("en"),
        places=shown_places(app, tuple(p.place for p in version.places)),
        kind=kind_of(version, signals.by_number(connection, version.signals)), level=str(version.level),
        on=version.at.astimezone(programme.zone).date(), link=f"{programme.public_url.rstrip('/')}/a/{alert.number}",
        profile=substance.action,
    )  # fmt: skip


def _quiet(app: App, connection: Connection) -> tuple[QuietSource, ...]:
    """Sources that were not heard of, under the names that messages give them: silence is never good news."""
    known = app.configuration.feeds
    return tuple(
        QuietSource(known[s.name].source or s.name.replace("-", " "), s.newest)
        for s in feeds.everything(connection)
        if s.name in known and s.condition in UNHEARD
    )
