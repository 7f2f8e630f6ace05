"""From a feed's documents to stored evidence: raw bytes first, then what they say, named and placed."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import chain

from alerts.app import App
from alerts.config.feed import Feed
from alerts.flow.collection.brought import Brought, Document
from alerts.flow.collection.field_report import field_reports, notices, report_prefix, said_in
from alerts.flow.collection.put_together import put_together
from alerts.flow.collection.read import items, redacted, source_of
from alerts.flow.collection.stream import Progress, Stream
from alerts.flow.process.give_back import give_back
from alerts.model.feed_state import FeedState
from alerts.store import archive, evidence, side_evidence, vanished
from alerts.store.engine import Connection
from detectors.batch import Batch
from detectors.feeds.charset import charset
from detectors.feeds.nature import Nature, nature
from detectors.sample import BrokenDocument, Bulletin, Sample
from detectors.words.mention import Mention
from detectors.words.naming import NamedReading
from detectors.words.unseen import unseen_names

HELD = 20_000
"""Samples up to which a document is read before the database is locked for writing; a longer one is read while it is
written, and other writers wait for it (ten seconds for a million rows)."""
BY_SPECIMEN = frozenset({"hl7", "fhir"})
"""Readers of which one specimen may come in several orders."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a reading brought. rows: data rows seen. newest: latest date in it. notes: sentences for the feed's page.

    broken: the first document that could not be understood; the others were kept all the same.
    """

    rows: int = 0
    new: int = 0
    revised: int = 0
    retracted: int = 0
    quarantined: int = 0
    newest: date | None = None
    notes: tuple[str, ...] = ()
    broken: BrokenDocument | None = None

    @property
    def changed(self) -> bool:
        return bool(self.new or self.revised or self.retracted)

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.rows + other.rows, self.new + other.new, self.revised + other.revised,
            self.retracted + other.retracted, self.quarantined + other.quarantined,
            max((d for d in (self.newest, other.newest) if d is not None), default=None),
            tuple(dict.fromkeys((*self.notes, *other.notes))), self.broken or other.broken,
        )  # fmt: skip


def keep(
    app: App, before: FeedState, feed: Feed, brought: Brought, now: datetime, progress: Progress | None = None
) -> Kept:
    """Archive, parse, name and store, one group of documents after the other. Raises BrokenDocument when none could be
    understood, after its bytes were archived, so that a person can look.

    Sources whose documents carry what may identify people are archived and parsed in a redacted form only; if such a
    document cannot be understood well enough to be redacted, only its hash is kept.
    progress: told the number of samples read so far, every few thousand.
    """
    with app.store.read() as connection:
        first = not evidence.has_any(connection, before.name)
    known_on = knowable(now.astimezone(app.configuration.programme.zone).date(), first_import=first)
    kept = Kept()
    for group in brought.groups:
        try:
            kept += _group(app, before, feed, group, now, known_on, brought.alone, progress)
        except BrokenDocument as broken:
            if len(brought.groups) == 1:
                raise
            told = BrokenDocument(f"{group[0].location}: {broken.reason}", broken.mend, broken.line, broken.column)
            kept += Kept(broken=told)
    return kept


def knowable(today: date, *, first_import: bool) -> Callable[[Sample], date]:
    """On which day a sample's result became known to us.

    The first import of a feed is history: its results were known when the laboratory gave them out. Afterwards a
    result is known on the day it comes, whatever date it bears: a result that was ten days in the post is news.
    """

    def known_on(sample: Sample) -> date:
        if not first_import:
            return today
        return min(today, sample.published or sample.tested or sample.collected or today)

    return known_on


def _group(
    app: App,
    before: FeedState,
    feed: Feed,
    group: tuple[Document, ...],
    now: datetime,
    known_on: Callable[[Sample], date],
    alone: bool,
    progress: Progress | None,
) -> Kept:
    today = now.astimezone(app.configuration.programme.zone).date()
    recoded: list[str] = []
    documents = _archived(app, before, feed, group, now, recoded)
    numbers = [number for _, number in documents]
    stream = Stream(
        app, feed, items(feed, [d for d, _ in documents], received=today), progress
    )  # fmt: skip
    del documents
    try:
        with _undisturbed():
            batches = stream.batches()
            ready: list[Batch] = []
            for batch in batches:
                ready.append(batch)
                if stream.count >= HELD:
                    break
            with app.store.write() as connection:
                had = vanished.held(connection, before.name)
                arrived: Iterable[Sample | Batch] = chain(ready, batches)
                if source_of(feed).reader in BY_SPECIMEN:
                    orders = list(chain.from_iterable(chain(ready, batches)))
                    arrived, gone = put_together(connection, before.name, orders, stream.last.withdrawn)
                    stream.last = replace(stream.last, withdrawn=gone)
                stored = evidence.store(
                    connection, before.name, arrived, now=now, document=numbers[0], known_on=known_on,
                    whole=lambda: alone and stream.last.whole and not vanished.looks_cut(had, stream.count),
                    named=stream.named,
                )  # fmt: skip
                kept = _beside(app, connection, before, stream, stored, now, numbers[0], known_on)
                for number in numbers:
                    archive.set_outcome(connection, number, "read")
    except BrokenDocument:
        with app.store.write() as connection:
            for number in numbers:
                archive.set_outcome(connection, number, "broken")
        raise
    if stream.count > HELD:
        give_back()
    notes = [*kept.notes, *recoded]
    if alone and stream.last.whole and vanished.looks_cut(had, stream.count):
        notes.append(
            f"It holds {stream.count} samples, and this source had {had}. So many missing at once look like a cut "
            "file, so none is taken as withdrawn. Ask the source."
        )
    newest = None if kept.newest is None else min(kept.newest, today)
    return replace(kept, newest=newest, notes=tuple(dict.fromkeys(notes)))


def _beside(
    app: App, connection: Connection, before: FeedState, stream: Stream, stored: evidence.Stored, now: datetime,
    document: int, known_on: Callable[[Sample], date],
) -> Kept:  # fmt: skip
    """Store what comes beside samples, and count all of it."""
    named = stream.told()
    reading = named.reading
    withdrawn = 0
    if reading.withdrawn:
        withdrawn = evidence.withdraw(connection, before.name, reading.withdrawn, now=now)
    totals = side_evidence.store_tallies(connection, before.name, reading.tallies, now=now, document=document)
    read = [(b, _named_in(app, b), said_in(app, b)) for b in reading.bulletins]
    notices = side_evidence.store_bulletins(connection, before.name, read, now=now, document=document)
    reported = _reported(connection, before.name, [(b, told) for b, _, told in read], now, document, known_on)
    side_evidence.set_aside(connection, before.name, stream.aside, now=now, document=document)
    _count_unrecognised(connection, before.name, named, _unseen_in(app, reading.bulletins), now)
    return Kept(
        rows=reading.rows, new=stored.new + totals[0] + notices[0], revised=stored.revised + totals[1] + notices[1],
        retracted=stored.retracted + withdrawn + reported.retracted,
        quarantined=stream.bad, newest=reading.newest, notes=reading.notes,
    )  # fmt: skip


def _archived(
    app: App, before: FeedState, feed: Feed, group: tuple[Document, ...], now: datetime, recoded: list[str]
) -> list[tuple[Document, int]]:
    """The documents as they may be kept, and their numbers.

    recoded: takes what is to be said of how the originals were coded; a redacted form is always UTF-8.
    """
    result = []
    for document in group:
        body = document.body
        note = partial(
            archive.add_document, feed=before.name, location=document.location, content_type=document.content_type,
            now=now, size=document.size, modified=document.modified,
        )  # fmt: skip
        try:
            known = redacted(feed, replace(document, content=body))
        except BrokenDocument:
            with app.store.write() as connection:
                sha256 = document.sha256 or archive.hash_of(body)
                note(connection, sha256=sha256, outcome="broken")
            raise
        may_be_kept = body if known is None else known
        if known is not None and nature(body) is Nature.TEXT:
            recoded += charset(body, document.content_type).notes
        del body  # of the export of a million rows it is three quarters of the memory
        packed = archive.pack(may_be_kept)
        with app.store.write() as connection:
            archive.keep(connection, packed, now=now, redacted=known is not None)
            number = note(connection, sha256=packed.sha256, outcome="fetched")
        result.append((replace(document, content=may_be_kept), number))
    return result


@contextmanager
def _undisturbed() -> Iterator[None]:
    # An import makes millions of objects and hardly a cycle; looking for cycles among them takes a tenth of its time.
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _named_in(app: App, bulletin: Bulletin) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.id for span in app.lexicon.mentions(f"{bulletin.title}\n{bulletin.text}")))


def _unseen_in(app: App, bulletins: Sequence[Bulletin]) -> Mapping[str, int]:
    """Words of notices that look like a drug nobody has a name for → in how many notices."""
    return Counter(name for b in bulletins for name in unseen_names(f"{b.title}\n{b.text}", app.lexicon))


def _reported(
    connection: Connection,
    feed: str,
    read: Sequence[tuple[Bulletin, tuple[Mention, ...]]],
    now: datetime,
    document: int,
    known_on: Callable[[Sample], date],
) -> evidence.Stored:
    """Store what notices say, and what they say was detected at a place; take back what a changed notice no longer
    says."""
    reports = [(b, [*field_reports(b, told), *notices(b, told)]) for b, told in read]
    stored = evidence.store(
        connection, feed, [s for _, found in reports for s in found], now=now, document=document, known_on=known_on,
        whole=False,
    )  # fmt: skip
    standing = {s.key for _, found in reports for s in found}
    before = {key for b, _ in reports for key in evidence.open_keys(connection, feed, report_prefix(b.key))}
    gone = before - standing
    return replace(stored, retracted=evidence.withdraw(connection, feed, gone, now=now) if gone else 0)


def _count_unrecognised(
    connection: Connection, feed: str, named: NamedReading, unseen: Mapping[str, int], now: datetime
) -> None:
    near = {c.named_as: (c.count, c.substance) for c in named.candidates}
    names = {text: (rows, "") for text, rows in named.unknown_names.items() if text not in near}
    side_evidence.count_unrecognised(
        connection, feed, "name", {**{text: (rows, "") for text, rows in unseen.items()}, **names, **near}, now=now
    )
    places = {text: (rows, "") for text, rows in named.unknown_places.items()}
    side_evidence.count_unrecognised(connection, feed, "place", places, now=now)
