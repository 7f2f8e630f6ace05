"""One message to its carrier: the most urgent that is due on any channel."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.delivery.dispatch import dispatch
from alerts.model.delivery import Delivery


def deliver(app: App, now: datetime) -> Delivery | None:
    """Work on one due row, as `dispatch` does on many; None when nothing is due. Returns the row as it was claimed."""
    for channel in app.notifiers:
        worked_on = dispatch(app, channel, now, most=1)
        if worked_on:
            return worked_on[0]
    return None
