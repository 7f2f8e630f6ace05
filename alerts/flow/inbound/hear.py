"""What people write back: STOP and its like before all else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.links import secret_name
from alerts.flow.inbound.answers import answer, help_words, started, stopped, why
from alerts.flow.inbound.feedback import feedback
from alerts.flow.inbound.join import ask_to_join, confirm
from alerts.flow.inbound.report import report
from alerts.flow.partners.opt_in import opt_in
from alerts.flow.partners.prove import prove_by_code
from alerts.flow.partners.revoke import revoke
from alerts.model.partner import Contact
from alerts.store import inbound, partners
from alerts.store.engine import Connection
from notifiers.replies import Reply, understand
from notifiers.reply_words import Kind
from notifiers.twilio_callbacks import Inbound

PENDING = timedelta(days=1)
"""A question that is not answered with YES for so long is taken back."""


CODE = re.compile(r"\s*\d{6}\s*")
"""A reply that is nothing but the six digits we sent proves the phone."""


def hear(app: App, text: Inbound, now: datetime) -> str:
    """Take one inbound text and return the answer to send, "" for none. The same text twice is answered once.

    One text makes one answer to its own sender at the most, and nothing to anybody else. What nobody understands, and
    what sounds like somebody dying, waits for a person to read; who wrote the former is told once a day of STOP and
    HELP. An unknown number is answered `unknown_answers_a_day`
    times a day, a known one `texts_a_day` times; STOP is obeyed whatever the count says.
    """
    rules = app.configuration.delivery
    home = app.configuration.programme
    day = now.astimezone(home.zone).date()
    if CODE.fullmatch(text.text) and prove_by_code(app, "sms", text.sender, text.text, now) is not None:
        return ""  # its welcome is on the way
    with app.store.write() as connection:
        number = partners.contact_at(connection, "sms", text.sender)
        contact = None if number is None else partners.get(connection, number)
        reply = understand(text.text, contact.language if contact else home.languages[0])
        # A report must not lead back to whose it is, by us or by whoever could ask the carrier.
        known_as = None if reply.kind is Kind.REPORT else number
        mark = secret_name(app.key, "text", text.sid)
        if not inbound.add(connection, provider_id=mark, at=now, contact=known_as, meaning=str(reply.kind)):
            return ""
        writer = secret_name(app.key, "writer", text.sender)
        texts, answers = inbound.count_text(connection, writer, day)
        if _for_a_person(app, reply, contact) and texts <= rules.texts_a_day:
            inbound.let_wait(connection, mark, text.text, now)
        said = _heard(app, connection, text, reply, contact, texts, now)
        lost = contact is not None and reply.kind is Kind.UNKNOWN and not answers
        if lost and contact is not None and partners.has_consent(connection, contact.id, "sms"):
            # Perhaps a STOP in words that nobody foresaw: once a day they read which word always works.
            said = help_words(app, contact, contact.language)
        # Who has just joined is unknown no more.
        known = partners.contact_at(connection, "sms", text.sender) is not None
        most = rules.texts_a_day if known else rules.unknown_answers_a_day
        if text.opt_out or answers >= most:
            # Where the carrier handles STOP, START and HELP itself, it has answered.
            said = ""
        if said:
            inbound.count_answer(connection, writer, day)
            inbound.answered(connection, mark, "" if reply.kind is Kind.REPORT else said)
        return said


def _heard(
    app: App, connection: Connection, text: Inbound, reply: Reply, contact: Contact | None, texts: int, now: datetime
) -> str:
    """Do what was asked, and give the answer to it."""
    if reply.kind is Kind.REPORT:
        return report(app, connection, reply, contact, texts, now)
    if reply.kind is Kind.HELP:
        if reply.argument == "emergency":
            return answer(app, "emergency", contact, reply.language)
        return help_words(app, contact, reply.language)
    if contact is None:
        if reply.kind is Kind.JOIN:
            return ask_to_join(app, connection, text.sender, reply, now)
        if reply.kind is Kind.START and reply.argument == "yes":
            return confirm(app, connection, text, reply, now - PENDING, now)
        return ""
    if reply.kind is Kind.STOP:
        had = partners.has_consent(connection, contact.id, "sms")
        revoke(connection, contact.id, "sms", "text", text.text, now)
        # One confirmation; a second STOP is obeyed in silence.
        return stopped(app, contact, reply.language or contact.language) if had else ""
    if reply.kind is Kind.START and reply.argument != "yes":
        # A bare "yes" answers a question that was asked; nobody asked one here.
        opt_in(connection, contact.id, "sms", "text", text.text, now, from_it=True)
        return started(app, contact, reply.language or contact.language)
    if reply.kind is Kind.WHY:
        return why(app, connection, contact, reply.language or contact.language)
    if reply.kind is Kind.LANG and reply.argument in app.configuration.programme.languages:
        inbound.set_language(connection, contact.id, reply.argument)
        return answer(app, "language", contact, reply.argument)
    if reply.kind is Kind.FEEDBACK:
        feedback(app, connection, contact, reply.argument, now)
    return ""


def _for_a_person(app: App, reply: Reply, contact: Contact | None) -> bool:
    if reply.kind is Kind.UNKNOWN or (reply.kind is Kind.HELP and reply.argument):
        return True
    if reply.kind is Kind.LANG:
        return reply.argument not in app.configuration.programme.languages
    if reply.kind is Kind.JOIN:
        return contact is not None or not app.configuration.delivery.join
    return False
