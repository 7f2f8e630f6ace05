"""From new evidence to addressed alerts: detect, decide, apply, address; by one worker at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.address import address
from alerts.flow.decision.apply import apply
from alerts.flow.decision.decide import decide
from alerts.flow.decision.hush import hushed, returning
from alerts.flow.decision.levels import levels
from alerts.flow.decision.open_alerts import open_alerts
from alerts.flow.decision.postponed import postponed
from alerts.flow.detection.detect import detect
from alerts.flow.duty.page_duty import page_duty
from alerts.flow.scope.region import region_of
from alerts.model.alert import AlertState, AlertVersion, VersionState
from alerts.model.intent import Intent, StoredSignal
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.store import silences, thresholds, work


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look brought: everything that spoke, every decision with its reason, and the editions that were made."""

    signals: tuple[StoredSignal, ...] = ()
    intents: tuple[Intent, ...] = ()
    versions: tuple[AlertVersion, ...] = ()
    addressed: int = 0


def watch(app: App, now: datetime) -> Watched | None:
    """Look once. None when another worker holds the work or there is nothing to do."""
    lease = timedelta(seconds=app.configuration.clock.lease_seconds)
    owner = app.store.owner
    with app.store.write() as connection:
        work.abandoned(connection, now)
        if not work.take(connection, work.WATCH, owner=owner, now=now, lease=lease):
            return None
    problem = "interrupted"
    try:
        result = look(app, now)
        problem = ""
        return result
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        raise
    finally:
        with app.store.write() as connection:
            work.done(connection, work.WATCH, owner=owner, now=now, problem=problem)


def look(app: App, now: datetime, *, for_staff: bool = True) -> Watched:
    """The look itself, for a caller that already is the only one (a replay). for_staff: as `detect` takes it."""
    found = detect(app, now, for_staff=for_staff)
    with app.store.read() as connection:
        rules = thresholds.current(connection)
        longest = timedelta(days=max((r.cool_down_days for r in rules), default=0))
        known = open_alerts(app, connection, rules, now, now - longest)
    with app.store.write() as connection:
        back, ended = returning(app, connection, found, now)
        found = [*found, *back]
        found += postponed(app, connection, known, found, now)
        quiet = hushed(app, connection, found, now)
    regions = {s.signal.place: region_of(s.signal.place, app.gazetteer) for s in found}
    intents = decide(found, rules, known, regions, now, levels(app), quiet)
    made = [version for intent in intents if (version := apply(app, intent, now)) is not None]
    if ended:
        with app.store.write() as connection:
            for silence in ended:
                silences.settle(connection, silence)
    _look_again(app, intents, known, now)
    if any(version.state is VersionState.HELD for version in made):
        page_duty(app, now)
    return Watched(tuple(found), tuple(intents), tuple(made), address(app, now))


def _look_again(app: App, intents: Sequence[Intent], known: Sequence[OpenAlert], now: datetime) -> None:
    """What came too soon after an update, or inside a silence, is looked at again when its time comes, new data or
    not; so is an alert at the end that people were told."""
    times = [
        i.alert.updated_at + timedelta(hours=i.threshold.update_hours)
        for i in intents
        if i.reason is Reason.TOO_SOON and i.alert is not None
    ]
    ends = (one.said_until or one.alert.expires_at for one in known if one.alert.state is AlertState.OPEN)
    times += [end for end in ends if end > now]
    with app.store.read() as connection:
        times += [silence.ends_at for silence in silences.in_force(connection, now)]
    if times:
        with app.store.write() as connection:
            work.ask_for(connection, work.WATCH, min(times))
