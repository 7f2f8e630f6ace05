"""Look at the evidence as known at `now` with every threshold's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from alerts.app import App
from alerts.flow.scope.region import region_of
from alerts.flow.scope.rolled_up import rolled_up
from alerts.flow.scope.select import classes, select
from alerts.model.intent import PANEL_CHANGE, StoredSignal
from alerts.model.threshold import Threshold
from alerts.store import signals, thresholds
from detectors.history import History
from detectors.methods.combine import narrowest
from detectors.methods.discovery import with_q
from detectors.methods.effect import with_effect
from detectors.sample import SampleKind
from detectors.signal import Signal

PANEL = "panel"
LOOK_BACK = timedelta(days=1850)
"""How far detectors see: the longest baseline of any method (208 weeks, a gap and the window) with room."""


def detect(app: App, now: datetime, *, for_staff: bool = True) -> list[StoredSignal]:
    """Signals on the day of `now` in the programme's zone, stored once each, in the order of thresholds; what is for
    staff alone is stored too and not among them, so that nothing is decided on it.

    for_staff: False leaves that out altogether: no staff look at the rooms of a replay.
    """
    today = now.astimezone(app.configuration.programme.zone).date()
    with app.store.read() as connection:
        app.believed.refresh(connection, today - LOOK_BACK, partial(rolled_up, lexicon=app.lexicon))
        rules = [t for t in thresholds.current(connection) if t.enabled]
    if not for_staff:
        rules = [rule for rule in rules if makes_alerts(app, rule)]
    found = look(app, rules, app.believed.history(today, classes(app.lexicon)))
    if not found:
        return []
    with app.store.write() as connection:
        return for_people(app, signals.store(connection, found, now))


def for_people(app: App, found: Sequence[StoredSignal]) -> list[StoredSignal]:
    """Those that may make an alert. A silence or an absence is shown to staff: told as news it would be taken for an
    all-clear."""
    return [s for s in found if not app.methods[s.signal.method].for_staff]


def makes_alerts(app: App, rule: Threshold) -> bool:
    """Whether what a rule says may make an alert."""
    return not app.methods[rule.method].for_staff


def look(app: App, rules: Sequence[Threshold], history: History) -> list[tuple[str, Signal]]:
    """(threshold name, signal) of every rule. Nothing is read or written but what is given.

    history: of all kinds, with substances rolled up to their families.
    """
    return [(rule.name, signal) for rule in rules for signal in of_rule(app, rule, history.of_kinds(rule.kinds))]


def of_rule(app: App, rule: Threshold, history: History) -> list[Signal]:
    """What one rule says of a history that holds its kinds of samples only."""
    places = _places(app, rule.scope, history)
    if not places:
        return []
    wanted = select(rule.substances, app.lexicon, app.configuration.lists)
    method = app.methods[rule.method]
    said = [with_effect(s) for s in method.run(history, rule.parameters, wanted, places)]
    if said and method.tested is not None:
        # Before the state's repetitions are dropped: whatever was tested is paid for.
        said = with_q(said, method.tested(history, rule.parameters, wanted, places))
    return _suspected(app, history, rule, narrowest(said, {}))


def _suspected(app: App, history: History, rule: Threshold, spoken: Sequence[Signal]) -> list[Signal]:
    """The signals, those labelled that a change in the laboratory would explain as well as one in the supply.

    A watchlist speaks of a finding, not of a rise: what is on it was found, whoever began to look for it.
    """
    if rule.method in ("watchlist", PANEL, "mention") or app.methods[rule.method].for_staff or not spoken:
        return list(spoken)
    substances = frozenset(s.substance for s in spoken)
    places = tuple(sorted({s.place for s in spoken}))
    changes = {(s.substance, s.place, s.kind) for s in app.methods[PANEL].run(history, {}, substances, places)}
    return [
        replace(s, labels=(*s.labels, PANEL_CHANGE)) if (s.substance, s.place, s.kind) in changes else s for s in spoken
    ]


def _places(app: App, scope: str, history: History) -> tuple[str, ...]:
    """County: every county, and the states too: three cases in three counties are no county's news but the state's,
    and a sample of which only the state is known must not fall between the places. A notice makes no place ours; where
    nothing but notices is known, they are read for the programme's own state."""
    notice = np.array([kind == SampleKind.NOTICE for kind in history.kinds] or [False], dtype=bool)
    present = {history.places[i] for i in np.unique(history.place[~notice[history.kind]]).tolist()}
    if not present and history.samples:
        present = {app.gazetteer.resolve(app.configuration.programme.state) or "US"}
    states = {region_of(place, app.gazetteer) for place in present}
    return tuple(sorted(present | states if scope == "county" else states))
