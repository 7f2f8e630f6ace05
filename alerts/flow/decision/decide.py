"""What becomes of signals: pure, from data to intents with reasons. Applying them is another file's job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.flow.decision.correction import correction
from alerts.flow.decision.end_or_renewal import end_or_renewal
from alerts.flow.decision.growth import growth
from alerts.flow.decision.opening import opening
from alerts.flow.decision.speak import speak
from alerts.flow.decision.withdrawn import withdrawn
from alerts.model.alert import Alert, AlertState
from alerts.model.intent import Intent, StoredSignal
from alerts.model.level import RANK
from alerts.model.level_rule import LevelRule
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.model.threshold import Threshold
from detectors.sample import SampleKind


def decide(
    signals: Sequence[StoredSignal],
    thresholds: Sequence[Threshold],
    alerts: Sequence[OpenAlert],
    regions: Mapping[str, str],
    now: datetime,
    levels: Sequence[LevelRule] = (),
    silenced: frozenset[int] = frozenset(),
) -> list[Intent]:
    """One intent for each (substance, region, kind) that spoke, and one for each open alert that ends or is corrected.

    regions: place → its state. alerts: the open ones, those that ended within the longest cool-down, and the last one
    that ended of each substance, state and kind. levels: what evidence is worth. silenced: numbers of signals that a
    silence covers; corrections and ends are never silenced. The order of the result is that of urgency, then substance
    and region; the same input gives the same output.
    """
    by_name = {t.name: t for t in thresholds}
    groups: dict[tuple[str, str, str], list[StoredSignal]] = {}
    for stored in signals:
        key = (stored.signal.substance, regions[stored.signal.place], stored.signal.kind)
        groups.setdefault(key, []).append(stored)
    # A powder and a death that say the same bear each other out, though each is an alert of its own.
    kinds: dict[tuple[str, str], set[str]] = {}
    for substance, region, kind in groups:
        loud = any(s.id not in silenced and _heard(s, by_name) for s in groups[substance, region, kind])
        kinds.setdefault((substance, region), set()).update({kind} if loud else ())
    for open_alert in alerts:
        if open_alert.alert.state is AlertState.OPEN and not open_alert.alert.exercise:
            kinds.setdefault((open_alert.alert.substance, open_alert.alert.region), set()).add(open_alert.alert.kind)
    intents: list[Intent] = []
    spoken: set[int] = set()
    for key, group in groups.items():
        substance, region, kind = key
        mine = [a for a in alerts if (a.alert.substance, a.alert.region, a.alert.kind) == key]
        current = next((a for a in mine if a.alert.state is AlertState.OPEN), None)
        if current is not None and withdrawn(current) is not None:
            continue  # the laboratory took something back: that is said first; what is left is decided afterwards
        ended = [a.alert for a in mine if a.alert.state is AlertState.ENDED]
        # A notice is no second source of a finding, nor a finding one of a notice from elsewhere.
        others = frozenset() if kind == SampleKind.NOTICE else kinds[substance, region] - {kind, SampleKind.NOTICE}
        intent = _of_group(key, group, by_name, current, ended, now, levels, silenced, frozenset(others))
        if current is not None and intent.reason is Reason.STILL_OPEN and current.end_has_come(now):
            intent = end_or_renewal(current, by_name, now, intent)
        intents.append(intent)
        if current is not None and intent.reason not in (Reason.SWITCHED_OFF, Reason.SILENCED):
            spoken.add(current.alert.id)
    for open_alert in alerts:
        if open_alert.alert.state is not AlertState.OPEN:
            continue
        left = withdrawn(open_alert)
        if left is not None:
            intents.append(correction(open_alert, left, by_name, now))
        elif open_alert.alert.id not in spoken and open_alert.end_has_come(now):
            intents.append(end_or_renewal(open_alert, by_name, now))
    return sorted(intents, key=lambda i: (RANK[i.level], i.substance, i.region, i.kind))


def _of_group(
    key: tuple[str, str, str],
    group: Sequence[StoredSignal],
    thresholds: Mapping[str, Threshold],
    current: OpenAlert | None,
    ended: Sequence[Alert],
    now: datetime,
    levels: Sequence[LevelRule],
    silenced: frozenset[int],
    elsewhere: frozenset[str],
) -> Intent:
    """elsewhere: other kinds of evidence that hold the same substance in the region, today or in an open alert."""
    firing = [s for s in group if _heard(s, thresholds)]
    if not firing:
        named = {s.threshold for s in group}
        rule = next((r for name, r in sorted(thresholds.items()) if name in named), next(iter(thresholds.values())))
        return Intent(Reason.SWITCHED_OFF, *key, rule.level, rule, tuple(group))
    loud = [s for s in firing if s.id not in silenced]
    if not loud:
        firing.sort(key=lambda s: (RANK[thresholds[s.threshold].level], s.threshold, s.signal.place))
        rule = thresholds[firing[0].threshold]
        return Intent(Reason.SILENCED, *key, rule.level, rule, tuple(firing), current.alert if current else None)
    spoken = speak(key, loud, thresholds, current.latest if current else None, levels, elsewhere, now)
    return opening(spoken, ended, now) if current is None else growth(spoken, current, thresholds, now)


def _heard(stored: StoredSignal, thresholds: Mapping[str, Threshold]) -> bool:
    return stored.threshold in thresholds and thresholds[stored.threshold].enabled
