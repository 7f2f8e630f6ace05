"""Who is asked first when something cannot wait, and who next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.model.partner import Contact
from alerts.model.staff import Person


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One place in the roster. position: 1 is asked first. away_until: asked by nobody before that."""

    person: Person
    position: int
    contact: Contact
    away_until: datetime | None = None


def present(roster: tuple[OnDuty, ...], now: datetime) -> tuple[OnDuty, ...]:
    """Those who can be asked now, in order; everybody when all are away: somebody must hear of it."""
    here = tuple(one for one in roster if one.away_until is None or one.away_until <= now)
    return here or roster
