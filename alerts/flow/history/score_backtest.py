"""How good a backtest was: lead against marked events, and false alerts per region and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.flow.history.replay import ReplayedAlert
from alerts.flow.scope.region import covers
from detectors.words.places import Gazetteer

BEFORE = timedelta(days=183)
AFTER = timedelta(days=84)
"""An alert belongs to an event when it was opened from half a year before its date to twelve weeks after it."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a substance (id of its family) came up in a place, or a person warned of it, on a
    day."""

    substance: str
    place: str
    on: date


@dataclass(frozen=True, slots=True)
class Lead:
    """An event with the alert that told it first. days: how much earlier than the event it was opened, negative when
    later; None when no alert belongs to it."""

    event: Event
    alert: str = ""
    opened: date | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """alerts: opened. editions, messages, segments, people: as counted in all; people: the most that one edition
    reached. leads: one for each event. false: alerts that belong to no event. false_per_region_year: None without
    events, for then nobody knows which were false. alerts_per_region_year: all of them."""

    alerts: int
    editions: int
    messages: int
    segments: int
    people: int
    leads: tuple[Lead, ...]
    false: int | None
    alerts_per_region_year: float
    false_per_region_year: float | None


def score_backtest(
    rows: Sequence[ReplayedAlert],
    events: Sequence[Event],
    gazetteer: Gazetteer,
    *,
    regions: int,
    first: date,
    last: date,
) -> Score:
    """regions: states that were watched in the span. Events outside the span, with their windows, are left out."""
    opened = [r for r in rows if r.version == 1]
    inside = [e for e in events if first <= e.on + AFTER and e.on - BEFORE <= last]
    leads, used = [], set()
    for event in inside:
        mine = [r for r in opened if _belongs(r, event, gazetteer)]
        used |= {r.number for r in mine}
        best = min(mine, key=lambda r: r.on, default=None)
        leads.append(Lead(event, best.number, best.on, (event.on - best.on).days) if best else Lead(event))
    years = max(regions, 1) * ((last - first).days + 1) / 365.25
    false = sum(r.number not in used for r in opened) if events else None
    return Score(
        alerts=len(opened),
        editions=len(rows),
        messages=sum(r.messages for r in rows),
        segments=sum(r.segments for r in rows),
        people=max((r.people for r in rows), default=0),
        leads=tuple(leads),
        false=false,
        alerts_per_region_year=len(opened) / years,
        false_per_region_year=None if false is None else false / years,
    )


def _belongs(alert: ReplayedAlert, event: Event, gazetteer: Gazetteer) -> bool:
    return (
        alert.substance == event.substance
        and event.on - BEFORE <= alert.on <= event.on + AFTER
        and any(covers(event.place, place, gazetteer) for place in alert.places)
    )
