"""A member of staff takes a place in the duty roster, with the phone or inbox by which they are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from alerts.app import App
from alerts.flow.partners.add_contact import checked
from alerts.model.duty import OnDuty
from alerts.model.level import Level
from alerts.model.partner import Consent
from alerts.model.staff import Role
from alerts.record.append import append
from alerts.store import duty, partners, staff
from alerts.store.engine import Connection

ALWAYS = time(0, 0)
"""Who has the duty has no quiet hours: they begin when they end."""


def put_on_duty(
    app: App,
    name: str,
    position: int,
    now: datetime,
    *,
    phone: str = "",
    email: str = "",
    language: str = "",
    by: str = "operator",
) -> OnDuty:
    """Put a person on the roster, or move them within it. An address that is already a contact's is used as it is.

    Raises ContactError for an address that is none, ValueError for a reviewer's name.
    """
    if position < 1:
        raise ValueError("The first place in the roster is 1.")
    programme = app.configuration.programme
    with app.store.write() as connection:
        person = staff.add(connection, name, Role.STAFF)
        present = next((d.contact for d in duty.roster(connection) if d.person.id == person.id), None)
        contact = present.id if present is not None and not (phone or email) else None
        if contact is None and (known := _known(connection, phone, email)) is not None:
            contact = known
        if contact is None:
            row = {"partner": f"{programme.name} staff", "front": programme.name, "label": name, "phone": phone,
                   "email": email, "language": language, "consent": "duty roster"}  # fmt: skip
            made = checked(app, connection, row)
            # No place: alerts are for partners. No quiet hours: that is what a duty is.
            made = replace(
                made, places=(), least=Level.ACT_NOW, wake=True, quiet_from=ALWAYS, quiet_to=ALWAYS,
                partner=partners.add_partner(connection, made.partner.name, made.partner.front),
                addresses=tuple(replace(a, verified=True) for a in made.addresses),
            )  # fmt: skip
            contact = partners.add_contact(connection, made).id
            for a in made.addresses:
                partners.add_consent(connection, Consent(contact, a.channel, True, "duty roster", "duty roster", now))
        duty.put(connection, person, position, contact)
        append(
            connection, at=now, kind="duty.set", subject="duty",
            fields={"who": person.name, "position": position, "by": by,
                    "channels": [c for c, given in (("sms", phone), ("email", email)) if given]},
        )  # fmt: skip
        return next(d for d in duty.roster(connection) if d.person.id == person.id)


def _known(connection: Connection, phone: str, email: str) -> int | None:
    for channel, address in (("sms", phone), ("email", email)):
        owner = partners.contact_at(connection, channel, address.replace(" ", "")) if address else None
        if owner is not None:
            return owner
    return None
