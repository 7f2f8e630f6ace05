"""What the decider wants done, with its reason: data, until one transaction applies it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.model.alert import Alert, PlaceFacts
from alerts.model.level import Level
from alerts.model.reason import Reason
from alerts.model.threshold import Threshold
from detectors.signal import Signal

PANEL_CHANGE = "panel change"
"""Label of a signal that a change in the laboratory would explain as well as one in the supply."""


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """A signal with the number it has in the store."""

    id: int
    signal: Signal
    threshold: str


@dataclass(frozen=True, slots=True)
class Intent:
    """One decision about one substance family in one state.

    alert: the open alert it is about, None when a new one is to be opened. places: the alert's places after it is
    applied.
    signals: all that spoke. expires_at: the alert's end after it is applied. change: key of what is new.
    new_places: places that the alert did not have before; for a correction, those that are taken off it. ends: the
    alert
    is over with this. level_rule: name of the row of the table of levels that set the level, "" for the threshold's
    own. because, renamed: as in AlertVersion.
    """

    reason: Reason
    substance: str
    region: str
    kind: str
    level: Level
    threshold: Threshold
    signals: tuple[StoredSignal, ...] = ()
    alert: Alert | None = None
    places: tuple[PlaceFacts, ...] = ()
    new_places: tuple[str, ...] = ()
    confidence: str = ""
    expires_at: datetime | None = None
    change: str = ""
    ends: bool = False
    level_rule: str = ""
    because: str = ""
    renamed: str = ""
