"""How many texts a week somebody gets: over it a text waits; it is never dropped. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from alerts.model.level import Level
from alerts.model.partner import Contact

WEEK = timedelta(days=7)
NO_LIMIT = 0


def limit_of(contact: Contact, level: Level, programme: Mapping[Level, int]) -> int:
    """Most texts of this level in seven days; 0 for no limit. What acts on life at risk knows only the programme's."""
    own = contact.weekly if level is not Level.ACT_NOW else None
    limits = [n for n in (programme.get(level, NO_LIMIT), own) if n]
    return min(limits, default=NO_LIMIT)


def free_at(sent: Sequence[datetime], limit: int, now: datetime) -> datetime:
    """The earliest moment, `now` or later, at which fewer than `limit` texts lie within the seven days before it.

    sent: when each text went out or will go out.
    """
    if limit == NO_LIMIT:
        return now
    inside = sorted(moment for moment in sent if moment > now - WEEK)
    if len(inside) < limit:
        return now
    return inside[len(inside) - limit] + WEEK
