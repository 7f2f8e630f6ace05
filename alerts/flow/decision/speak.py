"""From the loud signals of one group to what they say together: which of them speaks, and how urgently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.flow.decision.place_facts import places_of
from alerts.flow.decision.weigh import confidence_of, weigh
from alerts.model.alert import AlertVersion
from alerts.model.intent import PANEL_CHANGE, StoredSignal
from alerts.model.level import RANK
from alerts.model.level_rule import LevelRule
from alerts.model.spoken import Spoken
from alerts.model.threshold import Release, Threshold


def speak(
    group: tuple[str, str, str],
    loud: Sequence[StoredSignal],
    thresholds: Mapping[str, Threshold],
    known: AlertVersion | None,
    levels: Sequence[LevelRule],
    elsewhere: frozenset[str],
    now: datetime,
) -> Spoken:
    """group: substance, region and kind. loud: at least one signal of enabled thresholds that no silence covers.

    known: newest edition of the group's open alert. elsewhere: other kinds of evidence that hold the same substance in
    the region, today or in an open alert.
    """
    weighed = {name: weigh(thresholds[name], loud, known, levels, elsewhere) for name in {s.threshold for s in loud}}

    def urgency(stored: StoredSignal) -> tuple[int, bool, int, str, str]:
        deserved = weighed[stored.threshold][0]
        # Of two that are as urgent the one that lets it out speaks: another one's review must not hold up what is at
        # risk.
        review = deserved.release is Release.REVIEW
        own = RANK[thresholds[stored.threshold].level]
        return RANK[deserved.level], review, own, stored.threshold, stored.signal.place

    signals = tuple(sorted(loud, key=urgency))
    rule, level_rule = weighed[signals[0].threshold]
    if panel := all(PANEL_CHANGE in s.signal.labels for s in signals):
        # What a laboratory's new panel would explain is no spread until a person says so.
        rule = replace(rule, release=Release.REVIEW)
    expires = now + timedelta(days=max(thresholds[s.threshold].expires_days for s in signals))
    return Spoken(*group, signals, rule, level_rule, panel, places_of(signals), confidence_of(signals), expires)
