"""Proof that a phone or inbox is its owner's, before it gets anything else: a code to send back, or a link."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.plan import unsubscribe_url
from alerts.flow.addressing.send_notice import send_notice
from alerts.flow.scope.place_names import place_names
from alerts.model.level import Level
from alerts.model.partner import Address, Consent, Contact
from alerts.record.append import append
from alerts.store import partners, proofs
from alerts.store.engine import Connection
from alerts.wording.kinds import KINDS
from alerts.wording.people import Verification, Welcome

TRIES = 5
"""Wrong codes before a new one must be asked for: a code of six digits is not to be guessed."""


def ask_for_proof(app: App, contact: int, now: datetime) -> tuple[str, ...]:
    """Send a code to each address of a contact that is not proven yet; returns the channels. An older code is void."""
    rules, programme = app.configuration.partners, app.configuration.programme
    asked = []
    with app.store.write() as connection:
        to = partners.get(connection, contact)
        for address in to.addresses if to is not None and to.active else ():
            if address.verified or address.disabled or not address.consent:
                continue
            assert to is not None
            code = f"{secrets.randbelow(10**6):06d}"
            token = _token(app, to.id, address.channel, code)
            proofs.begin(
                connection, to.id, address.channel, _hash(token), now + timedelta(minutes=rules.code_minutes)
            )  # fmt: skip
            link = f"{programme.public_url.rstrip('/')}/verify/{token}" if address.channel == "email" else ""
            content = Verification(to.partner.front, programme.name, code, rules.code_minutes, link)
            key = f"verification|{to.id}|{address.channel}|{_hash(token)[:32]}"
            if send_notice(app, connection, key, content, to, now, only=(address.channel,)) is not None:
                asked.append(address.channel)
    return tuple(asked)


def prove_by_code(app: App, channel: str, address: str, code: str, now: datetime) -> Contact | None:
    """The contact whose address is proven by a code that came from it, or was read out; None when it is wrong."""
    with app.store.write() as connection:
        contact = partners.contact_at(connection, channel, address)
        if contact is None or not proofs.try_once(connection, contact, channel, now, TRIES):
            return None
        digits = "".join(c for c in code if c.isdigit())
        return _settle(app, connection, _token(app, contact, channel, digits), now)


def prove_by_link(app: App, token: str, now: datetime) -> Contact | None:
    """The contact whose address is proven by the link that was sent to it; None for one that is unknown or too old."""
    with app.store.write() as connection:
        return _settle(app, connection, token, now)


def _settle(app: App, connection: Connection, token: str, now: datetime) -> Contact | None:
    found = proofs.take(connection, _hash(token), now)
    if found is None:
        return None
    number, channel = found
    partners.set_verified(connection, number, channel)
    partners.add_consent(connection, Consent(number, channel, True, "verified", "answered the code or link", now))
    contact = partners.get(connection, number)
    assert contact is not None
    append(
        connection, at=now, kind="contact.verified", subject="partners",
        fields={"contact": number, "channel": channel},
    )  # fmt: skip
    programme = app.configuration.programme
    names = [s for s in contact.substances if s in app.lexicon.substances]
    limit = contact.weekly or app.configuration.fatigue.advisory or None
    welcome = Welcome(
        contact.partner.front, programme.name, place_names(app, contact.places),
        tuple(app.lexicon.substances[s].display("en") for s in names) if len(names) == len(contact.substances) else (),
        limit, programme.contact, unsubscribe_url(app, number, "email") if channel == "email" else "",
    )  # fmt: skip
    send_notice(
        app, connection, f"welcome|{number}|{channel}|{now.isoformat()}", welcome, contact, now, level=Level.INFO,
        only=(channel,),
    )  # fmt: skip
    return contact


def unproven(contact: Contact) -> Contact:
    """As it comes in: nobody has answered from these addresses yet. Rooms and partners' systems are set up by hand,
    with a secret at both ends; nobody is to be asked there."""
    asked = KINDS["verification"].channels
    fresh: tuple[Address, ...] = tuple(replace(a, verified=a.channel not in asked) for a in contact.addresses)
    return replace(contact, addresses=fresh)


def _token(app: App, contact: int, channel: str, code: str) -> str:
    said = f"verify|{contact}|{channel}|{code}"
    return hmac.new(app.key, said.encode(), hashlib.sha256).hexdigest()[:32]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
