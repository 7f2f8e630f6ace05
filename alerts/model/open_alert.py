"""An alert that people may still be waiting to hear of, with all that a decision about it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from alerts.model.alert import Alert, AlertVersion, PlaceFacts


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as the decider needs it.

    latest: newest edition of an open one, None for one that ended. believed: which of its evidence ("feed/key") the
    sources still stand by. last_found: the day on which the newest finding of it in its region became known, new or
    not. renamed: what the laboratory now names the findings that it changed (ids of families), withdrawn ones apart.
    since: place → samples of it that became known after the alert was opened, in no edition or in one.
    panel_noted: an edition of it already says that the laboratory may have changed.
    said_until, said_on: the end that its receivers were last told, and the day of that; None while nobody was told.
    hushed: a silence covers it. fresh: samples that became known since it was opened, in places that it names.
    """

    alert: Alert
    latest: AlertVersion | None = None
    believed: frozenset[str] = frozenset()
    last_found: date | None = None
    renamed: tuple[str, ...] = ()
    since: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    panel_noted: bool = False
    said_until: datetime | None = None
    said_on: date | None = None
    hushed: bool = False
    fresh: tuple[PlaceFacts, ...] = ()

    def end_has_come(self, now: datetime) -> bool:
        """By the date that people were told, where they were told one: what goes on silently looks over to them."""
        return (self.said_until or self.alert.expires_at) <= now
