"""What somebody saw, as an anonymous sample of low confidence."""

from __future__ import annotations

import secrets
from datetime import datetime

from alerts.app import App
from alerts.flow.answers import answer
from alerts.model.partner import Contact
from alerts.store import evidence, work
from alerts.store.engine import Connection
from detectors.sample import Finding, Sample, SampleKind
from detectors.words.locate import places_in
from notifiers.replies import Reply

FEED = "field-reports"
MOST_A_DAY = 3
"""Reports of one number in a day that detectors count; more of them wait for a person all the same."""


def report(app: App, connection: Connection, reply: Reply, contact: Contact | None, texts: int, now: datetime) -> str:
    """Store a report as a sample without anything of its sender, and thank for it.

    contact: only lends its county when it has but one and the report names none. texts: of this number today.
    """
    state = app.configuration.programme.state
    substances = list(dict.fromkeys(span.id for span in app.lexicon.mentions(reply.argument)))
    named = [span.code for span in places_in(reply.argument, state, app.gazetteer)]
    own = contact.places[0] if contact is not None and len(contact.places) == 1 else ""
    place = named[0] if named else own or app.gazetteer.resolve(state) or ""
    if substances and place and texts <= MOST_A_DAY:
        today = now.astimezone(app.configuration.programme.zone).date()
        sample = Sample(
            key=secrets.token_hex(16), kind=SampleKind.FIELD_REPORT, state=state, place=place, collected=today,
            findings=tuple(Finding(named_as=s, substance=s, method="seen") for s in substances), methods=("seen",),
        )  # fmt: skip
        evidence.store(
            connection, FEED, [sample], now=now, document=0, known_on=lambda _: today, whole=False,
        )  # fmt: skip
        work.ask_for(connection, "watch", now)
    return answer(app, "report", contact, reply.language)
