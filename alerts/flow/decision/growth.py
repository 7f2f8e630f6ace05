"""What signals add to an alert that is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from alerts.flow.decision.place_facts import merge, without_wider
from alerts.flow.decision.rule_of import rule_of
from alerts.flow.decision.weigh import rank_of_confidence
from alerts.model.intent import Intent
from alerts.model.level import RANK, Level
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.model.spoken import Spoken
from alerts.model.threshold import Threshold

CHANGE = {Reason.ESCALATED: "level", Reason.PANEL_CHANGE: "panel_change", Reason.NEW_PLACE: "", Reason.CONFIRMED: ""}
"""Reasons of which people are told what changed → the word for it that comes before places and confidence."""


def growth(spoken: Spoken, current: OpenAlert, thresholds: Mapping[str, Threshold], now: datetime) -> Intent:
    """An update, the wait for one, or nothing new; the end where the alert has been open for as long as it may."""
    alert, latest = current.alert, current.latest
    assert latest is not None
    kept = {f.place for f in without_wider(merge(spoken.places, latest.places, first=()), spoken.region)}
    new_places = tuple(f.place for f in spoken.places if f.place not in alert.places and f.place in kept)
    places = tuple(f for f in merge(spoken.places, latest.places, first=new_places) if f.place in kept)
    confidence = min((spoken.confidence, latest.confidence), key=rank_of_confidence)
    surer = rank_of_confidence(confidence) < rank_of_confidence(latest.confidence)
    level = min(spoken.rule.level, alert.level, key=lambda one: RANK[one])
    reason = _reason(spoken, current, level, now, news="place" if new_places else "confidence" if surer else "")
    if reason is Reason.PANEL_CHANGE:
        level = alert.level  # nothing may grow worse by it
    expires, because = spoken.expires, ""
    if reason in (Reason.STILL_OPEN, Reason.TOO_SOON):
        # A method that speaks each day must not keep its alert open for ever; only what is new for people may.
        expires = min(expires, alert.opened_at + timedelta(days=rule_of(alert, thresholds).longest_days))
        if max(expires, alert.expires_at) <= now:
            reason, because = Reason.ESTABLISHED, "established"
            places, new_places, surer = latest.places, (), False
    return Intent(
        reason, spoken.substance, spoken.region, spoken.kind, level, spoken.rule, spoken.signals, alert, places,
        new_places, confidence, max(expires, alert.expires_at), change=_change(reason, new_places, surer=surer),
        ends=reason is Reason.ESTABLISHED, level_rule=spoken.level_rule, because=because,
    )  # fmt: skip


def _reason(spoken: Spoken, current: OpenAlert, level: Level, now: datetime, *, news: str) -> Reason:
    """level: the worse of the alert's and the signals'. news: "place", "confidence" or ""."""
    if spoken.panel and not current.panel_noted:
        # The first findings looked like a spread; five of them show that the laboratory may just have begun to look.
        # Whoever waits to approve the spread must see that instead.
        return Reason.PANEL_CHANGE
    if RANK[level] < RANK[current.alert.level]:
        return Reason.ESCALATED
    if not news:
        return Reason.STILL_OPEN
    if now - current.alert.updated_at < timedelta(hours=spoken.rule.update_hours):
        return Reason.TOO_SOON
    return Reason.NEW_PLACE if news == "place" else Reason.CONFIRMED


def _change(reason: Reason, new_places: tuple[str, ...], *, surer: bool) -> str:
    if reason not in CHANGE:
        return ""
    keys = (CHANGE[reason], "new_place" if new_places else "", "confidence" if surer else "")
    return ",".join(key for key in keys if key)
