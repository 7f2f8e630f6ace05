"""Texts that came in, each once; those for a person to read; and what limits who writes much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from alerts.store.conflicts import insert_new, insert_or_replace
from alerts.store.engine import Connection
from alerts.store.tables import contacts, feedback, inbound, joining, writers

LONGEST = 1600
"""Letters of a text that are kept: what a carrier joins at the most."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text for a person to read. contact: whose it is, None for a number that is nobody's."""

    number: int
    at: datetime
    contact: int | None
    meaning: str
    text: str


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who asked by text to be told, and has not confirmed it yet. place: a FIPS code."""

    address: str
    place: str
    language: str
    asked_at: datetime


def add(connection: Connection, *, provider_id: str, at: datetime, contact: int | None, meaning: str) -> bool:
    """Write a text down. False when it was here before: carriers repeat their webhooks."""
    values = {"provider_id": provider_id, "at": at, "contact": contact, "meaning": meaning[:12], "answer": ""}
    return insert_new(connection, inbound, values) is not None


def answered(connection: Connection, provider_id: str, answer: str) -> None:
    connection.execute(sa.update(inbound).where(inbound.c.provider_id == provider_id).values(answer=answer))


def let_wait(connection: Connection, provider_id: str, text: str, at: datetime) -> None:
    """Keep the words for a person to read."""
    kept = sa.update(inbound).where(inbound.c.provider_id == provider_id)
    connection.execute(kept.values(text=text[:LONGEST], waits_since=at))


def waiting(connection: Connection, most: int = 200) -> list[Waiting]:
    """Oldest first."""
    chosen = sa.select(inbound).where(inbound.c.waits_since.is_not(None)).order_by(inbound.c.id).limit(most)
    return [Waiting(r.id, r.at, r.contact, r.meaning, r.text) for r in connection.execute(chosen)]


def read(connection: Connection, number: int, by: str) -> bool:
    """A person has dealt with a text; its words go. False when it does not wait."""
    key = (inbound.c.id == number, inbound.c.waits_since.is_not(None))
    done = sa.update(inbound).where(*key).values(text="", waits_since=None, seen_by=by)
    return connection.execute(done).rowcount == 1


def count_text(connection: Connection, writer: str, day: date) -> tuple[int, int]:
    """(texts, answers) of a number on a day, this text counted. writer: a keyed hash of the number."""
    key = (writers.c.writer == writer, writers.c.day == day)
    insert_new(connection, writers, {"writer": writer, "day": day, "texts": 0, "answers": 0})
    counted = sa.update(writers).where(*key).values(texts=writers.c.texts + 1)
    row = connection.execute(counted.returning(writers.c.texts, writers.c.answers)).one()
    return row.texts, row.answers


def count_answer(connection: Connection, writer: str, day: date) -> None:
    key = (writers.c.writer == writer, writers.c.day == day)
    connection.execute(sa.update(writers).where(*key).values(answers=writers.c.answers + 1))


def vote(
    connection: Connection, *, alert: int, version: int, threshold: str, voter: str, answer: str, day: date
) -> None:
    """Keep what somebody says of an alert; their second word replaces their first."""
    said = {"answer": answer, "version": version, "threshold": threshold, "day": day}
    insert_or_replace(connection, feedback, {"alert": alert, "voter": voter, **said})


def votes(connection: Connection, threshold: str | None = None, alert: int | None = None) -> dict[str, int]:
    """Answer ("1" seen here, "2" not here, "3" useful) → how many gave it."""
    chosen = sa.select(feedback.c.answer, sa.func.count()).group_by(feedback.c.answer)
    if threshold is not None:
        chosen = chosen.where(feedback.c.threshold == threshold)
    if alert is not None:
        chosen = chosen.where(feedback.c.alert == alert)
    return {row[0]: row[1] for row in connection.execute(chosen)}


def votes_by_threshold(connection: Connection) -> dict[str, dict[str, int]]:
    """Threshold → answer → how many gave it, one vote for each person and alert."""
    chosen = sa.select(feedback.c.threshold, feedback.c.answer, sa.func.count().label("many"))
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(chosen.group_by(feedback.c.threshold, feedback.c.answer)):
        found.setdefault(row.threshold, {})[row.answer] = row.many
    return found


def ask_to_join(connection: Connection, one: Joining) -> None:
    said = {"place": one.place, "language": one.language, "asked_at": one.asked_at}
    insert_or_replace(connection, joining, {"address": one.address, **said})


def take_joining(connection: Connection, address: str, since: datetime) -> Joining | None:
    """The request of a number that was made since then; it is gone afterwards."""
    row = connection.execute(sa.select(joining).where(joining.c.address == address)).one_or_none()
    connection.execute(sa.delete(joining).where(joining.c.address == address))
    if row is None or row.asked_at < since:
        return None
    return Joining(row.address, row.place, row.language, row.asked_at)


def set_language(connection: Connection, contact: int, language: str) -> None:
    """The language that a contact asked for by text."""
    connection.execute(sa.update(contacts).where(contacts.c.id == contact).values(language=language))


def forget(connection: Connection, before: datetime) -> int:
    """Drop words that waited too long for a reader, counts of writers and requests that nobody confirmed."""
    old = sa.update(inbound).where(inbound.c.at < before, inbound.c.text != "").values(text="", waits_since=None)
    dropped = connection.execute(old).rowcount
    connection.execute(sa.delete(writers).where(writers.c.day < before.date()))
    connection.execute(sa.delete(joining).where(joining.c.asked_at < before))
    return dropped
