"""What somebody saw, as an anonymous sample of low confidence, and for staff to judge."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from alerts.app import App
from alerts.flow.inbound.answers import answer
from alerts.model.partner import Contact
from alerts.store import evidence, reports, work
from alerts.store.engine import Connection
from detectors.sample import Finding, Sample, SampleKind
from detectors.words.locate import places_in
from notifiers.replies import Reply

FEED = "field-reports"
MOST_A_DAY = 3
"""Reports of one number in a day that detectors count; more of them wait for a person all the same."""
OLDEST = timedelta(days=60)
"""What happened longer ago than this is no news."""


def report(app: App, connection: Connection, reply: Reply, contact: Contact | None, texts: int, now: datetime) -> str:
    """Store a report that came by text, and thank for it.

    contact: only lends its county when it has but one and the report names none. texts: of this number today.
    """
    home = app.configuration.programme
    named = [span.code for span in places_in(reply.argument, home.state, app.gazetteer)]
    own = contact.places[0] if contact is not None and len(contact.places) == 1 else ""
    place = named[0] if named else own or app.gazetteer.resolve(home.state) or ""
    keep_report(app, connection, reply.argument, place, None, now, way="text", counts=texts <= MOST_A_DAY)
    return answer(app, "report", contact, reply.language)


def keep_report(
    app: App,
    connection: Connection,
    words: str,
    place: str,
    seen_on: date | None,
    now: datetime,
    *,
    way: str,
    counts: bool,
) -> int:
    """Write a report down without anything of its sender; returns its number.

    seen_on: when it happened; today if it was not said. counts: whether detectors may count it, where a threshold asks
    for field reports. Where it names no substance or no place there is nothing to count, and staff read it all the
    same.
    """
    home = app.configuration.programme
    today = now.astimezone(home.zone).date()
    day = seen_on if seen_on is not None and today - OLDEST <= seen_on <= today else None
    substances = list(dict.fromkeys(span.id for span in app.lexicon.mentions(words)))
    key = secrets.token_hex(16) if substances and place and counts else ""
    if key:
        sample = Sample(
            key=key, kind=SampleKind.FIELD_REPORT, state=home.state, place=place, collected=day or today,
            findings=tuple(Finding(named_as=s, substance=s, method="seen") for s in substances), methods=("seen",),
        )  # fmt: skip
        evidence.store(
            connection, FEED, [sample], now=now, document=0, known_on=lambda _: today, whole=False,
        )  # fmt: skip
        work.ask_for(connection, "watch", now)
    return reports.add(
        connection, day=today, seen_on=day, place=place, substances=substances, words=words, way=way, sample=key
    )
