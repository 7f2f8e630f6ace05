"""The rows of the outbox that a part stands for: the same whenever and by whomever they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from alerts.flow.addressing.links import delivery_id
from alerts.flow.addressing.seal import seal
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.level import Level
from alerts.model.part import Part


def rows_of(key: bytes, part: Part) -> Iterator[Delivery]:
    """Their words are left to their letter, where they have one."""
    level, valid = Level(part.level), timedelta(hours=part.valid_hours)
    ends = [hour + valid for hour in part.hours]
    for line in part.lines:
        words = part.texts[line.words]
        made = Delivery(
            id=delivery_id(key, part.alert, part.version, line.contact, line.channel),
            alert=part.alert,
            version=part.version,
            contact=line.contact,
            channel=line.channel,
            address=line.address,
            language=words.language,
            kind=words.kind,
            level=level,
            state=DeliveryState.STANDBY if line.turn else DeliveryState.QUEUED,
            turn=line.turn,
            front=words.front,
            subject=words.subject,
            text=words.text,
            html=words.html,
            segments=words.segments,
            created_at=part.at,
            due_at=part.hours[line.hour],
            valid_until=ends[line.hour],
            held_because="stands by for another channel" if line.turn else line.why,
            first_contact=line.fresh,
            letter=words.letter,
            own_link=line.link,
        )
        yield replace(made, seal=seal(key, part.approved, made))
