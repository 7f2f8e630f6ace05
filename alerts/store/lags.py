"""How long a feed's results take: from the day of collection to the day on which they could be known here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import samples

LOOK_BACK = timedelta(days=365)
FEWEST = 20
"""Samples below which a feed's lag is not estimated: the tenth part of fewer is one or two samples."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Days from collection to knowledge: a tenth, half and nine tenths of `samples` take no longer."""

    tenth: int
    median: int
    ninety: int
    samples: int


def lag(connection: Connection, feed: str, today: date) -> Lag | None:
    """The lag of what became known in the year before `today`; None for too few samples with a date of collection.

    Each sample counts once, with its first edition: a later analysis says nothing of how long the first one took.
    Samples of a first import without any date but that of collection are left out, because nobody knows when theirs
    was known. Quantiles are those of the samples seen (inverse of the empirical distribution, Hyndman and Fan type 1).
    """
    counted = (
        sa.select(samples.c.known_on, samples.c.collected, sa.func.count())
        .where(
            samples.c.feed == feed,
            samples.c.revision == 1,
            samples.c.collected.is_not(None),
            samples.c.known_on.between(today - LOOK_BACK, today),
            sa.or_(
                samples.c.known_on != samples.c.collected,
                samples.c.tested.is_not(None),
                samples.c.published.is_not(None),
            ),
        )
        .group_by(samples.c.known_on, samples.c.collected)
    )
    days: Counter[int] = Counter()
    for known_on, collected, count in connection.execute(counted):
        days[max(0, (known_on - collected).days)] += count
    total = days.total()
    if total < FEWEST:
        return None
    return Lag(_quantile(days, 0.1 * total), _quantile(days, 0.5 * total), _quantile(days, 0.9 * total), total)


def _quantile(days: Counter[int], wanted: float) -> int:
    seen = 0
    for day in sorted(days):
        seen += days[day]
        if seen >= wanted:
            return day
    return max(days)
