"""What partners write back: STOP and its like before all else."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.model.delivery import DeliveryState
from alerts.model.partner import Consent, Contact
from alerts.store import inbound, outbox, partners
from alerts.store.engine import Connection
from alerts.wording.compose import compose
from alerts.wording.people import Help, StartConfirmation, StopConfirmation
from alerts.wording.place_name import PlaceName
from notifiers.replies import understand
from notifiers.reply_words import Kind
from notifiers.twilio_callbacks import Inbound


def hear(app: App, text: Inbound, now: datetime) -> str:
    """Take one inbound text and return the answer to send, "" for none. The same text twice is answered once."""
    with app.store.write() as connection:
        number = partners.contact_at(connection, "sms", text.sender)
        contact = None if number is None else partners.get(connection, number)
        reply = understand(text.text, contact.language if contact else app.configuration.programme.languages[0])
        if not inbound.add(connection, provider_id=text.sid, at=now, contact=number, meaning=str(reply.kind)):
            return ""
        if contact is None:
            return ""
        answer = ""
        language = reply.language or contact.language
        if reply.kind is Kind.STOP:
            had = partners.has_consent(connection, contact.id, "sms")
            revoke(connection, contact.id, "sms", "text", text.text, now)
            # One confirmation; a second STOP is obeyed in silence. The carrier answers by itself where it handles STOP.
            answer = _words(app, "stop_confirmation", contact, language) if had and not text.opt_out else ""
        elif reply.kind is Kind.START and reply.argument != "yes":
            # A bare "yes" answers a question that was asked; nobody asked one here.
            given = Consent(contact.id, "sms", True, "text", text.text, now)
            partners.add_consent(connection, given)
            answer = "" if text.opt_out else _words(app, "start_confirmation", contact, language)
        elif reply.kind is Kind.HELP:
            answer = "" if text.opt_out else _words(app, "help", contact, language)
        inbound.answered(connection, text.sid, answer)
        return answer


def revoke(connection: Connection, contact: int, channel: str, how: str, words: str, now: datetime) -> int:
    """Write a revocation into the consent log and cancel what still waits; returns how many rows were cancelled.

    A row that is `sending` is with its worker: it is not sent again, but the call under way cannot be taken back.
    """
    partners.add_consent(connection, Consent(contact, channel, False, how, words, now))
    cancelled = 0
    for waiting in outbox.waiting_for(connection, contact, channel):
        if waiting.state is DeliveryState.QUEUED:
            cancelled += outbox.move(connection, waiting, DeliveryState.CANCELLED, problem="consent was taken back")
    return cancelled


def _words(app: App, kind: str, contact: Contact, language: str) -> str:
    programme = app.configuration.programme
    front = contact.partner.front
    content: StopConfirmation | StartConfirmation | Help
    if kind == "stop_confirmation":
        content = StopConfirmation(front, programme.name, programme.contact)
    elif kind == "help":
        content = Help(front, programme.name, programme.contact)
    else:
        places = tuple(PlaceName(app.gazetteer.name(p, "en").partition(", ")[0]) for p in contact.places)
        content = StartConfirmation(front, programme.name, places)
    return compose(content, kind=kind, channel="sms", language=language, shelf=app.shelf).text
