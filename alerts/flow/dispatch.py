"""Messages to their carrier, a batch at a time: claim, say so, send, keep the receipts.

1. In one transaction the most urgent due rows are claimed, everything that may have changed since they were written is
   checked again, and they become `sending`, each with the number of its attempt.
2. The carrier is called while no transaction and no session is open, for several rows at once. Right before each call
   it is asked whether anybody has taken consent back or ended an alert since 1, and whether the lease still holds.
3. Receipts, and what went wrong, are written as they come in: all that came during one commit share the next.
A process that dies between 1 and 3 leaves rows that are `sending`; see `reconcile`.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from alerts.app import App
from alerts.flow.claim import Claimed, claim
from alerts.flow.drained import note_drained
from alerts.flow.fault import fault
from alerts.flow.message import message
from alerts.flow.outcomes import Outcome, Withdrawn, keep
from alerts.flow.recheck import recheck
from alerts.model.delivery import Delivery
from alerts.store import standing
from notifiers.message import WITHDRAWN, DeliveryError

BATCH = 50
"""Rows of one claim. More would save little; fewer are left to be reconciled after a crash."""

log = logging.getLogger("supplywatch.delivery")


def dispatch(app: App, channel: str, now: datetime, most: int = BATCH) -> tuple[Delivery, ...]:
    """Work on the most urgent due rows of one channel, and give them as they were claimed; empty when nothing is due,
    the sender's line is busy or the carrier's circuit is open."""
    claimed = claim(app, channel, now, most)
    if claimed.sending:
        _send(app, claimed, now)
    if claimed.seen:
        note_drained(app, {(d.alert, d.version) for d in (*claimed.sending, *claimed.put_aside)}, now)
    return (*claimed.sending, *claimed.put_aside)


def _send(app: App, claimed: Claimed, now: datetime) -> None:
    todo: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
    done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    stop = threading.Event()
    for delivery in claimed.sending:
        todo.put(delivery)

    def line() -> None:
        while not stop.is_set():
            try:
                delivery = todo.get_nowait()
            except queue.Empty:
                return
            done.put(_call(app, claimed, delivery, now))

    number = min(app.configuration.delivery.parallel, len(claimed.sending))
    lines = [threading.Thread(target=line, name=f"line {n}", daemon=True) for n in range(number)]
    for thread in lines:
        thread.start()
    try:
        for outcomes in _groups(done, len(claimed.sending)):
            keep(app, outcomes)
    finally:
        # What nobody could write down must not go on being sent: its rows are reconciled.
        stop.set()
        for thread in lines:
            thread.join()


def _groups(done: queue.SimpleQueue[Outcome], total: int) -> Iterator[Sequence[Outcome]]:
    """Outcomes as they come: what came in while the group before was being written is one group."""
    while total:
        group = [done.get()]
        while not done.empty():
            group.append(done.get())
        total -= len(group)
        yield group


def _call(app: App, claimed: Claimed, delivery: Delivery, now: datetime) -> Outcome:
    """One call of a carrier; never raises, and says when it ended."""
    try:
        withdrawn = _withdrawn(app, claimed, delivery, now)
        if withdrawn is not None:
            return Outcome(delivery, withdrawn, now + claimed.watch.elapsed)
        fault("before-send")
        receipt = app.notifiers[delivery.channel].send(message(app, delivery, now, lambda: claimed.watch.running))
        fault("after-send")
    except DeliveryError as error:
        result: DeliveryError | Withdrawn = Withdrawn() if error.code == WITHDRAWN else error
        return Outcome(delivery, result, now + claimed.watch.elapsed)
    except Exception as error:
        # A broken notifier must not stop the line, nor may we claim that nothing was sent.
        log.exception("delivery %s broke its notifier; it is looked at again later", delivery.id)
        return Outcome(delivery, error, now + claimed.watch.elapsed)
    return Outcome(delivery, receipt, now + claimed.watch.elapsed)


def _withdrawn(app: App, claimed: Claimed, delivery: Delivery, now: datetime) -> Withdrawn | None:
    """Whether the message must not go after all: a STOP may have come while the ones before it were being sent."""
    if not claimed.watch.running:
        return Withdrawn()
    with app.store.read() as connection:
        if standing.mark(connection) == claimed.mark:
            return None
        stands = standing.of(connection, [delivery.id]).get(delivery.id)
    # Its own row is `sending`: what it waited for before, it does not wait for any more.
    verdict = None if stands is None else recheck(delivery, stands, now)
    return None if verdict is None else Withdrawn(verdict)
