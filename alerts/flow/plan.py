"""The exact texts and audience of one edition: what an approver sees, and byte for byte what is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.audience import Audience, Recipient, audience
from alerts.flow.contents import content, for_contact, kind_of
from alerts.flow.links import delivery_id, unsubscribe_token
from alerts.flow.quiet_hours import not_before
from alerts.flow.select import select
from alerts.model.alert import Alert, AlertVersion
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.reason import ENDINGS
from alerts.store import alerts, outbox, partners, signals
from alerts.store.engine import Connection
from alerts.wording.compose import Composed, compose
from alerts.wording.content import AlertContent
from alerts.wording.lint import lint
from alerts.wording.rules.case import Limits, LintFinding


@dataclass(frozen=True, slots=True)
class Plan:
    """deliveries: the outbox rows as they would be written. texts: the distinct messages they carry. findings: what the
    linter says of them; an error blocks an approval, but never an automatic release: a clumsy warning beats none.

    sha256: over every address and text, in order: what an approval binds to.
    """

    kind: str
    content: AlertContent
    deliveries: tuple[Delivery, ...]
    texts: tuple[Composed, ...]
    findings: tuple[LintFinding, ...]
    audience: Audience
    sha256: str

    @property
    def segments(self) -> int:
        """Text segments in all: what the carrier charges for and how long its line is busy."""
        return sum(d.segments for d in self.deliveries)


def plan(app: App, connection: Connection, alert: Alert, version: AlertVersion, now: datetime) -> Plan:
    """Compose every message of an edition. Reads only; raises WordingError when a template fails."""
    spoken = signals.by_number(connection, version.signals)
    editions = alerts.versions(connection, alert.id)
    first = editions[0]
    first_day = first.at.astimezone(app.configuration.programme.zone).date()
    base = content(app, alert, version, spoken, first_day)
    kind = kind_of(version, spoken)
    told = outbox.reached(connection, alert.id) if version.reason in ENDINGS else None
    contacts = partners.everybody(connection)
    wanted = {c.substances: select(c.substances, app.lexicon, app.configuration.lists) for c in contacts}
    heard = audience(
        substance=alert.substance, places=alert.places, level=version.level, contacts=contacts, wanted=wanted,
        gazetteer=app.gazetteer, told=told,
    )  # fmt: skip
    known = partners.ever_addressed(connection)
    composed: dict[tuple[str, str, str, bool], Composed] = {}
    deliveries: list[Delivery] = []
    for one in heard.recipients:
        contact, address = one.contact, one.address
        fresh = (contact.id, address.channel) not in known
        unsubscribe = unsubscribe_url(app, contact.id, address.channel) if address.channel == "email" else ""
        mine = for_contact(base, contact, opt_out=fresh, unsubscribe=unsubscribe)
        key = (contact.partner.front, address.channel, contact.language, fresh)
        text = composed.get(key)
        # An email bears its reader's own unsubscribe link, so it is composed for each; texts are shared.
        if text is None or unsubscribe:
            text = compose(mine, kind=kind, channel=address.channel, language=contact.language, shelf=app.shelf)
            composed[key] = text
        due = not_before(contact, address.channel, version.level, now)
        deliveries.append(_delivery(app, alert, version, one, kind, text, due=due, now=now))
    texts = tuple(composed.values())
    limits = Limits(k=app.configuration.privacy.smallest_count, segments=app.configuration.sms.segments_most)
    today = now.astimezone(app.configuration.programme.zone).date()
    findings = dict.fromkeys(f for text in texts for f in lint(text, base, limits, today))
    return Plan(kind, base, tuple(deliveries), texts, tuple(findings), heard, _sha256(deliveries))


def unsubscribe_url(app: App, contact: int, channel: str) -> str:
    base = app.configuration.programme.public_url.rstrip("/")
    return f"{base}/unsubscribe/{unsubscribe_token(app.key, contact, channel)}"


def _delivery(
    app: App,
    alert: Alert,
    version: AlertVersion,
    to: Recipient,
    kind: str,
    text: Composed,
    *,
    due: datetime,
    now: datetime,
) -> Delivery:
    contact, channel = to.contact.id, to.address.channel
    return Delivery(
        id=delivery_id(app.key, alert.id, version.version, contact, channel),
        alert=alert.id,
        version=version.version,
        contact=contact,
        channel=channel,
        address=to.address.address,
        language=text.language,
        kind=kind,
        level=version.level,
        state=DeliveryState.QUEUED,
        front=to.contact.partner.front,
        subject=text.subject,
        text=text.text,
        html=text.html,
        segments=text.segments.segments if text.segments else 0,
        created_at=now,
        due_at=due,
        valid_until=due + timedelta(hours=app.configuration.delivery.valid_hours),
        held_because="quiet hours" if due > now else "",
    )


def _sha256(deliveries: Sequence[Delivery]) -> str:
    digest = hashlib.sha256()
    for d in sorted(deliveries, key=lambda d: (d.contact, d.channel)):
        for part in (str(d.contact), d.channel, d.address, d.subject, d.text, d.html):
            raw = part.encode()
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
