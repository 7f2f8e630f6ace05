"""How many samples were tested on each day, and in how many of them something was found: what a plot is drawn from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import findings, samples
from detectors.sample import Abundance


@dataclass(frozen=True, slots=True)
class DayCount:
    """Samples of one calendar date. day: of collection, else of testing, else when the result was known.

    tested: samples that could have shown the substance. found: those of them that hold it above trace.
    """

    day: date
    tested: int
    found: int


def day_counts(
    connection: Connection,
    *,
    substances: Iterable[str],
    place: str,
    kind: str,
    first: date,
    last: date,
    now: datetime,
    by_knowledge: bool = False,
    sees: Callable[[tuple[str, ...]], bool] = lambda _: True,
) -> list[DayCount]:
    """Days from `first` to `last` that have samples which count, as believed at `now`, in order.

    substances: ids that count as the substance (a family). place: FIPS code; a state's own samples and those of all its
    counties count for the state, and everything counts for "US". by_knowledge: by the day on which the result became
    known, instead of the day of collection. sees: whether a set of methods, as printed, could have shown the substance:
    a negative by another counts nowhere, or an infrared spectrum would dilute what mass spectra say. What was found
    counts however it was tested.
    """
    event: sa.ColumnElement[date] = (
        samples.c.known_on
        if by_knowledge
        else sa.func.coalesce(samples.c.collected, samples.c.tested, samples.c.known_on)
    )
    holds = sa.exists().where(
        findings.c.sample == samples.c.id,
        findings.c.substance.in_(sorted(substances)),
        findings.c.abundance != str(Abundance.TRACE),
    )
    where = [
        samples.c.kind == kind,
        samples.c.known_from <= now,
        sa.or_(samples.c.known_until.is_(None), samples.c.known_until > now),
        event.between(first, last),
        samples.c.place != "",
    ]
    if place != "US":
        where.append(samples.c.place.startswith(place, autoescape=True))
    way = sa.cast(samples.c.methods, sa.Text)
    chosen = (
        sa.select(event.label("day"), way, sa.func.count(), sa.func.sum(sa.case((holds, 1), else_=0)))
        .where(*where)
        .group_by(event, way)
        .order_by(event)
    )
    counts = []
    for day, rows in groupby(connection.execute(chosen), key=lambda row: _date(row.day)):
        able = [(int(tested if sees(tuple(json.loads(w))) else found), int(found)) for _, w, tested, found in rows]
        if tested := sum(n for n, _ in able):
            counts.append(DayCount(day, tested, sum(x for _, x in able)))
    return counts


def _date(value: date | str) -> date:
    """A date, which SQLite gives back as text once it went through coalesce()."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def newest_known(
    connection: Connection,
    place: str,
    kind: str,
    *,
    now: datetime,
    substances: Iterable[str] | None = None,
    feed: str = "",
) -> date | None:
    """The last day on which a result of a place and kind became known, as believed at `now`; None when there is none.

    substances: only results that hold one of these ids, traces included; None for any. feed: only from this one.
    """
    where = [
        samples.c.kind == kind, samples.c.known_from <= now, samples.c.place != "",
        sa.or_(samples.c.known_until.is_(None), samples.c.known_until > now),
    ]  # fmt: skip
    if place != "US":
        where.append(samples.c.place.startswith(place, autoescape=True))
    if feed:
        where.append(samples.c.feed == feed)
    if substances is not None:
        holds = sa.exists().where(findings.c.sample == samples.c.id, findings.c.substance.in_(sorted(substances)))
        where.append(holds)
    newest: date | None = connection.scalar(sa.select(sa.func.max(samples.c.known_on)).where(*where))
    return newest
