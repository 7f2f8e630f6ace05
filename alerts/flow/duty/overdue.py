"""A review past its deadline: nobody may find an alert asleep in a queue."""

from __future__ import annotations

import logging
from datetime import datetime

from alerts.app import App
from alerts.flow.duty.page_duty import page_duty
from alerts.flow.reviewing.drill import end_drills
from alerts.record.append import append
from alerts.store import alerts

log = logging.getLogger("supplywatch.review")


def overdue(app: App, now: datetime) -> list[str]:
    """Note in the record, once, each held edition past its deadline; returns the alerts' numbers.

    The front page shows them until somebody decides, and the duty roster is asked, one after the other.
    """
    numbers = []
    with app.store.write() as connection:
        for held in alerts.overdue_reviews(connection, now):
            alert = alerts.get(connection, held.alert)
            assert alert is not None
            assert held.deadline is not None
            alerts.mark_reminded(connection, held, now)
            append(
                connection, at=now, kind="review.overdue", subject=alert.number,
                fields={"version": held.version, "deadline": held.deadline.isoformat()},
            )  # fmt: skip
            log.warning("%s waits for a review since %s; its deadline has passed", alert.number, held.at)
            numbers.append(alert.number)
    end_drills(app, now)
    page_duty(app, now)
    return numbers
