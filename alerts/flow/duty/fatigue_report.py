"""What was held back, from whom and why: so that staff see what a limit keeps from people, and whether it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.weekly_limit import WEEK, limit_of
from alerts.model.delivery import Delivery
from alerts.model.level import Level
from alerts.model.partner import Contact
from alerts.store import fatigue, held_back, partners
from alerts.store.engine import Connection

LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One contact from whom something was held back.

    texts: about alerts below act now in the last seven days. limits: most of them, by level, 0 for no limit. waiting:
    texts that wait now, soonest first. merged: texts of the last days that went into one with others, each with the
    text that took it in (None when that was taken back again). withdrawn: texts that waited until their alert ended or
    a newer edition took their place.
    """

    contact: Contact
    texts: int
    limits: dict[Level, int]
    waiting: tuple[Delivery, ...]
    merged: tuple[tuple[Delivery, Delivery | None], ...]
    withdrawn: tuple[Delivery, ...]


def fatigue_report(app: App, connection: Connection, now: datetime) -> list[HeldBack]:
    """Everybody from whom a text is held back now or was in the last days; whose waits longest comes first."""
    rules = app.configuration.fatigue
    most = {Level.ACT_NOW: rules.act_now, Level.ADVISORY: rules.advisory, Level.INFO: rules.info}
    texts = fatigue.texts_since(connection, now - WEEK)
    waiting: dict[int, list[Delivery]] = {}
    for row in held_back.waiting(connection, now):
        waiting.setdefault(row.contact, []).append(row)
    merged: dict[int, list[tuple[Delivery, Delivery | None]]] = {}
    for row, into in held_back.merged_since(connection, now - LOOKS_BACK):
        merged.setdefault(row.contact, []).append((row, into))
    withdrawn: dict[int, list[Delivery]] = {}
    for row in held_back.withdrawn_since(connection, now - LOOKS_BACK):
        withdrawn.setdefault(row.contact, []).append(row)
    found = [
        HeldBack(
            contact, sum(1 for at in texts.get(contact.id, ()) if at <= now),
            {level: limit_of(contact, level, most) for level in Level}, tuple(waiting.get(contact.id, ())),
            tuple(merged.get(contact.id, ())), tuple(withdrawn.get(contact.id, ())),
        )
        for contact in partners.everybody(connection, active=False)
        if contact.id in waiting or contact.id in merged or contact.id in withdrawn
    ]  # fmt: skip
    return sorted(found, key=lambda h: (not h.waiting, -len(h.waiting), h.contact.id))
