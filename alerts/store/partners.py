"""Partners, their contacts and addresses, and the log of their consent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from functools import lru_cache

import sqlalchemy as sa

from alerts.model.delivery import SENT_BY, DeliveryState
from alerts.model.level import Level
from alerts.model.partner import Address, Consent, Contact, Partner
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.tables import addresses, consents, contacts, duty, outbox, partners


def add_partner(connection: Connection, name: str, front: str) -> Partner:
    """The partner of that name, made if there is none; its front is brought up to date."""
    number = insert_new(connection, partners, {"name": name, "front": front})
    if number is None:
        known = sa.update(partners).where(partners.c.name == name).values(front=front)
        number = connection.execute(known.returning(partners.c.id)).scalar_one()
    return Partner(int(number), name, front)


def add_contact(connection: Connection, contact: Contact) -> Contact:
    """Write a contact (its id is given here) with its addresses. Consent is a matter of the log, not of this row.

    Raises ValueError, naming the address, when an address already belongs to somebody.
    """
    for a in contact.addresses:
        owner = contact_at(connection, a.channel, a.address)
        if owner is not None:
            raise ValueError(f"{a.address} already belongs to contact {owner}. One phone or inbox is one contact.")
    number = connection.execute(
        sa.insert(contacts)
        .values(
            partner=contact.partner.id, label=contact.label, language=contact.language, time_zone=contact.time_zone,
            places=list(contact.places), substances=list(contact.substances), least=str(contact.least),
            quiet_from=contact.quiet_from.strftime("%H:%M"), quiet_to=contact.quiet_to.strftime("%H:%M"),
            wake=contact.wake, active=contact.active, weekly=contact.weekly, drills=contact.drills,
            digest=contact.digest, channels=list(contact.channels),
        )
        .returning(contacts.c.id)
    ).scalar_one()  # fmt: skip
    for a in contact.addresses:
        own = {"contact": number, "channel": a.channel, "address": a.address, "verified": a.verified}
        if insert_new(connection, addresses, own) is None:
            raise ValueError(f"{a.address} was just given to somebody else. One phone or inbox is one contact.")
    stored = get(connection, int(number))
    assert stored is not None
    return stored


def add_consent(connection: Connection, consent: Consent) -> None:
    connection.execute(
        sa.insert(consents).values(
            contact=consent.contact, channel=consent.channel, given=consent.given, how=consent.how,
            words=consent.words[:500], at=consent.at,
        )
    )  # fmt: skip


def consent_log(connection: Connection, contact: int) -> list[Consent]:
    """Every line of the log of one contact, oldest first."""
    chosen = sa.select(consents).where(consents.c.contact == contact).order_by(consents.c.id)
    return [Consent(r.contact, r.channel, r.given, r.how, r.words, r.at) for r in connection.execute(chosen)]


def has_consent(connection: Connection, contact: int, channel: str) -> bool:
    """The last word in the log; no word is no."""
    chosen = sa.select(consents.c.given).where(consents.c.contact == contact, consents.c.channel == channel)
    return bool(connection.scalar(chosen.order_by(consents.c.id.desc()).limit(1)))


def set_verified(connection: Connection, contact: int, channel: str) -> None:
    """Its owner answered from it."""
    key = (addresses.c.contact == contact, addresses.c.channel == channel)
    connection.execute(sa.update(addresses).where(*key).values(verified=True))


def disable(connection: Connection, contact: int, channel: str, why: str) -> None:
    """Mark an address dead: the carrier said it will never work."""
    key = (addresses.c.contact == contact, addresses.c.channel == channel)
    connection.execute(sa.update(addresses).where(*key).values(disabled=why))


def set_channels(connection: Connection, contact: int, channels: Sequence[str]) -> None:
    """In which order this contact's addresses are tried."""
    connection.execute(sa.update(contacts).where(contacts.c.id == contact).values(channels=list(channels)))


def is_disabled(connection: Connection, contact: int, channel: str) -> str:
    key = (addresses.c.contact == contact, addresses.c.channel == channel)
    return connection.scalar(sa.select(addresses.c.disabled).where(*key)) or ""


def contact_at(connection: Connection, channel: str, address: str) -> int | None:
    """Whose address this is."""
    key = (addresses.c.channel == channel, addresses.c.address == address)
    return connection.scalar(sa.select(addresses.c.contact).where(*key))


def get(connection: Connection, contact: int) -> Contact | None:
    return next(iter(_contacts(connection, contacts.c.id == contact)), None)


def anybody(connection: Connection) -> bool:
    """Whether there is an active contact at all."""
    return bool(connection.scalar(sa.select(sa.exists().where(contacts.c.active))))


def everybody(connection: Connection, *, active: bool = True) -> list[Contact]:
    """All contacts, by number."""
    return _contacts(connection, contacts.c.active == active if active else sa.true())


def in_batches(connection: Connection, most: int = 2000) -> Iterator[list[Contact]]:
    """All active contacts, by number, so many at a time."""
    last = 0
    while True:
        chosen = sa.select(contacts.c.id).where(contacts.c.active, contacts.c.id > last)
        ids = connection.scalars(chosen.order_by(contacts.c.id).limit(most)).all()
        if not ids:
            return
        yield _contacts(connection, sa.and_(contacts.c.active, contacts.c.id.between(ids[0], ids[-1])))
        last = int(ids[-1])


def change(connection: Connection, contact: Contact) -> None:
    """Write a contact's wishes anew, and its partner's front; its addresses and its consent stay as they are."""
    add_partner(connection, contact.partner.name, contact.partner.front)
    connection.execute(
        sa.update(contacts)
        .where(contacts.c.id == contact.id)
        .values(
            label=contact.label, language=contact.language, time_zone=contact.time_zone, places=list(contact.places),
            substances=list(contact.substances), least=str(contact.least),
            quiet_from=contact.quiet_from.strftime("%H:%M"), quiet_to=contact.quiet_to.strftime("%H:%M"),
            wake=contact.wake, weekly=contact.weekly, drills=contact.drills, digest=contact.digest,
            channels=list(contact.channels),
        )
    )  # fmt: skip


def deactivate(connection: Connection, contact: int) -> None:
    connection.execute(sa.update(contacts).where(contacts.c.id == contact).values(active=False))


def left_before(connection: Connection, before: datetime) -> list[int]:
    """Contacts, not on duty, of whose addresses none has consent, and whose last word of it is older than `before`."""
    on_duty = sa.select(duty.c.contact)
    last = sa.select(consents.c.contact, sa.func.max(consents.c.at).label("at")).group_by(consents.c.contact).subquery()
    chosen = sa.select(last.c.contact).where(
        last.c.at < before, last.c.contact.not_in(on_duty), last.c.contact.in_(sa.select(addresses.c.contact)),
    )  # fmt: skip
    old = set(connection.scalars(chosen).all())
    found = [c for c in _contacts(connection, contacts.c.id.in_(old)) if not any(a.consent for a in c.addresses)]
    return [c.id for c in found]


def ever_addressed(connection: Connection, among: tuple[int, int] | None = None) -> set[tuple[int, str]]:
    """(contact, channel) pairs that a message was ever made for: theirs need not carry the opt-out words again.
    among: the first and the last number of the contacts that are asked about."""
    went = outbox.c.state != str(DeliveryState.STANDBY)
    chosen = sa.select(outbox.c.contact, outbox.c.channel).where(went).distinct()
    if among is not None:
        chosen = chosen.where(outbox.c.contact.between(*among))
    return {(r.contact, r.channel) for r in connection.execute(chosen)}


def ever_sent(connection: Connection, contact: int) -> set[tuple[int, str]]:
    """As `ever_addressed` for one contact, by what was not taken back before it went out."""
    chosen = sa.select(outbox.c.contact, outbox.c.channel).where(
        outbox.c.contact == contact,
        outbox.c.state.not_in([str(DeliveryState.CANCELLED), str(DeliveryState.STANDBY)]),
    )
    return {(r.contact, r.channel) for r in connection.execute(chosen.distinct())}


def _contacts(connection: Connection, which: sa.ColumnElement[bool]) -> list[Contact]:
    chosen = sa.select(contacts.c.id).where(which)
    newest = (
        sa.select(consents.c.contact, consents.c.channel, sa.func.max(consents.c.id).label("last"))
        .where(consents.c.contact.in_(chosen))
        .group_by(consents.c.contact, consents.c.channel)
        .subquery()
    )
    given = {
        (r.contact, r.channel): r.given
        for r in connection.execute(
            sa.select(consents.c.contact, consents.c.channel, consents.c.given).join(
                newest, newest.c.last == consents.c.id
            )
        )
    }
    by_contact: dict[int, list[Address]] = {}
    # The channel that wakes people comes first in every list.
    place = sa.case({channel: place for place, channel in enumerate(SENT_BY)}, value=addresses.c.channel)
    for a in connection.execute(
        sa.select(addresses).where(addresses.c.contact.in_(chosen)).order_by(addresses.c.contact, place)
    ):
        consent = given.get((a.contact, a.channel), False)
        by_contact.setdefault(a.contact, []).append(Address(a.channel, a.address, consent, a.disabled, a.verified))
    rows = connection.execute(
        sa.select(contacts, partners.c.name.label("partner_name"), partners.c.front)
        .join(partners, partners.c.id == contacts.c.partner)
        .where(which)
        .order_by(contacts.c.id)
    )
    return [_contact(r, by_contact.get(r.id, ())) for r in rows]


def _contact(r: sa.Row[tuple[object, ...]], own: Sequence[Address]) -> Contact:
    return Contact(
        id=r.id, partner=_partner(r.partner, r.partner_name, r.front), label=r.label, language=r.language,
        time_zone=r.time_zone, places=tuple(r.places), substances=tuple(r.substances), least=_level(r.least),
        addresses=tuple(own), quiet_from=_hour(r.quiet_from), quiet_to=_hour(r.quiet_to),
        wake=r.wake, active=r.active, weekly=r.weekly, drills=r.drills, digest=r.digest,
        channels=tuple(r.channels),
    )  # fmt: skip


# A state's contacts have a few hours, levels and partners between them.
_hour = lru_cache(maxsize=1440)(time.fromisoformat)
_level = lru_cache(maxsize=16)(Level)
_partner = lru_cache(maxsize=1024)(Partner)


def opted_out_since(connection: Connection, since: datetime) -> int:
    """How many took their consent back since then."""
    key = (consents.c.given.is_(False), consents.c.at >= since)
    return connection.scalar(sa.select(sa.func.count()).select_from(consents).where(*key)) or 0
