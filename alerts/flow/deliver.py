"""One message to its carrier: claim, check again, say so, send, keep the receipt.

1. In one transaction the most urgent due row is claimed, everything that may have changed since it was written is
   checked again, and the row becomes `sending`, with the number of the attempt.
2. The carrier is called while no transaction and no session is open.
3. The receipt, or what went wrong, is written in a second transaction.
A process that dies between 1 and 3 leaves a row that is `sending`; see `reconcile`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from alerts.app import App
from alerts.flow.backoff import backoff
from alerts.flow.drained import note_if_drained
from alerts.flow.plan import unsubscribe_url
from alerts.flow.quiet_hours import not_before
from alerts.model.alert import AlertState
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.reason import ENDINGS
from alerts.store import alerts, outbox, partners
from alerts.store.engine import Connection
from notifiers.message import DeliveryError, Message, Receipt, Scope

POISON_PAUSE = timedelta(hours=1)
"""A row that breaks its notifier is put aside for so long, so that it cannot stop the line behind it."""


def deliver(app: App, now: datetime) -> Delivery | None:
    """Work on the most urgent due row; None when nothing is due. Returns the row as it was claimed."""
    lease = timedelta(seconds=app.configuration.clock.lease_seconds)
    owner = app.store.owner
    with app.store.write() as connection:
        claimed = outbox.claim_due(connection, owner=owner, now=now, lease=lease, limit=1)
        if not claimed:
            return None
        delivery = claimed[0]
        if not _still_right(app, connection, delivery, now):
            return delivery
        attempt = delivery.attempt + 1
        outbox.move(
            connection, delivery, DeliveryState.SENDING, owner=owner, attempt=attempt, sending_since=now,
            due_at=now + lease, held_because="",
        )  # fmt: skip
        outbox.begin_attempt(connection, delivery, attempt, now)
    sending = replace(delivery, state=DeliveryState.SENDING, attempt=attempt, sending_since=now)
    try:
        receipt = app.notifiers[delivery.channel].send(message(app, sending, now))
    except DeliveryError as error:
        refused(app, sending, error, now)
    except Exception as error:  # a broken notifier must not stop the line, nor may we claim that nothing was sent
        broken(app, sending, error, now)
        raise
    else:
        accepted(app, sending, receipt, now)
    return delivery


def message(app: App, delivery: Delivery, now: datetime) -> Message:
    """The row as a carrier takes it; the bytes are those of the row."""
    base = app.configuration.programme.public_url.rstrip("/")
    email = delivery.channel == "email"
    return Message(
        delivery_id=delivery.id, to=delivery.address, text=delivery.text, subject=delivery.subject, html=delivery.html,
        front=delivery.front, status_callback="" if email else f"{base}/callbacks/twilio/status",
        unsubscribe=unsubscribe_url(app, delivery.contact, "email") if email else "",
        headers={"Date": format_datetime(now), "Content-Language": delivery.language} if email else {},
    )  # fmt: skip


def accepted(app: App, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """Keep a receipt. A callback may have been faster and moved the row on: then only the carrier's id is added."""
    with app.store.write() as connection:
        outbox.end_attempt(connection, delivery.id, delivery.attempt, now, "accepted", "", receipt.state)
        known = {"provider": receipt.provider, "provider_id": receipt.provider_id}
        moved = outbox.move(connection, delivery, DeliveryState.ACCEPTED, accepted_at=now, problem="", **known)
        if not moved:
            outbox.note_receipt(connection, delivery.id, accepted_at=now, **known)
        note_if_drained(connection, delivery, now)


def refused(app: App, delivery: Delivery, error: DeliveryError, now: datetime) -> None:
    """React to a carrier's no by what it is about."""
    rules = app.configuration.delivery
    problem = f"{error.code} {error.detail}".strip()
    with app.store.write() as connection:
        outbox.end_attempt(connection, delivery.id, delivery.attempt, now, str(error.scope), error.code, error.detail)
        if error.scope is Scope.AMBIGUOUS:
            outbox.put_back(
                connection, delivery, owner=app.store.owner, due_at=now + timedelta(seconds=rules.settle_seconds),
                because=f"perhaps sent ({problem}); the carrier is asked before it is sent again",
            )  # fmt: skip
            return
        if error.scope is Scope.RECIPIENT:
            partners.disable(connection, delivery.contact, delivery.channel, f"{problem} ({now:%Y-%m-%d})")
        last = error.scope in (Scope.RECIPIENT, Scope.MESSAGE) or delivery.attempt >= rules.attempts
        again = _again(app, connection, delivery, error, now)
        if last or again > delivery.valid_until:
            outbox.move(connection, delivery, DeliveryState.FAILED, problem=problem)
            note_if_drained(connection, delivery, now)
            return
        outbox.move(
            connection, delivery, DeliveryState.QUEUED, due_at=again, problem=problem,
            held_because=f"{error.scope}: tried {delivery.attempt} times",
        )  # fmt: skip


def broken(app: App, delivery: Delivery, error: Exception, now: datetime) -> None:
    """A notifier failed in a way that it should not: nobody knows whether the carrier has the message."""
    with app.store.write() as connection:
        what = f"{type(error).__name__}: {error}"
        outbox.end_attempt(connection, delivery.id, delivery.attempt, now, "broken", "", what)
        outbox.put_back(connection, delivery, owner=app.store.owner, due_at=now + POISON_PAUSE, because=what[:500])


def _again(app: App, connection: Connection, delivery: Delivery, error: DeliveryError, now: datetime) -> datetime:
    rules = app.configuration.delivery
    if error.scope is Scope.HOURS:
        contact = partners.get(connection, delivery.contact)
        if contact is not None:
            zone = ZoneInfo(contact.time_zone)
            morning = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), contact.quiet_to, tzinfo=zone)
            return morning.astimezone(now.tzinfo)
    wait = backoff(delivery.id, delivery.attempt, rules.backoff_seconds, rules.backoff_most_seconds)
    return now + max(wait, timedelta(seconds=error.retry_after or 0))


def _still_right(app: App, connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Check again what may have changed since the row was written; settles the row itself when it may not go now."""
    contact = partners.get(connection, delivery.contact)
    alert = alerts.get(connection, delivery.alert)
    why = ""
    if contact is None or not contact.active:
        why = "the contact has left"
    elif not partners.has_consent(connection, delivery.contact, delivery.channel):
        why = "consent was taken back"
    elif partners.is_disabled(connection, delivery.contact, delivery.channel):
        why = "the address does not work"
    elif alert is not None and _overtaken(connection, delivery, alert.state, alert.version):
        why = "the alert ended before this went out"
    if why:
        outbox.move(connection, delivery, DeliveryState.CANCELLED, problem=why)
        note_if_drained(connection, delivery, now)
        return False
    if now > delivery.valid_until:
        # Failed, not cancelled: a person must hear that somebody was not told in time.
        outbox.move(connection, delivery, DeliveryState.FAILED, problem="it could not be sent while it was valid")
        note_if_drained(connection, delivery, now)
        return False
    assert contact is not None
    due = not_before(contact, delivery.channel, delivery.level, now)
    if due > now:
        outbox.put_back(connection, delivery, owner=app.store.owner, due_at=due, because="quiet hours")
        return False
    if outbox.earlier_unsent(connection, delivery):
        outbox.put_back(
            connection, delivery, owner=app.store.owner, due_at=now + timedelta(seconds=5),
            because="an earlier message of the same alert goes first",
        )  # fmt: skip
        return False
    return True


def _overtaken(connection: Connection, delivery: Delivery, state: AlertState, newest: int) -> bool:
    """True for a first or updated warning of an alert that has ended: saying it now would be wrong."""
    if state is not AlertState.ENDED:
        return False
    version = alerts.version(connection, delivery.alert, delivery.version)
    ending = version is not None and version.reason in ENDINGS
    return delivery.version < newest and not ending
