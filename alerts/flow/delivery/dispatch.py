"""Messages to their carrier: claim, say so, send, keep the receipts.

1. In one transaction the most urgent due rows are claimed, everything that may have changed since they were written is
   checked again, and they become `sending`, each with the number of its attempt.
2. The carrier is called while no transaction and no session is open, for several rows at once. Right before each call
   it is asked whether anybody has taken consent back or ended an alert since 1, and whether the lease still holds.
3. Receipts, and what went wrong, are written as they come in, a few of them in each commit; meanwhile the next rows are
   on their way.
A process that dies between 1 and 3 leaves rows that are `sending`; see `reconcile`.
"""

from __future__ import annotations

import queue
import threading
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.drained import note_drained
from alerts.flow.delivery.call import Asked, Job, call
from alerts.flow.delivery.claim import claim
from alerts.flow.delivery.outcomes import Outcome, keep
from alerts.model.delivery import Delivery
from alerts.store.stopwatch import Stopwatch

MOST = 1000
"""Rows after which the caller is asked whether to go on: a node that is being stopped must come to an end."""
BATCH = 50
"""Rows of one claim. More would save little; fewer are left to be reconciled after a crash."""
GROUP = 25
GATHER = 0.05
"""Receipts that share a commit, and seconds that the first of them waits for it. A disk takes as long for one as for
all of them; after a crash so many mails may be repeated."""


def dispatch(app: App, channel: str, now: datetime, most: int = MOST) -> tuple[Delivery, ...]:
    """Work on the due rows of one channel, the most urgent first, and give them as they were claimed.

    Empty when nothing is due, the sender's line is busy or the carrier's circuit is open.
    """
    seen: list[Delivery] = []
    todo: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    lines: list[threading.Thread] = []
    unfinished, more, begun = 0, True, Stopwatch(0)
    asked: Asked = {}

    def line() -> None:
        while (job := todo.get()) is not None:
            done.put(call(app, job, asked))

    try:
        while more or unfinished:
            # The lines are kept busy: rows are claimed before the last ones have gone.
            if more and unfinished <= BATCH // 2:
                moment = now + begun.elapsed
                claimed = claim(app, channel, moment, min(BATCH, most - len(seen)))
                seen += [*claimed.sending, *claimed.put_aside]
                more = claimed.seen > 0 and len(seen) < most
                for delivery in claimed.sending:
                    todo.put(Job(claimed, delivery, moment))
                unfinished += len(claimed.sending)
                while len(lines) < min(app.configuration.delivery.parallel, unfinished):
                    lines.append(threading.Thread(target=line, name=f"line {channel} {len(lines)}", daemon=True))
                    lines[-1].start()
            if unfinished:
                group = _gathered(done, unfinished)
                unfinished -= len(group)
                keep(app, group)
    finally:
        # What nobody could write down must not go on being sent: its rows are reconciled.
        while not todo.empty():
            todo.get()
        for _ in lines:
            todo.put(None)
        for thread in lines:
            thread.join()
    if seen:
        note_drained(app, {(d.alert, d.version) for d in seen}, now + begun.elapsed)
    return tuple(seen)


def _gathered(done: queue.SimpleQueue[Outcome], unfinished: int) -> list[Outcome]:
    """At most GROUP outcomes, none of which waits for longer than GATHER for the others."""
    group = [done.get()]
    full = Stopwatch(GATHER)
    while len(group) < min(unfinished, GROUP):
        try:
            group.append(done.get(timeout=max(0.0, GATHER - full.elapsed.total_seconds())))
        except queue.Empty:
            break
    return group
