"""What an approver is shown: every distinct message, how many get it, who does not and why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.plan import Plan
from alerts.flow.addressing.plan import plan as make_plan
from alerts.flow.reviewing.estimate import Estimate, estimate
from alerts.model.alert import Alert, AlertVersion
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.partner import Contact
from alerts.store import partners
from alerts.store.engine import Connection
from alerts.wording.compose import Composed
from alerts.wording.compose_anyway import compose_anyway
from alerts.wording.kinds import KINDS
from alerts.wording.rules.case import Severity
from alerts.wording.shelf import WordingError

_OWN_LINK = re.compile(r"/unsubscribe/[0-9]+-[a-z]+-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Distinct:
    """Messages that differ at most in their reader's own link. sample: the first. count: how many."""

    sample: Delivery
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """The messages of one channel and language: they differ in the partner's name and in the words that end them.

    stands_by: they go out only to those whom another channel does not reach.
    """

    channel: str
    language: str
    stands_by: bool
    messages: tuple[Distinct, ...]

    @property
    def receivers(self) -> int:
        return sum(m.count for m in self.messages)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People who are not written to for one reason."""

    why: str
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """Messages of one hour and one reason that do not go out at once. who: names, as in `LeftOut`."""

    why: str
    until: datetime
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """plan: what would be sent. groups: its distinct messages, texts first. left_out: by reason.

    layers: what else the edition is made of: the full page and flyer in each language, and the text and email of a
    language that nobody reads now. unreviewed: profiles of advice that no clinician of the programme has signed.
    estimate: cost and time. waits: who gets it later. fallbacks: a sentence for each template that is missing in a
    language. blocked: the linter's errors, which only a broken glass lets through. problem: why nothing can be shown or
    sent, "" if all is well.
    """

    plan: Plan | None = None
    groups: tuple[Group, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    layers: tuple[Composed, ...] = ()
    unreviewed: tuple[str, ...] = ()
    estimate: Estimate | None = None
    waits: tuple[Waits, ...] = ()
    fallbacks: tuple[str, ...] = ()
    blocked: bool = False
    problem: str = ""


def proposal(app: App, connection: Connection, alert: Alert, version: AlertVersion, now: datetime) -> Proposal:
    """The proposal for the newest edition. A template that fails is told to the approver."""
    try:
        planned = make_plan(app, connection, alert, version, now)
    except WordingError as error:
        return Proposal(problem=str(error))
    contacts = {c.id: c for c in partners.everybody(connection)}
    groups = _groups(planned)
    try:
        layers = _layers(app, planned, {(g.channel, g.language) for g in groups})
    except WordingError as error:
        return Proposal(problem=str(error))
    made = (*planned.texts, *layers)
    advice = {t.action.profile: t.action for t in made if t.action is not None}
    guessed = estimate(app, connection, planned, now)
    return Proposal(
        planned, groups, _left_out(planned, contacts), layers,
        tuple(sorted(name for name, action in advice.items() if not action.reviewed_by)),
        guessed, _waits(guessed, contacts), tuple(dict.fromkeys(t.fallback for t in made if t.fallback)),
        any(f.severity is Severity.ERROR for f in planned.findings),
    )  # fmt: skip


def _layers(app: App, planned: Plan, shown: set[tuple[str, str]]) -> tuple[Composed, ...]:
    wanted = [
        (channel, language)
        for channel in KINDS[planned.kind].channels
        for language in app.configuration.programme.languages
        if (channel, language) not in shown
    ]
    return tuple(layer(app, planned, channel, language) for channel, language in wanted)


def _waits(guessed: Estimate, contacts: dict[int, Contact]) -> tuple[Waits, ...]:
    groups: dict[tuple[str, datetime], list[str]] = {}
    for s in guessed.waiting:
        groups.setdefault((s.why, s.due), []).append(_named(s.contact, s.channel, contacts))
    return tuple(Waits(why, until, tuple(who)) for (why, until), who in groups.items())


def _named(contact: int, channel: str, contacts: dict[int, Contact]) -> str:
    known = contacts.get(contact)
    name = f"{known.partner.front}, {known.label}" if known else f"contact {contact}"
    return f"{name} ({channel})" if channel else name


def layer(app: App, planned: Plan, channel: str, language: str) -> Composed:
    """The full page or the flyer of a plan, or its text or email in a language that nobody reads now.

    Raises WordingError; ValueError where the kind has no such layer.
    """
    return compose_anyway(planned.content, kind=planned.kind, channel=channel, language=language, shelf=app.shelf)


def _groups(planned: Plan) -> tuple[Group, ...]:
    # By text first: a plan for a hundred thousand people has a few dozen of them.
    texts: dict[tuple[int, bool], tuple[int, int]] = {}
    for place, slip in enumerate(planned.slips):
        text = (id(slip.said), bool(slip.turn))
        first, many = texts.get(text, (place, 0))
        texts[text] = (first, many + 1)
    groups: dict[tuple[str, ...], Distinct] = {}
    for first, many in texts.values():
        delivery = planned.deliveries[first]
        same = (
            str(delivery.state), delivery.channel, delivery.language, delivery.subject,
            *map(_common, (delivery.text, delivery.html)),
        )  # fmt: skip
        known = groups.get(same)
        groups[same] = Distinct(known.sample if known else delivery, many + (known.count if known else 0))
    found: dict[tuple[str, str, bool], list[Distinct]] = {}
    for group in sorted(groups.values(), key=_place):
        key = (group.sample.channel, group.sample.language, _stands_by(group.sample))
        found.setdefault(key, []).append(group)
    return tuple(Group(*key, tuple(messages)) for key, messages in found.items())


def _place(group: Distinct) -> tuple[bool, bool, str, int]:
    one = group.sample
    return (_stands_by(one), one.channel != "sms", one.language, -group.count)


def _stands_by(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.STANDBY


def _common(text: str) -> str:
    return _OWN_LINK.sub("/unsubscribe/…", text)


def _left_out(planned: Plan, contacts: dict[int, Contact]) -> tuple[LeftOut, ...]:
    by_reason: dict[str, list[str]] = {}
    for contact, channel, why in planned.left_out:
        by_reason.setdefault(str(why), []).append(_named(contact, channel, contacts))
    counted = Counter({why: len(who) for why, who in by_reason.items()})
    return tuple(LeftOut(why, tuple(by_reason[why])) for why, _ in counted.most_common())
