"""The exact texts and audience of one edition: what an approver sees, and byte for byte what is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from alerts.app import App
from alerts.flow.audience import Audience, Recipient, audience
from alerts.flow.channel_order import in_order
from alerts.flow.contents import as_first, content, for_contact, kind_of
from alerts.flow.hour import hour, weekly_limits
from alerts.flow.links import delivery_id, unsubscribe_token
from alerts.flow.notice_of import notice_of
from alerts.flow.select import select
from alerts.flow.weekly_limit import WEEK
from alerts.model.alert import Alert, AlertState, AlertVersion, VersionState
from alerts.model.delivery import LAYER, SENT_BY, Delivery, DeliveryState
from alerts.model.reason import ENDINGS, Reason
from alerts.store import alerts, fatigue, partners, reached, signals
from alerts.store.engine import Connection
from alerts.wording.compose import Composed, compose
from alerts.wording.content import AlertContent
from alerts.wording.lint import lint
from alerts.wording.rules.case import Limits, LintFinding


@dataclass(frozen=True, slots=True)
class Plan:
    """deliveries: the outbox rows as they would be written, with those that stand by for another channel.

    texts: the distinct messages they carry. findings: what the linter says of them; an error blocks an approval, but
    never an automatic release: a clumsy warning beats none.
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
        return sum(d.segments for d in self.first)

    @property
    def first(self) -> tuple[Delivery, ...]:
        """What goes out at once, or at its hour; the rest only when one of these fails."""
        return tuple(d for d in self.deliveries if d.state is not DeliveryState.STANDBY)

    @property
    def pairs(self) -> frozenset[reached.Pair]:
        """Contacts and channels that need no earlier edition any more. Of somebody with an order of channels all of
        them: an old text must not follow by one channel what a new one says by the other."""
        every = {(d.contact, channel) for d in self.deliveries if d.turn is not None for channel in SENT_BY}
        return frozenset({(d.contact, d.channel) for d in self.deliveries} | every)


def plan(app: App, connection: Connection, alert: Alert, version: AlertVersion, now: datetime) -> Plan:
    """Compose every message of an edition. Reads only; raises WordingError when a template fails."""
    spoken = signals.by_number(connection, version.signals)
    editions = alerts.versions(connection, alert.id)
    first = editions[0]
    first_day = first.at.astimezone(app.configuration.programme.zone).date()
    told = reached.told(connection, alert.id)
    heard = receivers(app, connection, alert, version, editions, told)
    heard = replace(heard, recipients=in_order(heard.recipients, reached.worked(connection, alert.id)))
    reached_at_all = {number for number, _ in told}
    notice = notice_of(connection, version)
    base = content(app, alert, version, spoken, first_day, notice)
    kind = kind_of(version, spoken)
    # Who never got the alert is not told of its update: they get the alert itself, as it is known now.
    whole = as_first(version, first)
    all_spoken = signals.by_number(connection, whole.signals)
    as_new = (content(app, alert, whole, all_spoken, first_day, notice), kind_of(whole, all_spoken))
    known = partners.ever_addressed(connection)
    week = fatigue.texts_since(connection, now - WEEK)
    most = weekly_limits(app)
    composed: dict[tuple[str, str, str, str, bool], Composed] = {}
    deliveries: list[Delivery] = []
    limits = Limits(k=app.configuration.privacy.smallest_count, segments=app.configuration.sms.segments_most)
    today = now.astimezone(app.configuration.programme.zone).date()
    findings: dict[LintFinding, None] = {}
    for one in heard.recipients:
        contact, address = one.contact, one.address
        fresh = (contact.id, address.channel) not in known
        unsubscribe = unsubscribe_url(app, contact.id, address.channel) if address.channel == "email" else ""
        has_it = (contact.id, address.channel) in told or version.version == first.version
        if one.turn is not None and contact.id in reached_at_all:
            # A channel that stands by is used when nobody knows whether the others came through: it tells the whole.
            has_it = has_it or one.turn == 0 or version.reason in ENDINGS
        given, says = (base, kind) if has_it else as_new
        layer = LAYER[address.channel]
        key = (contact.partner.front, address.channel, contact.language, says, fresh)
        text = composed.get(key)
        # An email bears its reader's own unsubscribe link, so it is composed for each; texts are shared.
        if text is None or unsubscribe:
            mine = for_contact(given, contact, opt_out=fresh, unsubscribe=unsubscribe)
            made = compose(mine, kind=says, channel=layer, language=contact.language, shelf=app.shelf)
            if text is None:
                findings |= dict.fromkeys(lint(made, mine, limits, today))
            composed.setdefault(key, made)
            text = made
        due, why = hour(contact, address.channel, version.level, version.reason, now, week.get(contact.id, ()), most)
        deliveries.append(_delivery(app, alert, version, one, says, text, due, why, now, fresh=fresh))
    return Plan(kind, base, tuple(deliveries), tuple(composed.values()), tuple(findings), heard, _sha256(deliveries))


def receivers(
    app: App,
    connection: Connection,
    alert: Alert,
    version: AlertVersion,
    editions: Sequence[AlertVersion],
    told: Mapping[reached.Pair, frozenset[int]],
) -> Audience:
    """Who hears of an edition. An end goes to those who were told; a correction of a part to those who heard of that
    part; a new place to those whom it concerns; anything else to everybody who asked for it."""
    contacts = partners.everybody(connection)
    wanted = {c.substances: select(c.substances, app.lexicon, app.configuration.lists) for c in contacts}
    about = partial(audience, substance=alert.substance, level=version.level, contacts=contacts, wanted=wanted,
                    gazetteer=app.gazetteer, exercise=alert.exercise, channels=frozenset(app.notifiers))  # fmt: skip
    places = tuple(p.place for p in version.places)
    if version.reason not in ENDINGS:
        concerned = _concerned(version, editions) or places
        return about(places=concerned, told=None)
    if alert.state is AlertState.ENDED or version.reason is not Reason.CORRECTED:
        return about(places=places, told=told)
    taken_off = set(version.new_places)
    with_it = {v.version for v in editions if v.version < version.version and taken_off & {p.place for p in v.places}}
    corrected = about(places=places, told={pair for pair, versions in told.items() if versions & with_it})
    # Their first message waited and was taken back; what is left of the alert is still news to them.
    meant = reached.ever_meant(connection, alert.id) - set(told)
    heard = {number for number, _ in told}
    others = tuple(
        r
        for r in about(places=places, told=None).recipients
        if (r.contact.id, r.address.channel) in meant and not (r.contact.channels and r.contact.id in heard)
    )
    both = sorted((*corrected.recipients, *others), key=lambda r: r.contact.id)
    reached_too = {(r.contact.id, r.address.channel) for r in others}
    left_out = tuple(one for one in corrected.left_out if one[:2] not in reached_too)
    return Audience(tuple(both), left_out)


def _concerned(version: AlertVersion, editions: Sequence[AlertVersion]) -> tuple[str, ...]:
    """The places that nobody was told of yet, when they are all that is new: a quiet county that joins must not page
    everybody again."""
    if version.change != "new_place":
        return ()
    said = {p.place for v in editions if v.state is VersionState.ADDRESSED for p in v.places}
    return tuple(p.place for p in version.places if p.place not in said)


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
    due: datetime,
    why: str,
    now: datetime,
    *,
    fresh: bool,
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
        state=DeliveryState.STANDBY if to.turn else DeliveryState.QUEUED,
        turn=to.turn,
        front=to.contact.partner.front,
        subject=text.subject,
        text=text.text,
        html=text.html,
        segments=text.segments.segments if text.segments else 0,
        created_at=now,
        due_at=due,
        valid_until=due + timedelta(hours=app.configuration.delivery.valid_hours),
        held_because="stands by for another channel" if to.turn else why,
        first_contact=fresh,
    )


def _sha256(deliveries: Sequence[Delivery]) -> str:
    digest = hashlib.sha256()
    for d in sorted(deliveries, key=lambda d: (d.contact, d.channel)):
        for part in (str(d.contact), d.channel, d.address, d.subject, d.text, d.html):
            raw = part.encode()
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
