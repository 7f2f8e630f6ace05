"""The duty roster."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.model.duty import OnDuty
from alerts.model.staff import Person, Role
from alerts.store import partners
from alerts.store.conflicts import insert_or_replace
from alerts.store.engine import Connection
from alerts.store.tables import duty, staff


def put(connection: Connection, person: Person, position: int, contact: int) -> None:
    """Give a person their place, or move them there; who is away stays away."""
    insert_or_replace(connection, duty, {"staff": person.id, "position": position, "contact": contact})


def take_off(connection: Connection, person: Person) -> bool:
    """False when they were not on it."""
    return connection.execute(sa.delete(duty).where(duty.c.staff == person.id)).rowcount == 1


def set_away(connection: Connection, person: Person, until: datetime | None) -> bool:
    """False when they are not on the roster."""
    return connection.execute(sa.update(duty).where(duty.c.staff == person.id).values(away_until=until)).rowcount == 1


def roster(connection: Connection) -> tuple[OnDuty, ...]:
    """By position."""
    rows = connection.execute(
        sa.select(duty, staff.c.name, staff.c.role)
        .join(staff, staff.c.id == duty.c.staff)
        .where(staff.c.active.is_(True))
        .order_by(duty.c.position, duty.c.staff)
    ).all()
    found = []
    for row in rows:
        contact = partners.get(connection, row.contact)
        if contact is not None and contact.active:
            found.append(OnDuty(Person(row.staff, row.name, Role(row.role)), row.position, contact, row.away_until))
    return tuple(found)
