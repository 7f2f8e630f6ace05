"""Writing down how calls of a carrier ended: receipts together, refusals by what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.delivery.claim import set_aside
from alerts.flow.delivery.recheck import Verdict
from alerts.flow.delivery.refused import refused
from alerts.flow.process.fault import fault
from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import attempts, carriers, outbox, receipts
from alerts.store.engine import Connection
from notifiers.message import DeliveryError, Receipt

POISON_PAUSE = timedelta(hours=1)
"""A row that breaks its notifier is put aside for so long, so that it cannot stop the line behind it."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The carrier was surely not called. verdict: why not; None when the lease had run out."""

    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended, and when."""

    delivery: Delivery
    result: Receipt | DeliveryError | Withdrawn | Exception
    at: datetime


def keep(app: App, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes down, in one transaction."""
    with app.store.write() as connection:
        taken = [(o.delivery, o.result, o.at) for o in outcomes if isinstance(o.result, Receipt)]
        if taken:
            receipts.take(connection, [(d, r) for d, r, _ in taken], [at for _, _, at in taken])
            carriers.close_circuit(connection, taken[0][0].channel)
        for one in outcomes:
            if isinstance(one.result, Withdrawn):
                _withdrawn(app, connection, one.delivery, one.result, one.at)
            elif isinstance(one.result, DeliveryError):
                refused(app, connection, one.delivery, one.result, one.at)
            elif isinstance(one.result, Exception):
                _broken(connection, one.delivery, one.result, one.at)
        fault("in-receipts")
    fault("after-receipts")


def _withdrawn(app: App, connection: Connection, delivery: Delivery, result: Withdrawn, at: datetime) -> None:
    attempts.end_attempt(connection, delivery.id, delivery.attempt, at, "not sent")
    if result.verdict is not None:
        set_aside(connection, delivery, result.verdict)
        return
    # Whoever took the row over has a lease of their own, and decides about it.
    outbox.move(
        connection, delivery, DeliveryState.QUEUED, owner=app.store.owner, due_at=at,
        held_because="not sent: its turn came too late, and it is taken anew",
    )  # fmt: skip


def _broken(connection: Connection, delivery: Delivery, error: Exception, at: datetime) -> None:
    """A notifier failed in a way that it should not: nobody knows whether the carrier has the message."""
    what = f"{type(error).__name__}: {error}"
    attempts.end_attempt(connection, delivery.id, delivery.attempt, at, "broken", "", what)
    outbox.put_back(connection, delivery, due_at=at + POISON_PAUSE, because=what[:500])
