"""One message to one person that is no edition of an alert: composed, and put into the outbox once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.links import delivery_id
from alerts.flow.addressing.quiet_hours import not_before
from alerts.flow.addressing.seal import seal
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.level import Level
from alerts.model.partner import Contact
from alerts.store import enqueue, notices, partners
from alerts.store.engine import Connection
from alerts.wording.compose_anyway import compose_anyway
from alerts.wording.kinds import KINDS
from alerts.wording.people import PersonContent

FIRST = 1
"""A notice has one edition."""


def send_notice(
    app: App,
    connection: Connection,
    key: str,
    content: PersonContent,
    to: Contact,
    now: datetime,
    *,
    level: Level = Level.ADVISORY,
    only: Collection[str] = (),
    due_at: datetime | None = None,
    hours: int | None = None,
) -> int | None:
    """Write the rows of one notice; returns its number, None when this was said before or there is no way to say it.

    key: what it is about; the same key is said once. only: channels, () for all that the kind has and the contact can
    be reached by. due_at: not before. hours: how long it may still go out. A question whether an address is its
    owner's is the one thing that goes to an address before that is known.
    """
    question = content.kind == "verification"
    ways = [
        a
        for a in to.addresses
        if a.channel in KINDS[content.kind].channels and (not only or a.channel in only)
        and a.consent and not a.disabled and (a.verified or question)
    ]  # fmt: skip
    if not ways or (notice := notices.once(connection, key, content.kind, to.id, now)) is None:
        return None
    known = partners.ever_addressed(connection)
    rows = []
    for a in ways:
        text = compose_anyway(content, kind=content.kind, channel=a.channel, language=to.language, shelf=app.shelf)
        due = max(not_before(to, a.channel, level, now), due_at or now)
        rows.append(
            Delivery(
                id=delivery_id(app.key, -notice, FIRST, to.id, a.channel), alert=-notice, version=FIRST, contact=to.id,
                channel=a.channel, address=a.address, language=text.language, kind=content.kind, level=level,
                state=DeliveryState.QUEUED, front=to.partner.front, subject=text.subject, text=text.text,
                html=text.html, segments=text.segments.segments if text.segments else 0, created_at=now, due_at=due,
                valid_until=due + timedelta(hours=hours or app.configuration.delivery.valid_hours),
                held_because="quiet hours" if due > now else "", first_contact=(to.id, a.channel) not in known,
            )
        )  # fmt: skip
    enqueue.add(connection, [replace(row, seal=seal(app.key, "", row)) for row in rows])
    return notice
