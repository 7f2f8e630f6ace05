"""Writing samples: a change closes the edition before it and opens a new one, a withdrawal closes it for good.

Samples come one by one and are written a few thousand at a time, so that a file of a million rows needs little memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from alerts.store.bulk import Bulk, Row, indexed_later, numbers, room
from alerts.store.engine import Connection
from alerts.store.tables import evidence_head, findings, samples
from detectors.sample import Abundance, Finding, Sample, SampleKind, Status

_CHUNK = 4000
_FETCH = 500  # keys per question: SQLite takes 32,766 variables a statement at the most
_REMEMBERED = 50_000

_SAMPLE = (
    "id", "feed", "key", "revision", "kind", "state", "county", "place", "collected", "tested", "published",
    "known_on", "sold_as", "methods", "content", "known_from", "known_until", "document", "line", "generation",
)  # fmt: skip
_FINDING = (
    "sample", "position", "named_as", "substance", "method", "abundance", "quantity", "unit", "status"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """How many samples were new, came again changed, or were withdrawn by their source."""

    new: int = 0
    revised: int = 0
    retracted: int = 0


Named = tuple[tuple[Finding, ...], str]


def as_it_is(sample: Sample) -> Named:
    """The findings and place that a sample bears."""
    return sample.findings, sample.place


def store(
    connection: Connection,
    feed: str,
    read: Iterable[Sample],
    *,
    now: datetime,
    document: int,
    known_on: Callable[[Sample], date],
    whole: bool | Callable[[], bool],
    named: Callable[[Sample], Named | None] = as_it_is,
) -> Stored:
    """Write new and changed samples. whole: the document lists everything its feed has, so what is missing was
    withdrawn; asked after the last sample, because a stream knows it only then.

    known_on: on which day the sample's result could first be known (the day of a detector's clock, not of the event).
    named: a sample's findings and place as they are to be stored; None for one that says nothing (yet).
    Of samples with the same key the first counts: the readers put one sample's rows together.
    """
    generation = _next_generation(connection)
    writer = _Writer(connection, feed, now, document, known_on, generation, named)
    stream = iter(read)
    first = list(islice(stream, _CHUNK))
    if len(first) < _CHUNK:
        writer.add(first)
    else:
        with room(connection), indexed_later(connection, samples):
            while first:
                writer.add(first)
                first = list(islice(stream, _CHUNK))
    gone = writer.missing() if (whole() if callable(whole) else whole) else []
    _close(connection, gone, now, generation)
    return Stored(writer.new, writer.revised, len(gone))


def withdraw(connection: Connection, feed: str, keys: Iterable[str], *, now: datetime) -> int:
    """Close the editions of samples of which the source itself says that they were wrong; returns how many there
    were."""
    generation = _next_generation(connection)
    gone = [
        number
        for part in _parts(sorted(set(keys)), _FETCH)
        for number in connection.scalars(
            sa.select(samples.c.id).where(
                samples.c.feed == feed, samples.c.key.in_(part), samples.c.known_until.is_(None)
            )
        )
    ]
    _close(connection, gone, now, generation)
    return len(gone)


def as_stored(connection: Connection, rows: Sequence[Any]) -> list[Sample]:
    """Rows of `samples` as the samples that they were made from."""
    found: dict[int, list[Finding]] = {}
    for part in _parts([row.id for row in rows], _FETCH):
        lines = sa.select(findings).where(findings.c.sample.in_(part)).order_by(findings.c.sample, findings.c.position)
        for f in connection.execute(lines):
            found.setdefault(f.sample, []).append(
                Finding(f.named_as, f.substance, f.method, Abundance(f.abundance), f.quantity, f.unit, Status(f.status))
            )
    return [
        Sample(
            r.key, SampleKind(r.kind), tuple(found.get(r.id, ())), r.state, r.county, r.place, r.collected, r.tested,
            r.published, tuple(r.sold_as), tuple(r.methods), r.line,
        )
        for r in rows
    ]  # fmt: skip


def content_hash(sample: Sample) -> str:
    """BLAKE2b (128 bits) of everything a sample says, except the line it stood at: moving down a line is no
    revision."""
    return _digest(
        sample.key, _said_of(_head(sample), sample.place), "".join([repr(_tail(f)) for f in sample.findings])
    )


_head = attrgetter("kind", "state", "county", "collected", "tested", "published", "sold_as", "methods")


def _tail(finding: Finding) -> Row:
    return (
        finding.named_as, finding.substance, finding.method, str(finding.abundance), finding.quantity, finding.unit,
        str(finding.status),
    )  # fmt: skip


def _said_of(head: Row, place: str) -> str:
    return repr((str(head[0]), *head[1:3], place, *head[3:]))


def _digest(key: str, head: str, tails: str) -> str:
    # The repr of tuples of plain values: no two samples that differ are written alike.
    return hashlib.blake2b(f"{key!r}{head}{tails}".encode(), digest_size=16).hexdigest()


_Held = tuple[int, int, str, bool]
"""Of the last edition of a sample: its number, its revision, its content hash, and whether it is believed."""


class _Writer:
    """One document's samples on their way into the tables. What samples share is prepared once for all of them."""

    def __init__(
        self, connection: Connection, feed: str, now: datetime, document: int, known_on: Callable[[Sample], date],
        generation: int, named: Callable[[Sample], Named | None],
    ) -> None:  # fmt: skip
        self.new = self.revised = 0
        self._connection, self._feed, self._now, self._document = connection, feed, now, document
        self._known_on, self._generation, self._named = known_on, generation, named
        self._samples = Bulk(connection, samples, _SAMPLE)
        self._findings = Bulk(connection, findings, _FINDING, many=True)
        self._from = self._samples.bind("known_from")(now)
        self._null = self._samples.null
        self._bind_day, self._bind_list = self._samples.bind("collected"), self._samples.bind("sold_as")
        self._numbers = numbers(connection, samples)
        self._seen: set[str] = set()
        self._first = connection.scalar(sa.select(samples.c.id).where(samples.c.feed == feed).limit(1)) is None
        self._heads: dict[tuple[str, Row], tuple[str, Row, Row]] = {}
        self._days: dict[date | None, Any] = {}
        # By the identity of a finding: readers give equal rows the very same, and comparing all its fields costs more.
        self._texts: dict[int, str] = {}
        self._tails: dict[int, Row] = {}
        self._alive: list[Finding] = []

    def add(self, read: Sequence[Sample]) -> None:
        if len(self._alive) >= _REMEMBERED:
            for memory in (self._texts, self._tails, self._alive):
                memory.clear()
        seen, named = self._seen, self._named
        fresh: list[tuple[Sample, Named]] = []
        for sample in read:
            if sample.key not in seen and (said := named(sample)) is not None:
                seen.add(sample.key)
                fresh.append((sample, said))
        held = {} if self._first else self._current([s.key for s, _ in fresh])
        texts, tails = self._said_by(list(chain.from_iterable([found for _, (found, _) in fresh])))
        rows: list[Row] = []
        lines: list[Row] = []
        closing: list[int] = []
        revised = self.revised
        end = 0
        for sample, (found, place) in fresh:
            begin, end = end, end + len(found)
            about, before, after = self._described(sample, place)
            content = _digest(sample.key, about, "".join(texts[begin:end]))
            known = held.get(sample.key)
            revision = 1
            if known is not None:
                last, revision, same, is_open = known
                if is_open:
                    if same == content:
                        continue
                    closing.append(last)
                revision += 1
                self.revised += 1
            number = next(self._numbers)
            # A changed sample counts as known anew: a re-analysis that adds carfentanil to an old sample is news today.
            rows.append(
                (
                    number, self._feed, sample.key, revision, *before, self._day(self._known_on(sample)), *after,
                    content, self._from, self._null, self._document, sample.line, self._generation,
                )
            )  # fmt: skip
            lines += [(number, position, *tail) for position, tail in enumerate(tails[begin:end])]
        self.new += len(rows) - (self.revised - revised)
        _close(self._connection, closing, self._now, self._generation)
        self._samples.insert(rows)
        self._findings.insert(lines)

    def missing(self) -> list[int]:
        """Numbers of the open editions of this feed that no sample of the document belongs to."""
        chosen = sa.select(samples.c.id, samples.c.key).where(
            samples.c.feed == self._feed, samples.c.known_until.is_(None)
        )
        return [] if self._first else [r.id for r in self._connection.execute(chosen) if r.key not in self._seen]

    def _described(self, sample: Sample, place: str) -> tuple[str, Row, Row]:
        """What a sample says of itself: as text, its columns from kind to published, and sold_as and methods."""
        head = _head(sample)
        known = self._heads.get((place, head))
        if known is None:
            if len(self._heads) >= _REMEMBERED:
                self._heads.clear()
            kind, state, county, collected, tested, published, sold_as, methods = head
            days = map(self._day, (collected, tested, published))
            lists = map(self._bind_list, (list(sold_as), list(methods)))
            known = self._heads[place, head] = (
                _said_of(head, place), (str(kind), state, county, place, *days), tuple(lists),
            )  # fmt: skip
        return known

    def _day(self, day: date | None) -> Any:
        if day not in self._days:
            self._days[day] = self._bind_day(day)
        return self._days[day]

    def _said_by(self, found: list[Finding]) -> tuple[list[str], list[Row]]:
        """All that each finding says, as text and as columns."""
        numbers = list(map(id, found))
        try:
            texts = list(map(self._texts.__getitem__, numbers))
        except KeyError:
            for number, finding in zip(numbers, found, strict=True):
                if number not in self._texts:
                    self._alive.append(finding)  # so that its identity stays its own
                    tail = _tail(finding)
                    self._texts[number] = repr(tail)
                    self._tails[number] = tuple([self._null if value is None else value for value in tail])
            texts = list(map(self._texts.__getitem__, numbers))
        return texts, list(map(self._tails.__getitem__, numbers))

    def _current(self, keys: list[str]) -> dict[str, _Held]:
        """The last edition of each of these samples."""
        columns = sa.select(
            samples.c.key, samples.c.id, samples.c.revision, samples.c.content, samples.c.known_until.is_(None)
        )
        held: dict[str, _Held] = {}
        for part in _parts(keys, _FETCH):
            chosen = columns.where(samples.c.feed == self._feed, samples.c.key.in_(part)).order_by(samples.c.revision)
            for key, number, revision, content, is_open in self._connection.execute(chosen):
                held[key] = number, revision, content, bool(is_open)
        return held


def _close(connection: Connection, numbers: Sequence[int], now: datetime, generation: int) -> None:
    for part in _parts(numbers, _FETCH):
        connection.execute(
            sa.update(samples).where(samples.c.id.in_(part)).values(known_until=now, generation=generation)
        )


def _next_generation(connection: Connection) -> int:
    # The row stays locked until the commit, so that generations are committed in their order.
    bumped = sa.update(evidence_head).values(generation=evidence_head.c.generation + 1)
    return int(connection.execute(bumped.returning(evidence_head.c.generation)).scalar_one())


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[i : i + size] for i in range(0, len(items), size))
