"""What staff must know and nobody else is told: places and sources that fell silent, substances no longer found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.scope.select import members
from alerts.model.intent import StoredSignal
from alerts.store import signals
from alerts.store.engine import Connection
from alerts.store.tested_counts import newest_known
from detectors.explain import explain

SHOWN = timedelta(days=365)
"""How long a signal that still holds is shown: after a year it is known, or nobody looks."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """A signal for staff that still holds. at: when it was first said. sentence: in plain words."""

    at: datetime
    stored: StoredSignal
    sentence: str


def unheard(app: App, connection: Connection, now: datetime) -> list[Unheard]:
    """The signals of methods that are for staff and still hold, newest first; of one place, kind and substance the
    newest alone. A silence is over when a result comes; an absence when the substance is found again."""
    names = [name for name, method in app.methods.items() if method.for_staff]
    found: dict[tuple[str, ...], Unheard] = {}
    for at, stored in signals.latest_of(connection, names, now - SHOWN):
        s = stored.signal
        source = next((label.removeprefix("source: ") for label in s.labels if label.startswith("source: ")), "")
        key = (s.method, s.substance, s.place, s.kind, source)
        if key in found:
            continue
        wanted = members(s.substance, app.lexicon) if s.substance else None
        newest = newest_known(connection, s.place, s.kind, substances=wanted, feed=source, now=now)
        if newest is None or s.last_seen is None or newest > s.on:
            continue
        known = app.lexicon.substances.get(s.substance)
        called = {s.substance: known.display("en")} if known else {}
        found[key] = Unheard(at, stored, explain(s, called, {s.place: app.gazetteer.name(s.place)}))
    return list(found.values())
