"""A made-up message by the way that real ones go: the outbox, with every check on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.links import delivery_id
from alerts.flow.addressing.quiet_hours import not_before
from alerts.flow.addressing.seal import seal
from alerts.flow.delivery.dispatch import dispatch
from alerts.model.delivery import LAYER, Delivery, DeliveryState
from alerts.model.level import Level
from alerts.store import enqueue, notices, outbox, partners
from alerts.wording.compose import compose
from alerts.wording.variables import Content

VALID = timedelta(minutes=10)
"""A test that could not be sent by then has failed; it must not surprise anybody later."""


class TestMessageError(Exception):
    """The test cannot be made; the text says why and what to do."""


def send_test(
    app: App, channel: str, address: str, content: Content, kind: str, language: str, clock: Callable[[], datetime]
) -> Delivery:
    """Write one row for the contact who has this address, work on what is due, and give the row as it is then.

    Even a test goes only to somebody who agreed to get messages. Raises TestMessageError; ValueError or WordingError
    when there are no such words.
    """
    text = compose(content, kind=kind, channel=LAYER[channel], language=language, shelf=app.shelf)
    now = clock()
    with app.store.write() as connection:
        number = partners.contact_at(connection, channel, address)
        contact = None if number is None else partners.get(connection, number)
        if contact is None:
            raise TestMessageError(
                f"Nobody has agreed to get messages at {address}. Add yourself first: supplywatch partners add "
                f'"Tests" --{_OPTION[channel]} "{address}" --verified --consent "it is mine"'
            )
        notice = notices.once(connection, f"test|{channel}|{contact.id}|{now.isoformat()}", "test", contact.id, now)
        assert notice is not None
        due = not_before(contact, channel, Level.ACT_NOW, now)
        row = Delivery(
            id=delivery_id(app.key, -notice, 1, contact.id, channel), alert=-notice, version=1, contact=contact.id,
            channel=channel, address=address, language=text.language, kind=kind, level=Level.ACT_NOW,
            state=DeliveryState.QUEUED, front=contact.partner.front, subject=text.subject, text=text.text,
            html=text.html, segments=text.segments.segments if text.segments else 0, created_at=now, due_at=due,
            valid_until=due + VALID, held_because="quiet hours" if due > now else "",
        )  # fmt: skip
        enqueue.add(connection, [replace(row, seal=seal(app.key, "", row))])
    while dispatch(app, channel, clock()):
        with app.store.read() as connection:
            if _state(outbox.get(connection, row.id)) is not DeliveryState.QUEUED:
                break
    with app.store.read() as connection:
        found = outbox.get(connection, row.id)
    assert found is not None
    return found


_OPTION = {"sms": "phone", "email": "email", "chat": "chat", "webhook": "webhook"}


def _state(delivery: Delivery | None) -> DeliveryState | None:
    return None if delivery is None else delivery.state
