"""Look at the evidence as known at `now` with every threshold's method."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from alerts.app import App
from alerts.flow.region import region_of
from alerts.flow.select import family, select
from alerts.model.intent import StoredSignal
from alerts.model.threshold import Threshold
from alerts.store import signals, thresholds
from detectors.history import History, Tested
from detectors.signal import Signal

LOOK_BACK = timedelta(days=3 * 366)
"""How far detectors see: the longest baseline (104 weeks and a gap) with room. Older samples change nothing."""


def detect(app: App, now: datetime) -> list[StoredSignal]:
    """Signals on the day of `now` in the programme's zone, stored once each, in the order of thresholds."""
    today = now.astimezone(app.configuration.programme.zone).date()
    with app.store.read() as connection:
        tested = app.believed.refresh(connection, today - LOOK_BACK, partial(family, lexicon=app.lexicon))
        rules = [t for t in thresholds.current(connection) if t.enabled]
    found = look(app, rules, tested, today)
    if not found:
        return []
    with app.store.write() as connection:
        return signals.store(connection, found, now)


def look(app: App, rules: Sequence[Threshold], tested: Sequence[Tested], today: date) -> list[tuple[str, Signal]]:
    """(threshold name, signal) of every rule. Nothing is read or written but what is given.

    tested: with substances rolled up to their families.
    """
    by_kinds: dict[tuple[str, ...], History] = {}
    found: list[tuple[str, Signal]] = []
    for rule in rules:
        if rule.kinds not in by_kinds:
            by_kinds[rule.kinds] = History.of((t for t in tested if t.kind in rule.kinds), today)
        history = by_kinds[rule.kinds]
        places = _places(app, rule.scope, history)
        if not places:
            continue
        wanted = select(rule.substances, app.lexicon, app.configuration.lists)
        for signal in app.methods[rule.method].run(history, rule.parameters, wanted, places):
            found.append((rule.name, signal))
    return found


def _places(app: App, scope: str, history: History) -> tuple[str, ...]:
    present = {sample.place for sample in history.samples}
    if scope == "county":
        # A sample of which only the state is known still counts, under the state: it must not fall between the places.
        return tuple(sorted(present))
    return tuple(sorted({region_of(place, app.gazetteer) for place in present}))
