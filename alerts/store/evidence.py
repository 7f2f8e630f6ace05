"""Samples as they were believed on a day. Writing them is in editions.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from alerts.store.editions import Stored, as_stored, content_hash, store, withdraw
from alerts.store.engine import Connection
from alerts.store.tables import bulletins, evidence_head, findings, samples, tallies
from detectors.history import History, Tested
from detectors.sample import Abundance, Sample

__all__ = [
    "Believed",
    "Stored",
    "content_hash",
    "has_any",
    "keys_of",
    "known",
    "quantities",
    "samples_of",
    "still_believed",
    "store",
    "withdraw",
]

_FETCH = 500  # keys per question: SQLite takes 32,766 variables a statement at the most


def known(connection: Connection, *, now: datetime, since: date) -> list[Tested]:
    """Samples as believed at `now`, whose result became known on or after `since`, as detectors see them."""
    believed = sa.and_(
        samples.c.known_from <= now,
        sa.or_(samples.c.known_until.is_(None), samples.c.known_until > now),
        samples.c.known_on >= since,
        samples.c.place != "",
    )
    return list(_tested(connection, believed).values())


@dataclass
class Believed:
    """What is believed now, kept in memory between detections: each refresh reads only what changed since the last.

    generation: number of the last change seen. samples: by row number, in the order they came. laid: the same as
    detectors want it, without what came since (`arrived`); None once something in it was changed or taken back.
    since: the day before which nothing is remembered.
    """

    generation: int = 0
    samples: dict[int, Tested] = field(default_factory=dict)
    laid: History | None = None
    arrived: list[Tested] = field(default_factory=list)
    since: date = date.min

    def refresh(self, connection: Connection, since: date, roll: Callable[[Tested], Tested]) -> list[Tested]:
        """Samples believed now whose result became known on or after `since`, each as `roll` makes it of the stored."""
        newest = connection.scalar(sa.select(evidence_head.c.generation)) or 0
        if newest != self.generation:
            self._read(connection, since, roll)
            self.generation = newest
        limit, self.since = since.toordinal(), since
        for number in [n for n, t in self.samples.items() if t.known < limit]:
            del self.samples[number]
        return list(self.samples.values())

    def _read(self, connection: Connection, since: date, roll: Callable[[Tested], Tested]) -> None:
        changed = sa.and_(samples.c.generation > self.generation, samples.c.place != "")
        closed = connection.scalars(sa.select(samples.c.id).where(changed, samples.c.known_until.is_not(None)))
        for number in closed:
            if self.samples.pop(number, None) is not None:
                self.laid = None
        opened = sa.and_(changed, samples.c.known_until.is_(None), samples.c.known_on >= since)
        for number, tested in _tested(connection, opened).items():
            if number in self.samples:
                self.laid = None
            self.samples[number] = rolled = roll(tested)
            self.arrived.append(rolled)

    def history(self, today: date, classes: Mapping[str, str]) -> History:
        """What was believed at the last refresh, as detectors want it, of what became known by `today`."""
        return self._brought_up().between(self.since, today, classes)

    def holding(self, substance: str) -> tuple[Tested, ...]:
        """Samples believed at the last refresh to hold a substance, as trace or more, in the order they became
        known."""
        return self._brought_up().holding(substance)

    def _brought_up(self) -> History:
        if self.laid is None:
            self.laid = History.of(self.samples.values(), date.max)
        else:
            # Without what is too old by now, so that years of running do not pile up.
            if self.laid.samples and self.laid.samples[0].known < self.since.toordinal():
                self.laid = self.laid.between(self.since, date.max)
            self.laid = self.laid.grown(self.arrived)
        self.arrived = []
        return self.laid


def _tested(connection: Connection, which: sa.ColumnElement[bool]) -> dict[int, Tested]:
    found: dict[int, tuple[list[str], list[str]]] = {}
    measured: dict[int, list[tuple[str, float, str, str]]] = {}
    chosen = sa.select(samples.c.id).where(which)
    columns_of_findings = (
        findings.c.sample, findings.c.substance, findings.c.abundance, findings.c.quantity, findings.c.unit,
        findings.c.method,
    )  # fmt: skip
    for f in connection.execute(
        sa.select(*columns_of_findings)
        .where(findings.c.sample.in_(chosen), findings.c.substance != "")
        .order_by(findings.c.sample, findings.c.position)
    ):
        full, trace = found.setdefault(f.sample, ([], []))
        (trace if f.abundance == Abundance.TRACE else full).append(f.substance)
        if f.quantity is not None:
            measured.setdefault(f.sample, []).append((f.substance, f.quantity, f.unit, f.method))
    columns = (
        samples.c.id, samples.c.feed, samples.c.key, samples.c.kind, samples.c.place, samples.c.collected,
        samples.c.tested, samples.c.known_on, samples.c.methods, samples.c.sold_as,
    )  # fmt: skip
    result = {}
    for r in connection.execute(sa.select(*columns).where(which).order_by(samples.c.id)):
        full, trace = found.get(r.id, ([], []))
        names = tuple(dict.fromkeys(full))
        result[r.id] = Tested(
            ref=f"{r.feed}/{r.key}", kind=r.kind, place=r.place, known=r.known_on.toordinal(),
            event=(r.collected or r.tested or r.known_on).toordinal(), substances=names,
            traces=tuple(t for t in dict.fromkeys(trace) if t not in names), methods=tuple(r.methods), feed=r.feed,
            quantities=quantities(measured.get(r.id, ()), r.methods), sold_as=tuple(r.sold_as),
        )  # fmt: skip
    return result


def quantities(
    measured: Iterable[tuple[str, float, str, str]], methods: Sequence[str]
) -> tuple[tuple[str, float, str, str], ...]:
    """(substance, value, unit, way of measuring): where a finding does not say how, the sample's methods stand in, so
    that two laboratories' figures are not taken for one series."""
    way = " + ".join(methods)
    return tuple((substance, value, unit, method or way) for substance, value, unit, method in measured)


def still_believed(connection: Connection, refs: Iterable[str], substances: frozenset[str], now: datetime) -> set[str]:
    """Which of these "feed/key" samples are still believed at `now` to hold one of these substances."""
    by_feed: dict[str, list[str]] = {}
    for ref in refs:
        feed, _, key = ref.partition("/")
        by_feed.setdefault(feed, []).append(key)
    held: set[str] = set()
    for feed, keys in by_feed.items():
        for part in _parts(keys):
            chosen = (
                sa.select(samples.c.key)
                .join(findings, findings.c.sample == samples.c.id)
                .where(
                    samples.c.feed == feed, samples.c.key.in_(part), findings.c.substance.in_(sorted(substances)),
                    samples.c.known_from <= now, sa.or_(samples.c.known_until.is_(None), samples.c.known_until > now),
                )
            )  # fmt: skip
            held.update(f"{feed}/{key}" for key in connection.scalars(chosen))
    return held


def samples_of(connection: Connection, feed: str, *, now: datetime) -> list[Sample]:
    """All samples of a feed as believed at `now`, whole."""
    chosen = sa.select(samples).where(
        samples.c.feed == feed,
        samples.c.known_from <= now,
        sa.or_(samples.c.known_until.is_(None), samples.c.known_until > now),
    )
    rows = connection.execute(chosen.order_by(samples.c.id)).all()
    return as_stored(connection, rows)


def open_keys(connection: Connection, feed: str, prefix: str) -> set[str]:
    """Keys of the samples believed now that begin like this."""
    chosen = sa.select(samples.c.key).where(
        samples.c.feed == feed, samples.c.known_until.is_(None), samples.c.key.startswith(prefix, autoescape=True)
    )
    return set(connection.scalars(chosen))


def keys_of(connection: Connection, feed: str, document: int) -> frozenset[str]:
    """Keys of the samples that a document brought or changed."""
    chosen = sa.select(samples.c.key).where(samples.c.feed == feed, samples.c.document == document)
    return frozenset(connection.scalars(chosen))


def has_any(connection: Connection, feed: str) -> bool:
    """True once a feed has brought a sample, a total or a bulletin; its first import is history, not news."""
    return any(
        connection.scalar(sa.select(table.c.id).where(table.c.feed == feed).limit(1)) is not None
        for table in (samples, tallies, bulletins)
    )


def _parts(items: Sequence[object]) -> Iterable[Sequence[object]]:
    return (items[i : i + _FETCH] for i in range(0, len(items), _FETCH))
