"""Short ways to the nouns that the pure verbs work on; whatever a test does not name is unremarkable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from alerts.model.alert import Alert, AlertState, AlertVersion, PlaceFacts, VersionState
from alerts.model.intent import StoredSignal
from alerts.model.level import Level
from alerts.model.partner import Address, Contact, Partner
from alerts.model.reason import Reason
from alerts.model.threshold import Release, Threshold
from detectors.signal import Signal, Window

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ALAMEDA, CONTRA_COSTA, KERN = "06001", "06013", "06029"
REGIONS = {ALAMEDA: "06", CONTRA_COSTA: "06", KERN: "06", "06": "06", "42003": "42"}


def rule(name: str = "new-here", **changes: Any) -> Threshold:
    base = Threshold(
        name=name, version=1, method="novelty", substances=("*",), scope="county", kinds=("drug",),
        level=Level.ADVISORY, release=Release.AUTOMATIC,
    )  # fmt: skip
    return replace(base, **changes)


def stored(
    number: int = 1,
    place: str = ALAMEDA,
    *,
    substance: str = "xylazine",
    threshold: str = "new-here",
    labels: tuple[str, ...] = ("lab-confirmed", "first in place"),
    evidence: tuple[str, ...] = ("lab/1",),
    **changes: Any,
) -> StoredSignal:
    signal = Signal(
        method="novelty", version="1", substance=substance, place=place, kind="drug", on=TODAY,
        window=Window(TODAY - timedelta(days=6), TODAY), observed=len(evidence), evidence=evidence, labels=labels,
    )  # fmt: skip
    return StoredSignal(number, replace(signal, **changes), threshold)


def facts(place: str = ALAMEDA, evidence: tuple[str, ...] = ("lab/1",), last: date | None = TODAY) -> PlaceFacts:
    return PlaceFacts(place, len(evidence), last, last, evidence)


def alert(**changes: Any) -> Alert:
    base = Alert(
        id=1, number="SW-2026-0001", substance="xylazine", region="06", kind="drug", state=AlertState.OPEN,
        level=Level.ADVISORY, threshold="new-here", threshold_version=1, opened_at=NOW - timedelta(days=2),
        updated_at=NOW - timedelta(days=2), evidence_at=NOW - timedelta(days=2), expires_at=NOW + timedelta(days=28),
        version=1, places=(ALAMEDA,),
    )  # fmt: skip
    return replace(base, **changes)


def edition(places: tuple[PlaceFacts, ...] = (facts(),), **changes: Any) -> AlertVersion:
    base = AlertVersion(
        alert=1, version=1, state=VersionState.ADDRESSED, reason=Reason.FIRST_SIGHTING, level=Level.ADVISORY,
        at=NOW - timedelta(days=2), places=places, new_places=tuple(p.place for p in places), kind="drug",
        methods=("novelty",), confidence="lab-confirmed",
    )  # fmt: skip
    return replace(base, **changes)


def contact(number: int = 1, **changes: Any) -> Contact:
    base = Contact(
        id=number, partner=Partner(1, "Eastside", "Eastside"), label="van", language="en",
        time_zone="America/Los_Angeles", places=("06",), substances=("*",), least=Level.ADVISORY,
        addresses=(Address("sms", f"+1510555{number:04d}", True), Address("email", f"{number}@one.example", True)),
    )  # fmt: skip
    return replace(base, **changes)
