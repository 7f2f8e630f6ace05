"""What an approver is shown: every distinct message, how many get it, who does not and why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from alerts.app import App
from alerts.flow.plan import Plan
from alerts.flow.plan import plan as make_plan
from alerts.model.alert import Alert, AlertVersion
from alerts.model.delivery import Delivery
from alerts.model.partner import Contact
from alerts.store import partners
from alerts.store.engine import Connection
from alerts.wording.compose import Composed, compose
from alerts.wording.kinds import KINDS
from alerts.wording.shelf import WordingError

_OWN_LINK = re.compile(r"/unsubscribe/[0-9]+-[a-z]+-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Distinct:
    """Messages that differ at most in their reader's own unsubscribe link. sample: the first. count: how many."""

    sample: Delivery
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """The messages of one channel and language: they differ in the partner's name and in the words that end them."""

    channel: str
    language: str
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
class Proposal:
    """plan: what would be sent. groups: its distinct messages, texts first. left_out: by reason.

    layers: (channel, language) of the full page and flyer. unreviewed: profiles of advice that no clinician of the
    programme has signed. problem: why nothing can be shown or sent, "" if all is well.
    """

    plan: Plan | None = None
    groups: tuple[Group, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    layers: tuple[tuple[str, str], ...] = ()
    unreviewed: tuple[str, ...] = ()
    problem: str = ""


def proposal(app: App, connection: Connection, alert: Alert, version: AlertVersion, now: datetime) -> Proposal:
    """The proposal for the newest edition. A template that fails is told to the approver."""
    try:
        planned = make_plan(app, connection, alert, version, now)
    except WordingError as error:
        return Proposal(problem=str(error))
    contacts = {c.id: c for c in partners.everybody(connection)}
    languages = app.configuration.programme.languages
    layers = tuple(
        (c, language) for c in ("page", "flyer") if c in KINDS[planned.kind].channels for language in languages
    )
    advice = {t.action.profile: t.action for t in planned.texts if t.action is not None}
    return Proposal(
        planned,
        _groups(planned),
        _left_out(planned, contacts),
        layers,
        tuple(sorted(name for name, action in advice.items() if not action.reviewed_by)),
    )


def layer(app: App, planned: Plan, channel: str, language: str) -> Composed:
    """The full page or the flyer of a plan. Raises WordingError; ValueError where the kind has no such layer."""
    return compose(planned.content, kind=planned.kind, channel=channel, language=language, shelf=app.shelf)


def _groups(planned: Plan) -> tuple[Group, ...]:
    groups: dict[tuple[str, ...], list[Delivery]] = {}
    for delivery in planned.deliveries:
        key = (delivery.channel, delivery.language, delivery.subject, *map(_common, (delivery.text, delivery.html)))
        groups.setdefault(key, []).append(delivery)
    found: dict[tuple[str, str], list[Distinct]] = {}
    for group in sorted(groups.values(), key=lambda g: (g[0].channel != "sms", g[0].language, -len(g))):
        found.setdefault((group[0].channel, group[0].language), []).append(Distinct(group[0], len(group)))
    return tuple(Group(channel, language, tuple(messages)) for (channel, language), messages in found.items())


def _common(text: str) -> str:
    return _OWN_LINK.sub("/unsubscribe/…", text)


def _left_out(planned: Plan, contacts: dict[int, Contact]) -> tuple[LeftOut, ...]:
    by_reason: dict[str, list[str]] = {}
    for contact, channel, why in planned.audience.left_out:
        known = contacts.get(contact)
        name = f"{known.partner.front}, {known.label}" if known else f"contact {contact}"
        by_reason.setdefault(str(why), []).append(f"{name} ({channel})" if channel else name)
    counted = Counter({why: len(who) for why, who in by_reason.items()})
    return tuple(LeftOut(why, tuple(by_reason[why])) for why, _ in counted.most_common())
