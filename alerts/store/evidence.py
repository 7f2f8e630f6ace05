"""Samples with their editions: a change closes the edition before it, a withdrawal closes it for good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import evidence_head, findings, samples
from detectors.history import Tested
from detectors.sample import Abundance, Sample

_FETCH = 500  # keys per question: SQLite takes 32,766 variables a statement at the most


@dataclass(frozen=True, slots=True)
class Stored:
    """How many samples were new, came again changed, or were withdrawn by their source."""

    new: int = 0
    revised: int = 0
    retracted: int = 0


def content_hash(sample: Sample) -> str:
    """SHA-256 of everything a sample says, except the line it stood at: moving down a line is not a revision."""
    said = asdict(replace(sample, line=0))
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def store(
    connection: Connection,
    feed: str,
    read: Sequence[Sample],
    *,
    now: datetime,
    document: int,
    known_on: Callable[[Sample], date],
    whole: bool,
) -> Stored:
    """Write new and changed samples. whole: the document lists everything its feed has, so what is missing was
    withdrawn.

    known_on: on which day the sample's result could first be known (the day of a detector's clock, not of the event).
    """
    generation = _next_generation(connection)
    current = _current(connection, feed, None if whole else [s.key for s in read])
    new = revised = 0
    rows: list[dict[str, object]] = []
    adding: list[tuple[Sample, int]] = []
    seen: set[str] = set()
    for sample in read:
        if sample.key in seen:
            continue  # the readers put one sample's rows together; a second one with the same key is the same sample
        seen.add(sample.key)
        content = content_hash(sample)
        held = current.get(sample.key)
        if held is not None and held.content == content and held.open:
            continue
        if held is not None and held.open:
            connection.execute(
                sa.update(samples).where(samples.c.id == held.id).values(known_until=now, generation=generation)
            )
        revision = 1 if held is None else held.revision + 1
        new, revised = (new + 1, revised) if held is None else (new, revised + 1)
        # A changed sample counts as known anew: a re-analysis that adds carfentanil to an old sample is news today.
        rows.append(_row(feed, sample, revision, content, known_on(sample), now, document, generation))
        adding.append((sample, revision))
    _insert(connection, feed, rows, adding)
    retracted = 0
    if whole:
        gone = [held.id for key, held in current.items() if held.open and key not in seen]
        for part in _parts(gone):
            connection.execute(
                sa.update(samples).where(samples.c.id.in_(part)).values(known_until=now, generation=generation)
            )
        retracted = len(gone)
    return Stored(new, revised, retracted)


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

    generation: number of the last change seen. samples: by row number, in the order they came.
    """

    generation: int = 0
    samples: dict[int, Tested] = field(default_factory=dict)

    def refresh(self, connection: Connection, since: date, family: Callable[[str], str]) -> list[Tested]:
        """Samples believed now whose result became known on or after `since`, with substances rolled up by `family`."""
        changed = sa.and_(samples.c.generation > self.generation, samples.c.place != "")
        newest = connection.scalar(sa.select(evidence_head.c.generation)) or 0
        closed = connection.scalars(sa.select(samples.c.id).where(changed, samples.c.known_until.is_not(None)))
        for number in closed:
            self.samples.pop(number, None)
        opened = sa.and_(changed, samples.c.known_until.is_(None), samples.c.known_on >= since)
        for number, tested in _tested(connection, opened).items():
            full = tuple(dict.fromkeys(map(family, tested.substances)))
            traces = tuple(t for t in dict.fromkeys(map(family, tested.traces)) if t not in full)
            self.samples[number] = replace(tested, substances=full, traces=traces)
        self.generation = newest
        limit = since.toordinal()
        for number in [n for n, t in self.samples.items() if t.known < limit]:
            del self.samples[number]
        return list(self.samples.values())


def _tested(connection: Connection, which: sa.ColumnElement[bool]) -> dict[int, Tested]:
    found: dict[int, tuple[list[str], list[str]]] = {}
    chosen = sa.select(samples.c.id).where(which)
    for f in connection.execute(
        sa.select(findings.c.sample, findings.c.substance, findings.c.abundance)
        .where(findings.c.sample.in_(chosen), findings.c.substance != "")
        .order_by(findings.c.sample, findings.c.position)
    ):
        full, trace = found.setdefault(f.sample, ([], []))
        (trace if f.abundance == Abundance.TRACE else full).append(f.substance)
    columns = (
        samples.c.id, samples.c.feed, samples.c.key, samples.c.kind, samples.c.place, samples.c.collected,
        samples.c.tested, samples.c.known_on, samples.c.methods,
    )  # fmt: skip
    result = {}
    for r in connection.execute(sa.select(*columns).where(which).order_by(samples.c.id)):
        full, trace = found.get(r.id, ([], []))
        names = tuple(dict.fromkeys(full))
        result[r.id] = Tested(
            ref=f"{r.feed}/{r.key}", kind=r.kind, place=r.place, known=r.known_on.toordinal(),
            event=(r.collected or r.tested or r.known_on).toordinal(), substances=names,
            traces=tuple(t for t in dict.fromkeys(trace) if t not in names), methods=tuple(r.methods), feed=r.feed,
        )  # fmt: skip
    return result


def _next_generation(connection: Connection) -> int:
    # The row stays locked until the commit, so that generations are committed in their order.
    bumped = sa.update(evidence_head).values(generation=evidence_head.c.generation + 1)
    return int(connection.execute(bumped.returning(evidence_head.c.generation)).scalar_one())


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


def has_any(connection: Connection, feed: str) -> bool:
    """True once a feed has brought a sample; its first import is history, not news."""
    return connection.scalar(sa.select(samples.c.id).where(samples.c.feed == feed).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class _Held:
    id: int
    revision: int
    content: str
    open: bool


def _current(connection: Connection, feed: str, keys: list[str] | None) -> dict[str, _Held]:
    columns = sa.select(
        samples.c.id, samples.c.key, samples.c.revision, samples.c.content, samples.c.known_until
    ).where(samples.c.feed == feed)
    questions = [columns] if keys is None else [columns.where(samples.c.key.in_(part)) for part in _parts(keys)]
    held: dict[str, _Held] = {}
    for question in questions:
        for r in connection.execute(question.order_by(samples.c.revision)):
            held[r.key] = _Held(r.id, r.revision, r.content, r.known_until is None)
    return held


def _parts(items: Sequence[object]) -> Iterable[Sequence[object]]:
    return (items[i : i + _FETCH] for i in range(0, len(items), _FETCH))


def _row(
    feed: str,
    sample: Sample,
    revision: int,
    content: str,
    known_on: date,
    now: datetime,
    document: int,
    generation: int,
) -> dict[str, object]:
    return {
        "feed": feed, "key": sample.key, "revision": revision, "kind": str(sample.kind), "state": sample.state,
        "county": sample.county, "place": sample.place, "collected": sample.collected, "tested": sample.tested,
        "published": sample.published, "known_on": known_on, "sold_as": list(sample.sold_as),
        "methods": list(sample.methods), "content": content, "known_from": now, "known_until": None,
        "document": document, "line": sample.line, "generation": generation,
    }  # fmt: skip


def _insert(connection: Connection, feed: str, rows: list[dict[str, object]], adding: list[tuple[Sample, int]]) -> None:
    if not rows:
        return
    connection.execute(sa.insert(samples), rows)
    numbers: dict[tuple[str, int], int] = {}
    for part in _parts([s.key for s, _ in adding]):
        chosen = sa.select(samples.c.id, samples.c.key, samples.c.revision).where(
            samples.c.feed == feed, samples.c.key.in_(part)
        )
        numbers.update({(r.key, r.revision): r.id for r in connection.execute(chosen)})
    lines = [
        {
            "sample": numbers[sample.key, revision], "position": i, "named_as": f.named_as, "substance": f.substance,
            "method": f.method, "abundance": str(f.abundance), "quantity": f.quantity, "unit": f.unit,
            "status": str(f.status),
        }
        for sample, revision in adding
        for i, f in enumerate(sample.findings)
    ]  # fmt: skip
    if lines:
        connection.execute(sa.insert(findings), lines)
