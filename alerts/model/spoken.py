"""What the loud signals of one substance, state and kind of evidence come to, before its alert is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.model.alert import PlaceFacts
from alerts.model.intent import StoredSignal
from alerts.model.threshold import Threshold


@dataclass(frozen=True, slots=True)
class Spoken:
    """signals: the one that speaks first. rule: its threshold, with the level and release that the evidence deserves.

    level_rule: name of the row of the table of levels that set them, "" for the threshold's own. panel: a change in the
    laboratory would explain all of them. expires: the end of an alert that rests on them alone.
    """

    substance: str
    region: str
    kind: str
    signals: tuple[StoredSignal, ...]
    rule: Threshold
    level_rule: str
    panel: bool
    places: tuple[PlaceFacts, ...]
    confidence: str
    expires: datetime
