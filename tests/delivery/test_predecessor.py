"""An update or an all-clear waits for what the same person must read before it."""

from __future__ import annotations

from datetime import timedelta

from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.reconcile import reconcile
from alerts.model.delivery import DeliveryState
from alerts.model.level import Level
from alerts.store import outbox
from tests.databases import Postgres, SqliteFiles
from tests.delivery.ground import MORNING, Ground, add, add_contacts, phone, row
from tests.peers.twilio_peer import TwilioPeer


def test_an_update_waits_while_nobody_knows_whether_the_alert_went_out(databases: SqliteFiles | Postgres) -> None:
    with TwilioPeer() as carrier:
        app = Ground(databases.migrated(), carrier.url, 9).app(settle=20, backoff=5)
        with app.store.write() as connection:
            add_contacts(connection, 2)
        first = row(1, 1, "sms", alert=7, version=1, words="the alert")
        # More urgent than its predecessor, and still behind it; another person's is not held up.
        update = row(2, 1, "sms", alert=7, version=2, words="the update", level=Level.ACT_NOW)
        other = row(3, 2, "sms", alert=7, version=2, words="somebody else's update")
        add(app, [first])
        carrier.misbehave("hang-up-before")
        dispatch(app, "sms", MORNING)
        add(app, [update, other])
        dispatch(app, "sms", MORNING)
        with app.store.read() as connection:
            held = outbox.get(connection, update.id)
        assert held is not None
        assert (held.state, held.held_because) == (
            DeliveryState.QUEUED, "an earlier message of the same alert goes first",
        )  # fmt: skip
        for seconds in range(5, 200, 5):
            moment = MORNING + timedelta(seconds=seconds)
            reconcile(app, moment)
            dispatch(app, "sms", moment)
        bodies = [t.body for t in carrier.messages if t.to == phone(1)]
        assert bodies == ["the alert", "the update"]
        assert [t.body for t in carrier.messages if t.to == phone(2)] == ["somebody else's update"]
        app.close()
