"""Samples of a document on their way into the tables, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice, repeat
from typing import Any

import sqlalchemy as sa

from alerts.store.bulk import Bulk, Row, numbers
from alerts.store.content import HEAD, digest, said_of, tail
from alerts.store.engine import Connection
from alerts.store.tables import findings, samples
from detectors.batch import Batch
from detectors.sample import Finding, Sample

FETCH = 500
"""Keys per question: SQLite takes 32,766 variables a statement at the most."""
_REMEMBERED = 50_000

_SAMPLE = ("id", "key", "revision", "content", "line")
_SAMPLES_SHARE = (
    "kind", "state", "county", "place", "collected", "tested", "published", "known_on", "sold_as", "methods", "feed",
    "known_from", "known_until", "document", "generation",
)  # fmt: skip
_FINDING = ("sample", "position")
_FINDINGS_SHARE = ("named_as", "substance", "method", "abundance", "quantity", "unit", "status")

_Held = tuple[int, int, str, bool]
"""Of the last edition of a sample: its number, its revision, its content hash, and whether it is believed."""
_NEVER: _Held = (0, 0, "", False)
_Described = tuple[str, int]
"""What is said of a sample, as the text that is hashed, and as the number of the columns that it shares."""


class Incoming:
    """One document's samples on their way into the tables. What samples share is prepared once for all of them.

    new, revised: samples written so far.
    """

    def __init__(
        self, connection: Connection, feed: str, now: datetime, document: int, known_on: Callable[[Sample], date],
        generation: int, named: Callable[[Batch], Batch],
    ) -> None:  # fmt: skip
        self.new = self.revised = 0
        self._connection, self._feed, self._now, self._generation = connection, feed, now, generation
        self._known_on, self._named = known_on, named
        self._samples = Bulk(connection, samples, _SAMPLE, _SAMPLES_SHARE)
        self._findings = Bulk(connection, findings, _FINDING, _FINDINGS_SHARE)
        self._null = self._samples.null
        self._about_all = (feed, self._samples.bind("known_from")(now), self._null, document, generation)
        self._bind_day, self._bind_list = self._samples.bind("collected"), self._samples.bind("sold_as")
        self._numbers = numbers(connection, samples)
        self._seen: set[str] = set()
        self._first = connection.scalar(sa.select(samples.c.id).where(samples.c.feed == feed).limit(1)) is None
        self._days: dict[date | None, Any] = {}
        # By identity: readers give the very same object where rows say the same, and comparing all fields costs more.
        self._about: dict[int, tuple[Sample, _Described]] = {}
        self._heads: dict[tuple[str, Row], _Described] = {}
        self._texts: dict[int, str] = {}
        self._tails: dict[int, int] = {}
        self._alive: list[Finding] = []

    def add(self, read: Batch) -> None:
        """Write those of the samples that are new or changed."""
        if len(self._alive) >= _REMEMBERED:
            for memory in (self._texts, self._tails, self._alive):
                memory.clear()
            self._findings.forget()
        if len(self._heads) >= _REMEMBERED or len(self._about) >= _REMEMBERED:
            self._about.clear()
            self._heads.clear()
            self._samples.forget()
        batch = self._unseen(self._named(read))
        keys, lines = batch.keys, batch.lines
        said = list(map(self._described, batch.about))
        texts, tails = self._said_by(batch.findings)
        spans = list(map(slice, (0, *batch.ends[:-1]), batch.ends))
        contents = [
            digest(key, text, "".join(texts[span])) for key, (text, _), span in zip(keys, said, spans, strict=True)
        ]
        revisions = self._revisions(keys, contents)
        which = [i for i, revision in enumerate(revisions) if revision]
        numbers = list(islice(self._numbers, len(which)))
        self._samples.insert(
            [
                (number, keys[i], revisions[i], contents[i], lines[i], said[i][1])
                for number, i in zip(numbers, which, strict=True)
            ]
        )
        counts = [spans[i].stop - spans[i].start for i in which]
        owners = chain.from_iterable(map(repeat, numbers, counts))
        positions = chain.from_iterable(map(range, counts))
        written = tails if len(which) == len(keys) else chain.from_iterable([tails[spans[i]] for i in which])
        self._findings.insert(list(zip(owners, positions, written, strict=True)))

    def _unseen(self, batch: Batch) -> Batch:
        fresh = set(batch.keys)
        if len(fresh) == len(batch) and self._seen.isdisjoint(fresh):
            self._seen |= fresh
            return batch
        which: list[int] = []
        for i, key in enumerate(batch.keys):
            if key not in self._seen:
                self._seen.add(key)
                which.append(i)
        return batch.some(which)

    def _revisions(self, keys: Sequence[str], contents: Sequence[str]) -> list[int]:
        """Of each sample the number of its new edition, 0 where it is as it was. The editions before are closed."""
        if self._first:
            self.new += len(keys)
            return [1] * len(keys)
        held = self._current(keys)
        revisions: list[int] = []
        closing: list[int] = []
        for key, content in zip(keys, contents, strict=True):
            last, before, same, is_open = held.get(key, _NEVER)
            if is_open and same == content:
                revisions.append(0)
                continue
            revisions.append(before + 1)
            if is_open:
                closing.append(last)
            self.revised += before > 0
            self.new += before == 0
        close(self._connection, closing, self._now, self._generation)
        return revisions

    def missing(self) -> list[int]:
        """Numbers of the open editions of this feed that no sample of the document belongs to."""
        chosen = sa.select(samples.c.id, samples.c.key).where(
            samples.c.feed == self._feed, samples.c.known_until.is_(None)
        )
        return [] if self._first else [r.id for r in self._connection.execute(chosen) if r.key not in self._seen]

    def _described(self, sample: Sample) -> _Described:
        known = self._about.get(id(sample))
        if known is None:
            # Beside the sample, so that its identity stays its own.
            known = self._about[id(sample)] = sample, self._described_anew(sample)
        return known[1]

    def _described_anew(self, sample: Sample) -> _Described:
        head = HEAD(sample)
        known = self._heads.get((sample.place, head))
        if known is None:
            kind, state, county, collected, tested, published, sold_as, methods = head
            days = map(self._day, (collected, tested, published, self._known_on(sample)))
            lists = map(self._bind_list, (list(sold_as), list(methods)))
            shared = str(kind), state, county, sample.place, *days, *lists, *self._about_all
            known = self._heads[sample.place, head] = said_of(head, sample.place), self._samples.share(shared)
        return known

    def _day(self, day: date | None) -> Any:
        if day not in self._days:
            self._days[day] = self._bind_day(day)
        return self._days[day]

    def _said_by(self, found: Sequence[Finding]) -> tuple[list[str], list[int]]:
        """All that each finding says, as text and as the number of its columns."""
        numbers = list(map(id, found))
        try:
            texts = list(map(self._texts.__getitem__, numbers))
        except KeyError:
            for number, finding in zip(numbers, found, strict=True):
                if number not in self._texts:
                    self._alive.append(finding)  # so that its identity stays its own
                    columns = tail(finding)
                    self._texts[number] = repr(columns)
                    self._tails[number] = self._findings.share(
                        tuple([self._null if value is None else value for value in columns])
                    )
            texts = list(map(self._texts.__getitem__, numbers))
        return texts, list(map(self._tails.__getitem__, numbers))

    def _current(self, keys: Sequence[str]) -> dict[str, _Held]:
        """The last edition of each of these samples."""
        columns = sa.select(
            samples.c.key, samples.c.id, samples.c.revision, samples.c.content, samples.c.known_until.is_(None)
        )
        held: dict[str, _Held] = {}
        for part in parts(keys, FETCH):
            chosen = columns.where(samples.c.feed == self._feed, samples.c.key.in_(part)).order_by(samples.c.revision)
            for key, number, revision, content, is_open in self._connection.execute(chosen):
                held[key] = number, revision, content, bool(is_open)
        return held


def close(connection: Connection, numbers: Sequence[int], now: datetime, generation: int) -> None:
    """End these editions."""
    for part in parts(numbers, FETCH):
        connection.execute(
            sa.update(samples).where(samples.c.id.in_(part)).values(known_until=now, generation=generation)
        )


def parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Items in lots of this size."""
    return (items[i : i + size] for i in range(0, len(items), size))
