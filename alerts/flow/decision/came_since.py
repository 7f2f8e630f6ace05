"""What became known of an alert's substance since it was opened. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo

from alerts.flow.scope.region import region_of
from alerts.model.alert import Alert, PlaceFacts
from detectors.history import Tested
from detectors.words.places import Gazetteer


def came_since(
    alert: Alert, counted: frozenset[str], samples: Iterable[Tested], gazetteer: Gazetteer, zone: tzinfo
) -> tuple[Mapping[str, tuple[str, ...]], tuple[PlaceFacts, ...]]:
    """(place, and the region itself → samples that hold it; facts of the places that the alert names), both of what
    became known on its opening day or later.

    counted: families that are news for it. samples: those that are believed now; others than these are passed over.
    """
    first = first_day(alert.opened_at, zone).toordinal()
    found: dict[str, list[Tested]] = {}
    mine = (t for t in samples if t.kind == alert.kind and t.known >= first and counted & set(t.substances))
    for t in sorted(mine, key=lambda t: (t.known, t.event, t.ref)):
        for place in dict.fromkeys((t.place, region_of(t.place, gazetteer))):
            found.setdefault(place, []).append(t)
    facts = tuple(
        PlaceFacts(
            place, len(rows), date.fromordinal(min(t.event for t in rows)),
            date.fromordinal(max(t.event for t in rows)), tuple(t.ref for t in rows),
        )
        for place, rows in sorted(found.items())
        if place in alert.places
    )  # fmt: skip
    return {place: tuple(t.ref for t in rows) for place, rows in found.items()}, facts


def first_day(opened_at: datetime, zone: tzinfo) -> date:
    """The local day on which an alert was opened."""
    return opened_at.astimezone(zone).date()
