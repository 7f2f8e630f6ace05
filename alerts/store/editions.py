"""Writing samples: a change closes the edition before it and opens a new one, a withdrawal closes it for good.

Samples are written a few thousand at a time, so that a file of a million rows needs little memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa

from alerts.store.bulk import indexed_later, room
from alerts.store.content import content_hash as content_hash
from alerts.store.engine import Connection
from alerts.store.incoming import FETCH, Incoming, close, parts
from alerts.store.tables import evidence_head, findings, samples
from detectors.batch import Batch, in_batches
from detectors.sample import Abundance, Finding, Sample, SampleKind, Status

_CHUNK = 4000


@dataclass(frozen=True, slots=True)
class Stored:
    """How many samples were new, came again changed, or were withdrawn by their source."""

    new: int = 0
    revised: int = 0
    retracted: int = 0


def as_it_is(batch: Batch) -> Batch:
    """Samples that bear their places and their findings' substances already."""
    return batch


def store(
    connection: Connection,
    feed: str,
    read: Iterable[Sample | Batch],
    *,
    now: datetime,
    document: int,
    known_on: Callable[[Sample], date],
    whole: bool | Callable[[], bool],
    named: Callable[[Batch], Batch] = as_it_is,
) -> Stored:
    """Write new and changed samples. whole: the document lists everything its feed has, so what is missing was
    withdrawn; asked after the last sample, because a stream knows it only then.

    known_on: on which day a result could first be known (the day of a detector's clock, not of the event), by what is
    said of its sample; it is not told key, line and findings.
    named: samples as they are to be stored, with places and substances; without those that say nothing (yet).
    Of samples with the same key the first counts: the readers put one sample's rows together.
    """
    generation = _next_generation(connection)
    writer = Incoming(connection, feed, now, document, known_on, generation, named)
    stream = in_batches(read, _CHUNK)
    first = next(stream, Batch.of(()))
    if len(first) < _CHUNK:
        writer.add(first)
    else:
        with room(connection), indexed_later(connection, samples):
            for batch in chain([first], stream):
                writer.add(batch)
    gone = writer.missing() if (whole() if callable(whole) else whole) else []
    close(connection, gone, now, generation)
    return Stored(writer.new, writer.revised, len(gone))


def withdraw(connection: Connection, feed: str, keys: Iterable[str], *, now: datetime) -> int:
    """Close the editions of samples of which the source itself says that they were wrong; returns how many there
    were."""
    generation = _next_generation(connection)
    gone = [
        number
        for part in parts(sorted(set(keys)), FETCH)
        for number in connection.scalars(
            sa.select(samples.c.id).where(
                samples.c.feed == feed, samples.c.key.in_(part), samples.c.known_until.is_(None)
            )
        )
    ]
    close(connection, gone, now, generation)
    return len(gone)


def as_stored(connection: Connection, rows: Sequence[Any]) -> list[Sample]:
    """Rows of `samples` as the samples that they were made from."""
    found: dict[int, list[Finding]] = {}
    for part in parts([row.id for row in rows], FETCH):
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


def _next_generation(connection: Connection) -> int:
    # The row stays locked until the commit, so that generations are committed in their order.
    bumped = sa.update(evidence_head).values(generation=evidence_head.c.generation + 1)
    return int(connection.execute(bumped.returning(evidence_head.c.generation)).scalar_one())
