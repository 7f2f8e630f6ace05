"""A row that was `sending` when its worker stopped: ask the carrier before anything is sent again."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.backoff import backoff
from alerts.flow.deliver import accepted, message
from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import outbox
from notifiers.message import DeliveryError, Receipt


def reconcile(app: App, now: datetime) -> Delivery | None:
    """Work on the most urgent interrupted row; None when there is none.

    1. A callback that bears our delivery id proves that the carrier has the message.
    2. Else the carrier is asked. What it lists, it has.
    3. Else, once the carrier has had time to settle, the row is queued again: surely not taken (Twilio lists within
       seconds what it took). A mail server cannot be asked; its repeat bears the same Message-ID, and a second mail
       is an annoyance where a lost one may be a death.
    """
    rules = app.configuration.delivery
    lease = timedelta(seconds=app.configuration.clock.lease_seconds)
    owner = app.store.owner
    with app.store.write() as connection:
        claimed = outbox.claim_interrupted(connection, owner=owner, now=now, lease=lease, limit=1)
        if not claimed:
            return None
        delivery = claimed[0]
        called_back = outbox.callback_for(connection, delivery.id)
        taken = outbox.taken_ids(connection, delivery)
    notifier = app.notifiers[delivery.channel]
    if called_back:
        accepted(app, delivery, Receipt(notifier.name, called_back, "known by its callback"), now)
        return delivery
    since = delivery.sending_since or delivery.created_at
    found = None
    if notifier.reconciles:
        try:
            found = notifier.find(message(app, delivery, now), since, taken)
        except DeliveryError as error:
            wait = backoff(delivery.id, delivery.attempt, rules.backoff_seconds, rules.backoff_most_seconds)
            with app.store.write() as connection:
                outbox.put_back(
                    connection, delivery, owner=owner, due_at=now + max(wait, timedelta(seconds=1)),
                    because=f"perhaps sent; the carrier could not be asked ({error.code})",
                )  # fmt: skip
            return delivery
    if found is not None:
        accepted(app, delivery, found, now)
        return delivery
    settled = since + timedelta(seconds=rules.settle_seconds)
    with app.store.write() as connection:
        if notifier.reconciles and now < settled:
            outbox.put_back(
                connection,
                delivery,
                owner=owner,
                due_at=settled,
                because="perhaps sent; waiting for the carrier to list it",
            )
        else:
            outbox.end_attempt(connection, delivery.id, delivery.attempt, now, "interrupted")
            outbox.move(
                connection, delivery, DeliveryState.QUEUED, due_at=now,
                held_because="sent again: the attempt before was interrupted and the carrier does not have it",
            )  # fmt: skip
    return delivery
