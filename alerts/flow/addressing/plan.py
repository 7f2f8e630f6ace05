"""The exact texts and audience of one edition: what an approver sees, and byte for byte what is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from alerts.app import App
from alerts.flow.addressing.audience import Audience, LeftOut, audience
from alerts.flow.addressing.channel_order import in_order
from alerts.flow.addressing.contents import as_first, content, for_contact, kind_of
from alerts.flow.addressing.hour import hour, weekly_limits
from alerts.flow.addressing.links import unsubscribe_token
from alerts.flow.addressing.notice_of import notice_of
from alerts.flow.addressing.parts import parts
from alerts.flow.addressing.rows_of import rows_of
from alerts.flow.addressing.slip import Rows, Said, Slip
from alerts.flow.addressing.texts import Texts
from alerts.flow.addressing.weekly_limit import WEEK
from alerts.flow.process.undisturbed import undisturbed
from alerts.flow.scope.select import select
from alerts.model.alert import Alert, AlertState, AlertVersion, VersionState
from alerts.model.delivery import LAYER, SENT_BY, Delivery
from alerts.model.letter import Letter
from alerts.model.reason import ENDINGS, Reason
from alerts.store import alerts, fatigue, partners, reached, signals
from alerts.store.engine import Connection
from alerts.wording.compose import Composed
from alerts.wording.content import AlertContent
from alerts.wording.kinds import KINDS
from alerts.wording.rules.case import Limits, LintFinding


@dataclass(frozen=True, slots=True)
class Plan:
    """slips: who gets which text, by contact and their order of channels, with those that stand by for another one.
    deliveries: the same as rows of the outbox, made as they are read. texts: the distinct messages they carry.
    findings: what the linter says of them; an error blocks an approval, but never an automatic release: a clumsy
    warning beats none. left_out: (contact, channel or "", why).

    knows: who knew of the alert when this was planned. sha256: over every address, text and link, in order: what an
    approval binds to.
    """

    kind: str
    content: AlertContent
    slips: tuple[Slip, ...]
    deliveries: Rows
    texts: tuple[Composed, ...]
    findings: tuple[LintFinding, ...]
    left_out: tuple[tuple[int, str, LeftOut], ...]
    knows: reached.Reach
    sha256: str

    @property
    def segments(self) -> int:
        """Text segments in all: what the carrier charges for and how long its line is busy."""
        return sum(s.said.segments for s in self.first)

    @property
    def first(self) -> tuple[Slip, ...]:
        """What goes out at once, or at its hour; the rest only when one of these fails."""
        return tuple(s for s in self.slips if not s.turn)

    @property
    def pairs(self) -> frozenset[reached.Pair]:
        """Contacts and channels that need no earlier edition any more. Of somebody with an order of channels all of
        them: an old text must not follow by one channel what a new one says by the other."""
        every = {(s.contact, channel) for s in self.slips if s.turn is not None for channel in SENT_BY}
        return frozenset({(s.contact, s.channel) for s in self.slips} | every)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Words that many get, each once."""
        found = {id(s.said): s.said.letter for s in self.slips}
        return tuple(letter for letter in found.values() if letter is not None)


def plan(app: App, connection: Connection, alert: Alert, version: AlertVersion, now: datetime) -> Plan:
    """Compose every distinct message of an edition once, and say who gets it. Contacts are read a batch at a time.
    Reads only; raises WordingError when a template fails."""
    with undisturbed():
        return _plan(app, connection, alert, version, now)


def _plan(app: App, connection: Connection, alert: Alert, version: AlertVersion, now: datetime) -> Plan:
    spoken = signals.by_number(connection, version.signals)
    editions = alerts.versions(connection, alert.id)
    first = editions[0]
    first_day = first.at.astimezone(app.configuration.programme.zone).date()
    knows = reached.reach(connection, alert.id)
    told, worked = knows.told, knows.worked
    reached_at_all = {number for number, _ in told}
    notice = notice_of(connection, version)
    base = content(app, alert, version, spoken, first_day, notice, editions)
    kind = kind_of(version, spoken)
    # Who never got the alert is not told of its update: they get the alert itself, as it is known now.
    whole = as_first(version, first)
    all_spoken = signals.by_number(connection, whole.signals)
    newer = content(app, alert, whole, all_spoken, first_day, notice, editions)
    as_new = (newer, kind_of(whole, all_spoken))
    composed: dict[tuple[str, str, str, bool, bool], Said] = {}
    slips: list[Slip] = []
    left_out: list[tuple[int, str, LeftOut]] = []
    private = app.configuration.privacy
    segments = app.configuration.sms.segments_most
    limits = Limits(k=private.smallest_count, people=private.smallest_population, segments=segments)
    made = Texts(app, limits, now.astimezone(app.configuration.programme.zone).date())
    findings: dict[LintFinding, None] = {}
    most = weekly_limits(app)
    for part in receivers(app, connection, alert, version, editions, knows):
        left_out += part.left_out
        if not part.recipients:
            continue
        span = (part.recipients[0].contact.id, part.recipients[-1].contact.id)
        known = partners.ever_addressed(connection, span)
        week = fatigue.texts_since(connection, now - WEEK, span)
        for one in in_order(part.recipients, worked):
            contact, channel = one.contact, one.address.channel
            fresh = (contact.id, channel) not in known
            has_it = (contact.id, channel) in told or version.version == first.version
            if one.turn is not None and contact.id in reached_at_all:
                # A channel that stands by is used when nobody knows whether the others came through: it tells the
                # whole.
                has_it = has_it or one.turn == 0 or version.reason in ENDINGS
            given, says = (base, kind) if has_it else as_new
            key = (contact.partner.front, channel, contact.language, has_it, fresh)
            link = unsubscribe_url(app, contact.id, channel) if channel == "email" else ""
            said = composed.get(key)
            # A template that does more with the link than print it is composed for each reader.
            if said is None or (link and said.letter is None):
                mine = for_contact(given, contact, opt_out=fresh, unsubscribe=link)
                unheard = said is None
                said, found = made.said(mine, says, LAYER[channel], contact.language)
                if unheard:
                    composed[key] = said
                    findings |= dict.fromkeys(found)
            sent = week.get(contact.id, ())
            due, why = hour(contact, channel, version.level, version.reason, now, sent, most)
            slips.append(Slip(contact.id, channel, one.address.address, said, link, due, why, fresh, one.turn))
    findings |= dict.fromkeys(_of_layers(app, made, base, kind))
    approved = _sha256(slips)
    rows = Rows(slips, partial(_delivery, app, alert, version, approved, now))
    texts = tuple({s.text.sha256: s.text for s in composed.values()}.values())
    return Plan(kind, base, tuple(slips), rows, texts, tuple(findings), tuple(left_out), knows, approved)


def _of_layers(app: App, texts: Texts, content: AlertContent, kind: str) -> Iterator[LintFinding]:
    """What the linter says of the full page and the flyer, which every message links to, in every language."""
    for channel in ("page", "flyer"):
        for language in app.configuration.programme.languages if channel in KINDS[kind].channels else ():
            yield from texts.findings(content, kind, channel, language)


def receivers(
    app: App,
    connection: Connection,
    alert: Alert,
    version: AlertVersion,
    editions: Sequence[AlertVersion],
    knows: reached.Reach,
) -> Iterator[Audience]:
    """Who hears of an edition, a batch of contacts at a time. An end goes to those who were told; a correction of a
    part to those who heard of that part; a new place to those whom it concerns; anything else to everybody who asked
    for it."""
    told = knows.told
    places = tuple(p.place for p in version.places)
    concerned = _concerned(version, editions) or places
    ends = version.reason in ENDINGS
    partly = ends and alert.state is not AlertState.ENDED and version.reason is Reason.CORRECTED
    hearing: Mapping[reached.Pair, frozenset[int]] | set[reached.Pair] = told
    meant: set[reached.Pair] = set()
    if partly:
        taken_off = set(version.new_places)
        with_it = {
            v.version for v in editions if v.version < version.version and taken_off & {p.place for p in v.places}
        }
        hearing = {pair for pair, versions in told.items() if versions & with_it}
        # Their first message waited and was taken back; what is left of the alert is still news to them.
        meant = set(knows.meant) - set(told)
    told_at_all = {number for number, _ in told}
    wanted: dict[tuple[str, ...], frozenset[str]] = {}
    able = frozenset(app.notifiers)
    for contacts in partners.in_batches(connection):
        for c in contacts:
            if c.substances not in wanted:
                wanted[c.substances] = select(c.substances, app.lexicon, app.configuration.lists)
        about = partial(audience, substance=alert.substance, level=version.level, contacts=contacts, wanted=wanted,
                        gazetteer=app.gazetteer, exercise=alert.exercise, channels=able)  # fmt: skip
        if not ends:
            yield about(places=concerned, told=None)
            continue
        heard = about(places=places, told=hearing)
        yield heard if not partly else _with_others(heard, about(places=places, told=None), meant, told_at_all)


def _with_others(
    corrected: Audience, all_of_them: Audience, meant: set[reached.Pair], told_at_all: set[int]
) -> Audience:  # fmt: skip
    others = tuple(
        r
        for r in all_of_them.recipients
        if (r.contact.id, r.address.channel) in meant and not (r.contact.channels and r.contact.id in told_at_all)
    )
    both = sorted((*corrected.recipients, *others), key=lambda r: r.contact.id)
    reached_too = {(r.contact.id, r.address.channel) for r in others}
    return Audience(tuple(both), tuple(one for one in corrected.left_out if one[:2] not in reached_too))


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


def _delivery(app: App, alert: Alert, version: AlertVersion, approved: str, now: datetime, slip: Slip) -> Delivery:
    """The row that the outbox will give back, with its words."""
    (made,) = rows_of(app.key, next(parts(app, alert, version, [slip], approved, now)))
    if slip.said.letter is None:
        return made
    subject, text, html = slip.said.letter.to(slip.link)
    return replace(made, subject=subject, text=text, html=html)


def _sha256(slips: Sequence[Slip]) -> str:
    """Where a text is a letter, its words and the link that goes into them are hashed one after the other."""
    digest = hashlib.sha256()
    for s in sorted(slips, key=lambda s: (s.contact, s.channel)):
        parts = [part.encode() for part in (str(s.contact), s.channel, s.address, s.link, s.said.sha256)]
        digest.update(b"".join([len(part).to_bytes(8, "big") + part for part in parts]))
    return digest.hexdigest()
