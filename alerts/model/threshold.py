"""What staff decided matters: which method, on which substances, where, how urgent, and who must look first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from alerts.model.level import Level
from detectors.signal import ParameterValue


class Release(StrEnum):
    """automatic: sent as soon as it is decided. review: a person approves the exact texts first."""

    AUTOMATIC = "automatic"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One version of one threshold.

    name, version: the rule and its edition; an edition is never changed, only followed by the next.
    method, parameters: what is run. substances: ids, "class:NAME", "tier:N" or "*" (every contaminant).
    scope: "county" or "state", the places that are looked at. kinds: what was tested ("drug", "death" …).
    level, release: how urgent, and whether a person looks first.
    cool_down_days: after an alert ended, how long the same substance and state stay quiet.
    expires_days: how long after its last evidence an alert ends. longest_days: after this it ends all the same, as
    established: an alert that never ends teaches people to stop reading. update_hours: least time between two versions.
    review_hours: how long a review may take before the next person is asked.
    by_evidence: the table of levels in config.toml may raise or lower `level`, and may ask for a review.
    enabled: switched on. by, why, at: who made this edition, for what reason, when.
    """

    name: str
    version: int
    method: str
    substances: tuple[str, ...]
    scope: str
    kinds: tuple[str, ...]
    level: Level
    release: Release
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    cool_down_days: int = 30
    expires_days: int = 30
    longest_days: int = 180
    update_hours: int = 24
    review_hours: int = 12
    enabled: bool = True
    by: str = ""
    why: str = ""
    at: datetime | None = None
    by_evidence: bool = True
