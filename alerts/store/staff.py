"""Staff and reviewers, their one-time sign-in links and their sessions. Only hashes of tokens are kept."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa

from alerts.model.staff import Person, Role
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.tables import sessions, sign_in_links, staff


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add(connection: Connection, name: str, role: Role) -> Person:
    """The person of that name, made if there is none. Raises ValueError when the name has another role."""
    made = insert_new(connection, staff, {"name": name, "role": str(role), "active": True})
    if made is not None:
        return Person(int(made), name, role)
    row = connection.execute(sa.select(staff).where(staff.c.name == name)).one()
    if row.role != str(role):
        raise ValueError(f"{name} is already known as '{row.role}'. One person has one role.")
    return Person(row.id, row.name, Role(row.role))


def everybody(connection: Connection) -> list[Person]:
    chosen = sa.select(staff).where(staff.c.active.is_(True)).order_by(staff.c.id)
    return [Person(r.id, r.name, Role(r.role)) for r in connection.execute(chosen)]


def add_link(connection: Connection, person: Person, token: str, expires_at: datetime) -> None:
    connection.execute(
        sa.insert(sign_in_links).values(token_sha256=_sha256(token), staff=person.id, expires_at=expires_at)
    )


def use_link(connection: Connection, token: str, now: datetime) -> Person | None:
    """Who a sign-in link is for; None when it is unknown, too old or was used. Works once."""
    key = (
        sign_in_links.c.token_sha256 == _sha256(token),
        sign_in_links.c.used_at.is_(None),
        sign_in_links.c.expires_at > now,
    )
    used = connection.execute(
        sa.update(sign_in_links).where(*key).values(used_at=now).returning(sign_in_links.c.staff)
    ).scalar_one_or_none()
    return None if used is None else _person(connection, used)


def add_session(connection: Connection, person: Person, token: str, expires_at: datetime) -> None:
    connection.execute(sa.insert(sessions).values(token_sha256=_sha256(token), staff=person.id, expires_at=expires_at))


def of_session(connection: Connection, token: str, now: datetime) -> Person | None:
    """Who is signed in with this token; None when nobody is."""
    key = (sessions.c.token_sha256 == _sha256(token), sessions.c.expires_at > now)
    number = connection.scalar(sa.select(sessions.c.staff).where(*key))
    return None if number is None else _person(connection, number)


def end_session(connection: Connection, token: str) -> None:
    connection.execute(sa.delete(sessions).where(sessions.c.token_sha256 == _sha256(token)))


def drop_old(connection: Connection, now: datetime) -> None:
    """Forget sessions and links whose time is up."""
    connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))
    connection.execute(sa.delete(sign_in_links).where(sign_in_links.c.expires_at <= now))


def _person(connection: Connection, number: int) -> Person | None:
    row = connection.execute(sa.select(staff).where(staff.c.id == number, staff.c.active.is_(True))).one_or_none()
    return None if row is None else Person(row.id, row.name, Role(row.role))
