"""A row of the outbox as its carrier takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from alerts.app import App
from alerts.flow.addressing.plan import unsubscribe_url
from alerts.model.delivery import Delivery
from notifiers.message import Message, always


def message(app: App, delivery: Delivery, now: datetime, may_go: Callable[[], bool] = always) -> Message:
    """The bytes are those of the row. may_go: asked by the carrier's module at the last moment."""
    base = app.configuration.programme.public_url.rstrip("/")
    email = delivery.channel == "email"
    return Message(
        delivery_id=delivery.id, to=delivery.address, text=delivery.text, subject=delivery.subject, html=delivery.html,
        front=delivery.front, status_callback=f"{base}/callbacks/twilio/status" if delivery.channel == "sms" else "",
        unsubscribe=unsubscribe_url(app, delivery.contact, "email") if email else "",
        headers={"Date": format_datetime(now), "Content-Language": delivery.language} if email else {}, may_go=may_go,
    )  # fmt: skip
