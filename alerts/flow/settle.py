"""What carriers call back with: kept as it came, then the delivery moves forward, never back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.app import App
from alerts.flow.drained import note_if_drained
from alerts.model.delivery import MOVES, Delivery, DeliveryState
from alerts.store import outbox, partners
from notifiers.message import Scope
from notifiers.twilio_callbacks import StatusCallback
from notifiers.twilio_codes import CODES, DEFAULT
from notifiers.twilio_states import FAILED, REACHED


def settle(app: App, callback: StatusCallback, now: datetime) -> Delivery | None:
    """Take one status callback; returns the delivery it was about, None for one that is not ours.

    Callbacks come late, twice, out of order and before the answer to the call itself. A callback for a row that is
    still `sending` proves that the carrier has it; the row itself is moved by its worker or by reconciliation.
    """
    values: dict[str, Any]
    with app.store.write() as connection:
        delivery = outbox.get(connection, callback.delivery_id)
        if delivery is None:
            return None
        code = "" if callback.code is None else str(callback.code)
        outbox.add_callback(
            connection, delivery=delivery.id, now=now, provider_id=callback.sid, status=callback.state, code=code
        )
        if callback.state in REACHED:
            to, values = DeliveryState.DELIVERED, {"delivered_at": now, "problem": ""}
        elif callback.state in FAILED:
            to, values = DeliveryState.FAILED, {"problem": f"{code} {callback.state}".strip()}
            if callback.code is not None and CODES.get(callback.code, DEFAULT) is Scope.RECIPIENT:
                partners.disable(connection, delivery.contact, delivery.channel, f"{code} ({now:%Y-%m-%d})")
        else:
            return delivery
        if to in MOVES[delivery.state]:
            outbox.move(connection, delivery, to, provider_id=callback.sid, **values)
            if delivery.state is DeliveryState.SENDING:
                note_if_drained(connection, delivery, now)
        return delivery
