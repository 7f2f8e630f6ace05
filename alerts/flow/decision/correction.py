"""The correction of an alert whose evidence was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alerts.flow.decision.rule_of import rule_of
from alerts.model.alert import PlaceFacts
from alerts.model.intent import Intent
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.model.threshold import Threshold
from detectors.sample import SampleKind


def correction(
    current: OpenAlert, left: tuple[PlaceFacts, ...], thresholds: Mapping[str, Threshold], now: datetime
) -> Intent:
    """left: places that still have evidence; without any the alert ends."""
    alert = current.alert
    assert current.latest is not None
    kept = {f.place for f in left}
    gone = tuple(f.place for f in current.latest.places if f.place not in kept)
    # One name is news; several are no sentence for a text.
    renamed = current.renamed[0] if len(current.renamed) == 1 else ""
    return Intent(
        Reason.CORRECTED, alert.substance, alert.region, alert.kind, alert.level, rule_of(alert, thresholds), (), alert,
        left or current.latest.places, gone, current.latest.confidence, alert.expires_at if left else now,
        change=",".join([*(["place_withdrawn"] if left else []), *(["substance"] if renamed else [])]), ends=not left,
        because=_why_corrected(current), renamed=renamed,
    )  # fmt: skip


def _why_corrected(current: OpenAlert) -> str:
    if current.alert.kind == SampleKind.NOTICE:
        return "notice_changed"
    return "lab_changed" if current.renamed else "lab_withdrew"
