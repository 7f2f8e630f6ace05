"""Nobody sits in front of a replay: what waits for approval is approved, and carriers take every message at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.address import address
from alerts.flow.addressing.lay_out import lay_out
from alerts.model.alert import VersionState
from alerts.model.delivery import DeliveryState
from alerts.store import alerts, enqueue, outbox

BY = "replay"
LEASE = timedelta(days=1)


def let_out(app: App, now: datetime) -> None:
    """Approve and address every edition that waits, and count its messages as taken: whoever was told of an alert
    must hear of its end. Only for a store that is thrown away; nothing is sent."""
    with app.store.write() as connection:
        for held in alerts.versions_in(connection, {VersionState.HELD}):
            alerts.move_version(connection, held, VersionState.APPROVED, approved_by=BY, approved_at=now)
    address(app, now)
    lay_out(app, now)
    with app.store.write() as connection:
        waiting = outbox.latest(connection, limit=100_000, states=[DeliveryState.QUEUED])
        for start in range(0, len(waiting), enqueue.BATCH):
            part = waiting[start : start + enqueue.BATCH]
            outbox.begin(connection, part, owner=app.store.owner, now=now, lease=LEASE)
