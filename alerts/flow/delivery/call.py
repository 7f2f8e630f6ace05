"""One call of a carrier, with the last questions before it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.message import message
from alerts.flow.delivery.claim import Claimed
from alerts.flow.delivery.outcomes import Outcome, Withdrawn
from alerts.flow.delivery.recheck import recheck
from alerts.flow.process.fault import fault
from alerts.model.delivery import Delivery
from alerts.store import standing
from alerts.store.stopwatch import Stopwatch
from notifiers.message import WITHDRAWN, DeliveryError

FRESH = 0.02
"""Seconds for which "nobody has taken anything back" holds: less than any carrier's answer takes."""

Asked = dict[tuple[int, int], Stopwatch]

log = logging.getLogger("supplywatch.delivery")


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed row to be sent. now: when it was claimed."""

    claimed: Claimed
    delivery: Delivery
    now: datetime

    @property
    def moment(self) -> datetime:
        return self.now + self.claimed.watch.elapsed


def call(app: App, job: Job, asked: Asked) -> Outcome:
    """Send one row; never raises, and says when it ended.

    asked: shared by all lines of a worker; while the stopwatch runs, nobody has taken anything back since the mark.
    """
    delivery = job.delivery
    try:
        withdrawn = _withdrawn(app, job, asked)
        if withdrawn is not None:
            return Outcome(delivery, withdrawn, job.moment)
        fault("before-send")
        receipt = app.notifiers[delivery.channel].send(
            message(app, delivery, job.now, lambda: job.claimed.watch.running)
        )
        fault("after-send")
    except DeliveryError as error:
        return Outcome(delivery, Withdrawn() if error.code == WITHDRAWN else error, job.moment)
    except Exception as error:
        # A broken notifier must not stop the line, nor may we claim that nothing was sent.
        log.exception("delivery %s broke its notifier; it is looked at again later", delivery.id)
        return Outcome(delivery, error, job.moment)
    return Outcome(delivery, receipt, job.moment)


def _withdrawn(app: App, job: Job, asked: Asked) -> Withdrawn | None:
    """Whether the message must not go after all: a STOP may have come while the ones before it were being sent."""
    if not job.claimed.watch.running:
        return Withdrawn()
    known = asked.get(job.claimed.mark)
    if known is not None and known.running:
        return None
    with app.store.read() as connection:
        fresh = Stopwatch(FRESH)
        if standing.mark(connection) == job.claimed.mark:
            asked[job.claimed.mark] = fresh
            return None
        stands = standing.of(connection, [job.delivery.id]).get(job.delivery.id)
    verdict = None if stands is None else recheck(job.delivery, stands, job.now)
    return None if verdict is None else Withdrawn(verdict)
