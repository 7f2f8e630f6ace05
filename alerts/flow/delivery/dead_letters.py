"""Messages that failed for good: a person sends them again, or says why that would help nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.staff import Person, Role
from alerts.record.append import FieldValue, append
from alerts.store import alerts, drained, outbox, standby
from alerts.store import dead_letters as letters
from alerts.store.engine import Connection


class DeadLetterError(Exception):
    """The message cannot be retried or dismissed; the text says why and what to do."""


def retry(app: App, delivery: str, by: Person, now: datetime) -> Delivery:
    """Queue a failed message again, valid for as long as a new one; everything is checked anew before it goes."""
    with app.store.write() as connection:
        dead = _dead(connection, delivery, by)
        valid = max(dead.valid_until, now + timedelta(hours=app.configuration.delivery.valid_hours))
        outbox.move(
            connection, dead, DeliveryState.QUEUED, due_at=now, valid_until=valid, problem="", dismissed_at=None,
            held_because=f"sent again by {by.name}", care_of=by.name,
        )  # fmt: skip
        # A person wants it by this channel, whatever became of the others.
        standby.give_up(connection, standby.others(connection, dead), now)
        drained.reopen(connection, dead.alert, dead.version)
        _note(connection, "message.retried", dead, by, now, {"was": dead.problem})
        queued = outbox.get(connection, delivery)
        assert queued is not None
        return queued


def dismiss(app: App, delivery: str, by: Person, why: str, now: datetime) -> None:
    """Take a failed message off the list of dead letters; the reason goes into the record."""
    if not why.strip():
        raise DeadLetterError("Say why, in a few words: the reason goes into the record.")
    with app.store.write() as connection:
        dead = _dead(connection, delivery, by)
        letters.care(connection, delivery, by.name, dismissed_at=now)
        _note(connection, "message.dismissed", dead, by, now, {"was": dead.problem, "why": why.strip()[:500]})


def assign(app: App, delivery: str, to: Person, now: datetime) -> None:
    """Say who looks after a failed message."""
    with app.store.write() as connection:
        dead = _dead(connection, delivery, to)
        letters.care(connection, delivery, to.name)
        _note(connection, "message.cared_for", dead, to, now, {})


def _dead(connection: Connection, delivery: str, by: Person) -> Delivery:
    if by.role is not Role.STAFF:
        raise DeadLetterError("Only staff can decide about messages.")
    dead = outbox.get(connection, delivery)
    if dead is None:
        raise DeadLetterError(f"There is no message {delivery}. `supplywatch messages list` shows those that failed.")
    if dead.state is not DeliveryState.FAILED:
        raise DeadLetterError(f"Message {delivery} is '{dead.state}', so nothing is to be decided about it.")
    if dead.dismissed_at is not None:
        raise DeadLetterError(f"Message {delivery} was dismissed by {dead.care_of} on {dead.dismissed_at:%Y-%m-%d}.")
    return dead


def _note(
    connection: Connection, kind: str, dead: Delivery, by: Person, now: datetime, said: dict[str, str]
) -> None:  # fmt: skip
    """The record names the alert and the channel, never the person who was to get the message."""
    alert = alerts.get(connection, dead.alert)
    fields: dict[str, FieldValue] = {"version": dead.version, "channel": dead.channel, "by": by.name, **said}
    append(connection, at=now, kind=kind, subject=alert.number if alert else dead.channel, fields=fields)
