"""What carriers call back with: kept as it came, then the delivery moves forward, never back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.app import App
from alerts.config.error_codes import known_codes
from alerts.flow.drained import note_drained
from alerts.flow.fault import fault
from alerts.model.delivery import MOVES, Delivery, DeliveryState
from alerts.store import attempts, carriers, outbox, partners
from alerts.store.engine import Connection
from notifiers.message import Scope
from notifiers.twilio_callbacks import StatusCallback
from notifiers.twilio_states import FAILED, REACHED


def settle(app: App, callback: StatusCallback, now: datetime) -> Delivery | None:
    """Take one status callback; returns the delivery it was about, None for one that is not ours.

    Callbacks come late, twice, out of order and before the answer to the call itself. The same callback a second time
    changes nothing. One for a row that is still `sending` proves that the carrier has it; the row itself is moved by
    its worker or by reconciliation.
    """
    with app.store.write() as connection:
        delivery = outbox.get(connection, callback.delivery_id)
        if delivery is None or delivery.channel != "sms":
            return None
        code = "" if callback.code is None else str(callback.code)
        new = attempts.add_callback(
            connection, delivery=delivery.id, now=now, provider_id=callback.sid, status=callback.state, code=code
        )
        moved = new and _move(app, connection, delivery, callback, now)
        fault("in-callback")
    fault("after-callback")
    if moved and delivery.state in (DeliveryState.SENDING, DeliveryState.QUEUED):
        note_drained(app, {(delivery.alert, delivery.version)}, now)
    return delivery


def _move(app: App, connection: Connection, delivery: Delivery, callback: StatusCallback, now: datetime) -> bool:
    code = "" if callback.code is None else str(callback.code)
    values: dict[str, Any]
    if callback.state in REACHED:
        to, values = DeliveryState.DELIVERED, {"delivered_at": now, "problem": ""}
    elif callback.state in FAILED:
        to, values = DeliveryState.FAILED, {"problem": f"{code} {callback.state}".strip()}
        _learn(app, connection, delivery, callback.code, now)
    else:
        return False
    if to not in MOVES[delivery.state]:
        return False
    if delivery.state is DeliveryState.QUEUED and to is DeliveryState.FAILED:
        # It is about an earlier attempt; this one is still to come.
        return False
    return outbox.move(connection, delivery, to, provider_id=callback.sid, **values)


def _learn(app: App, connection: Connection, delivery: Delivery, code: int | None, now: datetime) -> None:
    if code is None:
        return
    known = known_codes(app.configuration)
    if code not in known:
        carriers.count_unknown(connection, "sms", str(code), "in a callback", now)
    if known.get(code, Scope(app.configuration.delivery.default_code)) is Scope.RECIPIENT:
        partners.disable(connection, delivery.contact, delivery.channel, f"{code} ({now:%Y-%m-%d})")
