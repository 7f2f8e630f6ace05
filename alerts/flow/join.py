"""Subscribing by text: asked for with JOIN and a place, and begun only when the question is answered with YES."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.add_contact import ContactError, checked, stored
from alerts.flow.answers import answer, welcomed
from alerts.store import inbound
from alerts.store.engine import Connection
from notifiers.replies import Reply
from notifiers.twilio_callbacks import Inbound

PARTNER = "Subscribers by text"


def ask_to_join(app: App, connection: Connection, sender: str, reply: Reply, now: datetime) -> str:
    """Note the wish and ask for its confirmation; "" when the programme does not take subscribers by text."""
    if not app.configuration.delivery.join:
        return ""
    home = app.configuration.programme.state
    place = app.gazetteer.resolve(home, reply.argument) or app.gazetteer.resolve(home)
    if place is None:
        return ""
    inbound.ask_to_join(connection, inbound.Joining(sender, place, reply.language, now))
    return answer(app, "join", None, reply.language, (place,))


def confirm(app: App, connection: Connection, text: Inbound, reply: Reply, since: datetime, now: datetime) -> str:
    """Make a contact of who was asked since then; "" for a yes to nothing."""
    wish = inbound.take_joining(connection, text.sender, since)
    if wish is None:
        return ""
    row = {
        "partner": PARTNER, "front": app.configuration.programme.name, "label": "", "phone": wish.address,
        "language": wish.language, "places": wish.place, "consent": f"JOIN, then {text.text}"[:200],
    }  # fmt: skip
    try:
        contact = stored(connection, checked(app, connection, row), row["consent"], "text, confirmed", now)
    except ContactError:
        return ""
    return welcomed(app, contact, wish.language)
