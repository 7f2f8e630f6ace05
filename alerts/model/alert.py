"""An alert is a chain of versions about one substance family in one state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from alerts.model.level import Level
from alerts.model.reason import Reason


class AlertState(StrEnum):
    """open: partners are being told. ended: expired, corrected away or cancelled; nothing more goes out."""

    OPEN = "open"
    ENDED = "ended"


class VersionState(StrEnum):
    """Where one version stands on its way to people."""

    HELD = "held for review"
    APPROVED = "approved"
    ADDRESSED = "addressed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


VERSION_MOVES: dict[VersionState, frozenset[VersionState]] = {
    VersionState.HELD: frozenset({VersionState.APPROVED, VersionState.REJECTED, VersionState.SUPERSEDED}),
    VersionState.APPROVED: frozenset({VersionState.ADDRESSED, VersionState.REJECTED, VersionState.SUPERSEDED}),
    VersionState.ADDRESSED: frozenset(),
    VersionState.REJECTED: frozenset(),
    VersionState.SUPERSEDED: frozenset(),
}
"""The only legal moves. A rejected or addressed version never moves again: a change of mind is a new version."""

ALERT_MOVES: dict[AlertState | None, dict[AlertState, frozenset[Reason]]] = {
    None: {
        AlertState.OPEN: frozenset(
            {Reason.FIRST_SIGHTING, Reason.RETURNED, Reason.ABOVE_THRESHOLD, Reason.PANEL_CHANGE}
        )
    },
    AlertState.OPEN: {
        AlertState.OPEN: frozenset(
            {Reason.NEW_PLACE, Reason.ESCALATED, Reason.CONFIRMED, Reason.PANEL_CHANGE, Reason.CORRECTED,
             Reason.RENEWED, Reason.STILL_OPEN, Reason.TOO_SOON}
        ),
        AlertState.ENDED: frozenset(
            {Reason.CORRECTED, Reason.EXPIRED, Reason.ESTABLISHED, Reason.ALL_CLEAR, Reason.REFUSED}
        ),
    },
    AlertState.ENDED: {},
}  # fmt: skip
"""What may become of an alert, and for which reasons. An ended alert stays ended: what comes back is a new one."""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What is known of one place within an alert. findings, tested: samples; first, last: collection dates."""

    place: str
    findings: int
    first: date | None
    last: date | None
    evidence: tuple[str, ...]
    tested: int | None = None


@dataclass(frozen=True, slots=True)
class AlertVersion:
    """One edition of an alert: everything that its messages may say.

    reason: why this edition was made. sentence: the same for staff, with what changed.
    places: facts by place, the newest place first. new_places: those that the last edition did not have (for a
    correction: those taken off).
    change: keys of what changed since the last one ("new_place", "level,confidence"; "" for the first).
    kind: what was tested. methods: which methods spoke. confidence: "lab-confirmed", "screening", "field report" or
    "bulletin".
    author: who made it ("supplywatch" when a threshold did). signals: ids of the signals it rests on.
    texts_sha256: hash over the exact texts and audience that were approved, "" before that.
    because: key of `[reasons]` in words/*.toml for a correction or an end. renamed: what the laboratory now names
    a withdrawn finding (substance id). note: a sentence by staff, by language. break_glass: why it was approved without
    a second pair of eyes, "" when it was not; looked_at_by: who reviewed that afterwards. expires_at: the end that its
    messages name; None where they name none.
    """

    alert: int
    version: int
    state: VersionState
    reason: Reason
    level: Level
    at: datetime
    places: tuple[PlaceFacts, ...]
    new_places: tuple[str, ...]
    kind: str
    methods: tuple[str, ...]
    confidence: str
    change: str = ""
    sentence: str = ""
    author: str = "supplywatch"
    signals: tuple[int, ...] = ()
    approved_by: str = ""
    approved_at: datetime | None = None
    deadline: datetime | None = None
    texts_sha256: str = ""
    because: str = ""
    renamed: str = ""
    note: Mapping[str, str] = field(default_factory=dict)
    break_glass: str = ""
    looked_at_by: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One emergence, from its opening to its compulsory end.

    number: the public name, "SW-2026-0007". substance: family id. region: FIPS of the state.
    threshold, threshold_version: the rule that opened it. version: number of the latest edition.
    expires_at: the day it ends unless new evidence comes; evidence_at: when evidence last came. exercise: a drill.
    """

    id: int
    number: str
    substance: str
    region: str
    kind: str
    state: AlertState
    level: Level
    threshold: str
    threshold_version: int
    opened_at: datetime
    updated_at: datetime
    evidence_at: datetime
    expires_at: datetime
    version: int
    places: tuple[str, ...]
    ended_at: datetime | None = None
    ended_because: str = ""
    exercise: bool = False
