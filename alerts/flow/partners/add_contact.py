"""A partner's contact comes in, checked in every field, with the words of their consent."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, time

import phonenumbers

from alerts.app import App
from alerts.flow.scope.select import SelectionError, select
from alerts.flow.scope.written_places import written_places
from alerts.model.delivery import SENT_BY
from alerts.model.level import Level
from alerts.model.partner import Address, Consent, Contact, Partner
from alerts.model.time_zones import time_zones
from alerts.store import partners
from alerts.store.engine import Connection

FIELDS = (
    "partner", "front", "label", "phone", "email", "chat", "webhook", "language", "time_zone", "places", "substances",
    "least", "wake", "quiet_from", "quiet_to", "weekly", "drills", "digest", "channels", "verified", "consent",
)  # fmt: skip
"""Columns of an import; only `partner`, `consent` and one of `phone` and `email` are required."""


YES = ("yes", "true", "1")


_ENDPOINT = re.compile(r"https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)[:/]\S*")


class ContactError(ValueError):
    """One contact cannot be taken; every mistake in it, a sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


def add_contact(app: App, row: Mapping[str, str], how: str, now: datetime) -> Contact:
    """Check and store one contact; `how` says how consent was given ("command line", "import of 2026-11-22").

    Its addresses are taken as proven: `enrol` asks their owners first.
    Raises ContactError with every mistake, before anything is written.
    """
    with app.store.write() as connection:
        return stored(connection, checked(app, connection, row), row["consent"].strip(), how, now)


def checked(app: App, connection: Connection, row: Mapping[str, str], own: int | None = None) -> Contact:
    """The contact that a row describes, with id 0. own: the contact whose addresses the row may name. Raises
    ContactError."""
    value = {name: (row.get(name) or "").strip() for name in FIELDS}
    mistakes = [f"There is no column '{name}'. Use: {', '.join(FIELDS)}." for name in row if name not in FIELDS]
    if not value["partner"]:
        mistakes.append("The partner's name is missing.")
    if not value["consent"]:
        mistakes.append("Say how and in which words this person agreed to get messages (column 'consent').")
    addresses = written_addresses(app, value, mistakes)
    if not addresses and not value["phone"]:
        mistakes.append("Give a phone number or an email address.")
    for one in addresses:
        if partners.contact_at(connection, one.channel, one.address) not in (None, own):
            mistakes.append(f"{one.address} already belongs to a contact.")
    languages = app.shelf.languages()
    language = value["language"] or app.configuration.programme.languages[0]
    if language not in languages:
        mistakes.append(f"There are no words in '{language}'. There are: {', '.join(languages)}.")
    zone = value["time_zone"] or app.configuration.programme.time_zone
    if zone not in time_zones():
        mistakes.append(f"'{zone}' is not a time zone. Write it like America/Los_Angeles.")
    places = written_places(app, value["places"] or app.configuration.programme.state, mistakes)
    substances = tuple(p.strip() for p in value["substances"].split(";") if p.strip()) or ("*",)
    try:
        select(substances, app.lexicon, app.configuration.lists)
    except SelectionError as error:
        mistakes.append(str(error))
    least = value["least"] or str(Level.ADVISORY)
    if least not in set(Level):
        mistakes.append(f"'{least}' is not a level. Use {', '.join(Level)}.")
    hours = {}
    for name, default in (
        ("quiet_from", app.configuration.delivery.quiet_from), ("quiet_to", app.configuration.delivery.quiet_to)
    ):  # fmt: skip
        try:
            hours[name] = time.fromisoformat(value[name]) if value[name] else default
        except ValueError:
            mistakes.append(f"'{value[name]}' is not a time. Write it like 21:00.")
    for name in ("wake", "drills", "verified"):
        if value[name].lower() not in ("", "yes", "no", "true", "false", "1", "0"):
            mistakes.append(f"{name} must be yes or no, not '{value[name]}'.")
    if value["weekly"] and not (value["weekly"].isdecimal() and 1 <= int(value["weekly"]) <= 1000):
        mistakes.append(f"weekly must be a whole number of texts from 1 to 1000, not '{value['weekly']}'.")
    if value["digest"] not in ("", "daily", "weekly"):
        mistakes.append(f"digest must be daily, weekly or empty, not '{value['digest']}'.")
    channels = channel_order(value["channels"], {one.channel for one in addresses}, mistakes)
    if mistakes:
        raise ContactError(mistakes)
    return Contact(
        id=0, partner=Partner(0, value["partner"], value["front"] or value["partner"]), label=value["label"],
        language=language, time_zone=zone, places=places, substances=substances, least=Level(least),
        addresses=tuple(addresses), quiet_from=hours["quiet_from"], quiet_to=hours["quiet_to"],
        wake=value["wake"].lower() in YES, weekly=int(value["weekly"]) if value["weekly"] else None,
        drills=value["drills"].lower() in YES, digest=value["digest"],
        channels=channels,
    )  # fmt: skip


def written_addresses(app: App, value: Mapping[str, str], mistakes: list[str]) -> list[Address]:
    """The addresses of a row, as they are stored. Adds a sentence for each that is none."""
    addresses = []
    if value.get("phone"):
        try:
            number = phonenumbers.parse(value["phone"], "US")
            if not phonenumbers.is_valid_number(number):
                raise phonenumbers.NumberParseException(phonenumbers.NumberParseException.NOT_A_NUMBER, "")
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            addresses.append(Address("sms", e164, True))
        except phonenumbers.NumberParseException:
            mistakes.append(f"'{value['phone']}' is not a phone number. Write it like +1 510 555 0100.")
    if value.get("email"):
        local, at, domain = value["email"].rpartition("@")
        if not at or not local or "." not in domain or any(c.isspace() for c in value["email"]):
            mistakes.append(f"'{value['email']}' is not an email address.")
        addresses.append(Address("email", value["email"], True))
    for channel in ("chat", "webhook"):
        if value.get(channel):
            mistakes += _unusable(app, channel, value[channel])
            addresses.append(Address(channel, value[channel], True))
    return addresses


def _unusable(app: App, channel: str, address: str) -> list[str]:
    """What is wrong with the name of a chat room or the address of a partner's system."""
    if channel not in app.notifiers:
        key = "chat.rooms_file" if channel == "chat" else "webhook.secret_file"
        return [f"'{address}' cannot be used: {channel} is not set up. Set {key} in config.toml first."]
    if channel == "webhook" and not re.fullmatch(
        r"https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)[:/]\S*", address
    ):
        return [f"'{address}' is no https address."]
    if channel == "chat" and "/" in address:
        return ["chat is the name of a room in chat.rooms_file, not its address: the address is a secret."]
    return []


def channel_order(text: str, own: Collection[str], mistakes: list[str]) -> tuple[str, ...]:
    """The order of channels as written: "sms; email"; "" for all addresses at once. own: channels that there is an
    address for. Adds a sentence for each mistake."""
    named = tuple(dict.fromkeys(word for word in re.split(r"[;,\s]+", text.strip().lower()) if word))
    for word in named:
        if word not in SENT_BY:
            mistakes.append(f"'{word}' is not a channel. Write the order like: {'; '.join(SENT_BY)}.")
        elif word not in own:
            mistakes.append(f"channels names {word}, but there is no address for it.")
    return named


def stored(connection: Connection, contact: Contact, consent: str, how: str, now: datetime) -> Contact:
    """Write a checked contact with its partner and the words of its consent."""
    partner = partners.add_partner(connection, contact.partner.name, contact.partner.front)
    stored = partners.add_contact(connection, replace(contact, partner=partner))
    for address in contact.addresses:
        partners.add_consent(connection, Consent(stored.id, address.channel, True, how, consent, now))
    return stored
