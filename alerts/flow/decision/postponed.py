"""What came too soon after an update, and whose method has fallen silent since: it is still to be said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.app import App
from alerts.flow.decision.hush import stands
from alerts.flow.decision.weigh import confidence_of, rank_of_confidence
from alerts.flow.detection.detect import for_people
from alerts.flow.scope.region import region_of
from alerts.model.alert import AlertState
from alerts.model.intent import StoredSignal
from alerts.model.open_alert import OpenAlert
from alerts.store import signals
from alerts.store.engine import Connection
from detectors.words.places import Gazetteer


def postponed(
    app: App,
    connection: Connection,
    known: Sequence[OpenAlert],
    found: Sequence[StoredSignal],
    now: datetime,
) -> list[StoredSignal]:
    """Signals of open alerts that no edition says yet and whose evidence still stands; whether their wait is over is
    for the decider."""
    return [
        stored
        for one in known
        if one.alert.state is AlertState.OPEN
        for stored in still_to_say(
            one,
            for_people(app, _said(connection, one)),
            found,
            app.gazetteer,
        )
        if stands(app, connection, stored, now)
    ]


def _said(connection: Connection, one: OpenAlert) -> list[StoredSignal]:
    """Signals since an alert was opened; of its own places only where they may be better confirmed than it is."""
    surest = one.latest is not None and rank_of_confidence(one.latest.confidence) == 0
    outside = one.alert.places if surest else ()
    return signals.said_since(connection, one.alert.substance, one.alert.opened_at, outside=outside)


def still_to_say(
    one: OpenAlert, said: Sequence[StoredSignal], found: Sequence[StoredSignal], gazetteer: Gazetteer
) -> list[StoredSignal]:
    """Of the signals said since an alert was opened, those that its newest edition does not hold. Pure.

    The watchlist speaks of a finding for a week, and a threshold may ask for a week between two editions. Without this
    a county that joined on the first day would never be told of. found: what speaks today anyway.
    """
    alert, latest = one.alert, one.latest
    if latest is None:
        return []
    present = {s.id for s in found}
    best = rank_of_confidence(latest.confidence)
    held = {ref for place in latest.places for ref in place.evidence}
    return [
        stored
        for stored in said
        if stored.id not in present
        and stored.signal.kind == alert.kind
        and region_of(stored.signal.place, gazetteer) == alert.region
        and not set(stored.signal.evidence) <= held
        and (stored.signal.place not in alert.places or rank_of_confidence(confidence_of([stored])) < best)
    ]
