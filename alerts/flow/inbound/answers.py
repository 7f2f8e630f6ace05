"""The words of answers to what people write."""

from __future__ import annotations

from alerts.app import App
from alerts.model.delivery import DeliveryState
from alerts.model.partner import Contact
from alerts.store import alerts, notices, outbox, partners
from alerts.store.engine import Connection
from alerts.wording.compose_anyway import compose_anyway
from alerts.wording.people import Answer, Help, PersonContent, StartConfirmation, StopConfirmation, Welcome, Why
from alerts.wording.place_name import PlaceName


def answer(app: App, about: str, contact: Contact | None, language: str, places: tuple[str, ...] = ()) -> str:
    """See wording.people.Answer."""
    said = Answer(_front(app, contact), _programme(app), about, _places(app, places), _reached(app))
    return _words(app, said, language)


def help_words(app: App, contact: Contact | None, language: str) -> str:
    return _words(app, Help(_front(app, contact), _programme(app), _reached(app)), language)


def stopped(app: App, contact: Contact, language: str) -> str:
    return _words(app, StopConfirmation(_front(app, contact), _programme(app), _reached(app)), language)


def started(app: App, contact: Contact, language: str) -> str:
    return _words(app, StartConfirmation(_front(app, contact), _programme(app), _places(app, contact.places)), language)


def welcomed(app: App, contact: Contact, language: str) -> str:
    said = Welcome(_front(app, contact), _programme(app), _places(app, contact.places), contact=_reached(app))
    return _words(app, said, language)


def why(app: App, connection: Connection, contact: Contact, language: str) -> str:
    """What made them a receiver of the last alert they got; the words of HELP when they never got one."""
    given = next((c for c in reversed(partners.consent_log(connection, contact.id)) if c.given), None)
    last = last_told(connection, contact.id)
    alert = None if last is None else alerts.get(connection, last[0])
    if alert is None or given is None:
        return help_words(app, contact, language)
    said = Why(
        front=_front(app, contact), programme=_programme(app), alert=alert.number,
        name=app.lexicon.substances[alert.substance].display("en"), places=_places(app, contact.places),
        since=given.at.astimezone(app.configuration.programme.zone).date(), how=given.how,
        link=f"{app.configuration.programme.public_url.rstrip('/')}/a/{alert.number}",
    )  # fmt: skip
    return _words(app, said, language)


def last_told(connection: Connection, contact: int) -> tuple[int, int] | None:
    """(alert, version) of the newest message that a carrier took for this person; None when there is none."""
    return next(iter(told(connection, contact)), None)


def told(connection: Connection, contact: int, channel: str = "") -> list[tuple[int, int]]:
    """(alert, version) of what carriers took for this person, newest first; a text that stands for several counts for
    each of them. What was no alert (a code, a digest) is left out. channel: "" for all."""
    taken = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)
    rows = [d for d in outbox.of_contact(connection, contact) if d.state in taken and d.accepted_at is not None]
    rows = [d for d in rows if not channel or d.channel == channel]
    result: dict[tuple[int, int], None] = {}
    for row in sorted(rows, key=lambda d: d.accepted_at or d.created_at, reverse=True):
        if row.alert > 0:
            result[row.alert, row.version] = None
        elif row.kind == "waiting":
            inside = (outbox.get(connection, one) for one in notices.merged_into(connection, -row.alert))
            result |= {(d.alert, d.version): None for d in inside if d is not None}
    return list(result)


def _words(app: App, said: PersonContent, language: str) -> str:
    spoken = language if language in app.shelf.languages() else app.configuration.programme.languages[0]
    return compose_anyway(said, kind=said.kind, channel="sms", language=spoken, shelf=app.shelf).text


def _front(app: App, contact: Contact | None) -> str:
    return contact.partner.front if contact else _programme(app)


def _programme(app: App) -> str:
    return app.configuration.programme.name


def _reached(app: App) -> str:
    return app.configuration.programme.contact


def _places(app: App, codes: tuple[str, ...]) -> tuple[PlaceName, ...]:
    return tuple(PlaceName(app.gazetteer.name(code, "en").partition(", ")[0]) for code in codes)
