"""A row that was `sending` when its worker stopped: ask the carrier before anything is sent again."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.drained import note_drained
from alerts.flow.addressing.message import message
from alerts.flow.delivery.backoff import backoff
from alerts.flow.process.fault import fault
from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import attempts, carriers, outbox, receipts
from notifiers.message import DeliveryError, Receipt
from notifiers.twilio_states import FAILED

TWIN_PAUSE = timedelta(seconds=1)


def reconcile(app: App, now: datetime) -> Delivery | None:
    """Work on the most urgent interrupted row; None when there is none.

    1. A callback that bears our delivery id proves that the carrier has the message.
    2. Else the carrier is asked. What it lists, it has.
    3. Else, when it does not list it at a second look, after it has had time to settle, the row is queued again. The
       time is counted from our own first look: the row may bear the hour of a clock that was wrong.
    A mail server cannot be asked; its repeat bears the same Message-ID, and a second mail is an annoyance where a lost
    one may be a death.
    """
    lease = timedelta(seconds=app.configuration.clock.lease_seconds)
    with app.store.write() as connection:
        found = outbox.interrupted(connection, now, lease, most=1)
        if not found:
            return None
        delivery = found[0]
        called_back = attempts.callback_for(connection, delivery.id)
        taken = outbox.taken_ids(connection, delivery)
        outbox.hold(connection, delivery, owner=app.store.owner, now=now, lease=lease)
        fault("in-reconcile")
    notifier = app.notifiers[delivery.channel]
    if called_back:
        _has_it(app, delivery, Receipt(notifier.name, called_back, "known by its callback"), now)
    elif not notifier.reconciles:
        _again(app, delivery, now)
    else:
        try:
            since = min(delivery.sending_since or delivery.created_at, now)
            receipt = notifier.find(message(app, delivery, now), since, taken)
        except DeliveryError as error:
            _later(app, delivery, now, f"perhaps sent; the carrier could not be asked ({error.code})")
        else:
            fault("after-asking")
            if receipt is not None:
                _has_it(app, delivery, receipt, now)
            elif delivery.settled_at is not None and delivery.settled_at <= now:
                _again(app, delivery, now)
            else:
                _look_again(app, delivery, now)
    fault("after-reconcile")
    note_drained(app, {(delivery.alert, delivery.version)}, now)
    return delivery


def _has_it(app: App, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    with app.store.write() as connection:
        carriers.alone(connection, "asking", now)
        twin = outbox.twin_under_way(connection, delivery, now)
        if twin or receipt.provider_id in outbox.taken_ids(connection, delivery):
            # The same words to the same phone, by somebody who is just sending: what is listed may be theirs.
            because = "perhaps sent; another message of the same words goes first"
            outbox.put_back(connection, delivery, due_at=now + TWIN_PAUSE, because=because)
            return
        receipts.take(connection, [(delivery, receipt)], [now])
        if receipt.state in FAILED:
            # Taken, and already given up by the carrier: nobody would call back about it again.
            now_taken = outbox.get(connection, delivery.id)
            if now_taken is not None and now_taken.state is DeliveryState.ACCEPTED:
                problem = f"the carrier lists it as {receipt.state}"
                outbox.move(connection, now_taken, DeliveryState.FAILED, problem=problem)


def _look_again(app: App, delivery: Delivery, now: datetime) -> None:
    """The first look found nothing. Whoever had the row may have been calling until half its lease was over, and then
    for as long as a call may take."""
    clock, rules = app.configuration.clock, app.configuration.delivery
    calling = max(0.0, app.configuration.sms.timeout_seconds - clock.lease_seconds / 2)
    settled = delivery.settled_at or now + timedelta(seconds=rules.settle_seconds + calling)
    # A moment that lies further ahead than it can was reckoned before the clock was set back.
    settled = min(settled, now + timedelta(seconds=rules.settle_seconds + calling))
    with app.store.write() as connection:
        because = "perhaps sent; waiting for the carrier to list it"
        outbox.put_back(connection, delivery, due_at=settled, because=because, settled_at=settled)


def _again(app: App, delivery: Delivery, now: datetime) -> None:
    """The carrier does not have it. After an answer that was none it is not asked again at once."""
    rules = app.configuration.delivery
    interrupted = not delivery.problem
    wait = timedelta(0)
    if not interrupted:
        wait = backoff(delivery.id, delivery.attempt, rules.backoff_seconds, rules.backoff_most_seconds)
    with app.store.write() as connection:
        if interrupted:
            attempts.end_attempt(connection, delivery.id, delivery.attempt, now, "interrupted")
        outbox.move(
            connection, delivery, DeliveryState.QUEUED, due_at=now + wait,
            held_because="sent again: the attempt before was interrupted and the carrier does not have it",
        )  # fmt: skip


def _later(app: App, delivery: Delivery, now: datetime, because: str) -> None:
    """The carrier cannot be asked. The longer that goes on, the seldomer it is tried."""
    rules = app.configuration.delivery
    tries = 1 + int((now - (delivery.sending_since or now)).total_seconds() // 60)
    wait = backoff(delivery.id, min(tries.bit_length(), 20), rules.backoff_seconds, rules.backoff_most_seconds)
    with app.store.write() as connection:
        outbox.put_back(connection, delivery, due_at=now + max(wait, timedelta(seconds=1)), because=because)
