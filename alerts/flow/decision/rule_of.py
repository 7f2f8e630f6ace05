"""Which threshold answers for an open alert."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.model.alert import Alert
from alerts.model.threshold import Threshold


def rule_of(alert: Alert, thresholds: Mapping[str, Threshold]) -> Threshold:
    """The one that opened it, or any where staff took that one away: its alert still has to end."""
    return thresholds.get(alert.threshold) or next(iter(thresholds.values()))
