"""What came too soon after an update, and whose method has fallen silent since: it is still to be said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.app import App
from alerts.flow.decide import OpenAlert
from alerts.flow.hush import stands
from alerts.flow.region import region_of
from alerts.flow.weigh import confidence_of, rank_of_confidence
from alerts.model.alert import AlertState
from alerts.model.intent import StoredSignal
from alerts.store import signals
from alerts.store.engine import Connection


def postponed(
    app: App,
    connection: Connection,
    known: Sequence[OpenAlert],
    found: Sequence[StoredSignal],
    now: datetime,
) -> list[StoredSignal]:
    """Signals of open alerts that no edition says yet and whose evidence still stands; whether their wait is over is
    for the decider.

    The watchlist speaks of a finding for a week, and a threshold may ask for a week between two editions. Without this
    a county that joined on the first day would never be told of.
    """
    present = {s.id for s in found}
    result = []
    for one in known:
        alert, latest = one.alert, one.latest
        if alert.state is not AlertState.OPEN or latest is None:
            continue
        best = rank_of_confidence(latest.confidence)
        held = {ref for place in latest.places for ref in place.evidence}
        for stored in signals.said_since(connection, alert.substance, alert.opened_at):
            signal = stored.signal
            if (
                stored.id not in present
                and signal.kind == alert.kind
                and region_of(signal.place, app.gazetteer) == alert.region
                and not set(signal.evidence) <= held
                and (signal.place not in alert.places or rank_of_confidence(confidence_of([stored])) < best)
                and stands(app, connection, stored, now)
            ):
                result.append(stored)
    return result
