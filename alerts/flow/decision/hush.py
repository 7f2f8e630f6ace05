"""Which signals a silence covers, and which come back because theirs has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.app import App
from alerts.flow.scope.select import select
from alerts.flow.scope.whole_class import bearing_out
from alerts.model.intent import StoredSignal
from alerts.model.silence import Silence
from alerts.store import evidence, signals, silences
from alerts.store.engine import Connection


def hushed(app: App, connection: Connection, found: Sequence[StoredSignal], now: datetime) -> frozenset[int]:
    """Numbers of signals that a silence in force covers; each is written down as held by its silence."""
    covered: set[int] = set()
    for one in silences.in_force(connection, now):
        mine = [s.id for s in found if covers(app, one, s.signal.substance, s.signal.place)]
        silences.hold(connection, one.id, mine)
        covered.update(mine)
    return frozenset(covered)


def covers(app: App, silence: Silence, substance: str, place: str) -> bool:
    """Whether nothing new is to be said of a substance at a place while the silence holds."""
    wanted = select(silence.substances, app.lexicon, app.configuration.lists)
    near = not silence.places or any(p == place or p in app.gazetteer.parents(place) for p in silence.places)
    return substance in wanted and near


def returning(
    app: App, connection: Connection, found: Sequence[StoredSignal], now: datetime
) -> tuple[list[StoredSignal], list[Silence]]:
    """(signals that ended silences held, that their methods do not say any more, and whose evidence still stands; those
    silences, to be settled once the signals are decided).

    A method speaks while something is new; when the silence ends it may have fallen silent itself. Without this the
    finding would be lost.
    """
    present = {s.id for s in found}
    back: dict[int, StoredSignal] = {}
    ended = silences.over(connection, now)
    for one in ended:
        for stored in signals.by_number(connection, silences.held(connection, one.id)):
            if stored.id not in present and stands(app, connection, stored, now):
                back[stored.id] = stored
    return [back[number] for number in sorted(back)], ended


def stands(app: App, connection: Connection, stored: StoredSignal, now: datetime) -> bool:
    """Whether its source still stands by any of a signal's evidence."""
    named = bearing_out(stored.signal.substance, app.lexicon)
    return bool(evidence.still_believed(connection, stored.signal.evidence, named, now))
