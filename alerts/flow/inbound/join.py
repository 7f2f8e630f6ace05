"""Subscribing by text: asked for with JOIN and a place, and begun only when the question is answered with YES."""

from __future__ import annotations

import re
from datetime import datetime

from alerts.app import App
from alerts.flow.inbound.answers import answer, welcomed
from alerts.flow.partners.add_contact import ContactError, checked, stored
from alerts.store import inbound
from alerts.store.engine import Connection
from detectors.words.zip_counties import counties_of_zip
from notifiers.replies import Reply
from notifiers.twilio_callbacks import Inbound

PARTNER = "Subscribers by text"
ZIP = re.compile(r"\d{5}(?:-?\d{4})?\Z")
MOST = 6
"""Counties of one ZIP code, as many as the row of a wish holds."""


def ask_to_join(app: App, connection: Connection, sender: str, reply: Reply, now: datetime) -> str:
    """Note the wish and ask for its confirmation; "" when the programme does not take subscribers by text."""
    if not app.configuration.delivery.join:
        return ""
    places = _meant(app, reply.argument)
    if not places:
        return ""
    inbound.ask_to_join(connection, inbound.Joining(sender, ";".join(places), reply.language, now))
    return answer(app, "join", None, reply.language, places)


def _meant(app: App, argument: str) -> tuple[str, ...]:
    """Codes of the county, or of the counties of a ZIP code, that somebody wrote; the programme's state for what it
    does not know. The ZIP code itself is not kept."""
    home = app.gazetteer.resolve(app.configuration.programme.state)
    if home is None:
        return ()
    if ZIP.match(argument.strip()):
        counties = [c for c in counties_of_zip(argument) if c.startswith(home)]
        return tuple(counties[:MOST]) or (home,)
    return (app.gazetteer.resolve(app.configuration.programme.state, argument) or home,)


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
