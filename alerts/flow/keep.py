"""From a feed's documents to stored evidence: raw bytes first, then what they say, named and placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from alerts.app import App
from alerts.config.sections import Feed
from alerts.flow.fetch import Brought, Document
from alerts.flow.read import read, redacted
from alerts.model.feed_state import FeedState
from alerts.store import archive, evidence, side_evidence
from alerts.store.engine import Connection
from alerts.store.vanished import vanished
from detectors.feeds.charset import charset
from detectors.feeds.nature import Nature, nature
from detectors.sample import BrokenDocument, Reading, Sample
from detectors.words.naming import NamedReading, name_reading

MANY, SHARE = 5, 0.2
"""From so many samples on, and more than such a share of all that a source has, a disappearance is not believed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a reading brought. rows: data rows seen. newest: latest date in it. notes: sentences for the feed's page."""

    rows: int
    new: int
    revised: int
    retracted: int
    quarantined: int
    newest: date | None
    notes: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return bool(self.new or self.revised or self.retracted)


def keep(app: App, before: FeedState, feed: Feed, brought: Brought, now: datetime) -> Kept:
    """Archive, parse, name and store. Raises BrokenDocument after its bytes were archived, so that a person can look.

    Sources whose documents carry what may identify people are archived and parsed in a redacted form only; if such a
    document cannot be understood well enough to be redacted, only its hash is kept.
    """
    today = now.astimezone(app.configuration.programme.zone).date()
    documents = _redacted(app, before, feed, brought.documents, now)
    numbers = []
    with app.store.write() as connection:
        for document, is_redacted in documents:
            sha256 = archive.keep(connection, document.body, now=now, redacted=is_redacted)
            numbers.append(
                archive.add_document(
                    connection, feed=before.name, sha256=sha256, location=document.location,
                    content_type=document.content_type, now=now, outcome="fetched",
                )
            )  # fmt: skip
    try:
        reading = read(feed, [d for d, _ in documents], received=today)
    except BrokenDocument:
        _outcome(app, numbers, "broken")
        raise
    named = name_reading(reading, app.lexicon, app.gazetteer)
    with app.store.write() as connection:
        first = not evidence.has_any(connection, before.name)
        whole, missing = _whole(connection, before.name, reading)
        stored = evidence.store(
            connection, before.name, [_placed(app, feed, s) for s in named.reading.samples], now=now,
            document=numbers[0], known_on=knowable(today, first_import=first), whole=whole,
        )  # fmt: skip
        totals = side_evidence.store_tallies(
            connection, before.name, named.reading.tallies, now=now, document=numbers[0]
        )
        notices = side_evidence.store_bulletins(
            connection, before.name, [(b, _mentioned(app, b.title, b.text)) for b in named.reading.bulletins], now=now,
            document=numbers[0],
        )  # fmt: skip
        side_evidence.set_aside(connection, before.name, named.reading.quarantined, now=now, document=numbers[0])
        _count_unrecognised(app, connection, before.name, named, now)
        for number in numbers:
            archive.set_outcome(connection, number, "read")
    return Kept(
        rows=reading.rows, new=stored.new + totals[0] + notices[0], revised=stored.revised + totals[1] + notices[1],
        retracted=stored.retracted, quarantined=len(reading.quarantined), newest=_newest(reading, today),
        notes=tuple(dict.fromkeys((*named.reading.notes, *_charsets(brought.documents), *missing))),
    )  # fmt: skip


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


def _whole(connection: Connection, feed: str, reading: Reading) -> tuple[bool, tuple[str, ...]]:
    """Whether what a document lacks was withdrawn, and what to say when that is not believed.

    A laboratory withdraws a few results. A file that was cut at the end of a line, or emptied by a failed export, lacks
    many at once: to believe it would call off alerts on what is still in the supply.
    """
    if not reading.whole:
        return False, ()
    gone, held = vanished(connection, feed, {s.key for s in reading.samples})
    if gone and (not reading.samples or (gone >= MANY and gone > held * SHARE)):
        note = (
            f"{gone} of the {held} samples that this source had are missing in it. So many at once look like a cut "
            "file, so none is taken as withdrawn. Ask the source."
        )
        return False, (note,)
    return True, ()


def _charsets(documents: tuple[Document, ...]) -> tuple[str, ...]:
    """What is to be said of how the originals were coded: a redacted form is always UTF-8."""
    texts = (d for d in documents if nature(d.body) is Nature.TEXT)
    return tuple(dict.fromkeys(note for d in texts for note in charset(d.body, d.content_type).notes))


def _redacted(
    app: App, before: FeedState, feed: Feed, documents: tuple[Document, ...], now: datetime
) -> list[tuple[Document, bool]]:
    result = []
    for document in documents:
        try:
            body = redacted(feed, document)
        except BrokenDocument:
            with app.store.write() as connection:
                archive.add_document(
                    connection, feed=before.name, sha256=archive.hash_of(document.body), location=document.location,
                    content_type=document.content_type, now=now, outcome="broken",
                )  # fmt: skip
            raise
        result.append((document, False) if body is None else (replace(document, body=body), True))
    return result


def _placed(app: App, feed: Feed, sample: Sample) -> Sample:
    """A sample whose place is not known belongs to its feed's state: it must not fall between the places unseen."""
    if sample.place:
        return sample
    place = app.gazetteer.resolve(feed.state or app.configuration.programme.state, feed.county)
    return replace(sample, place=place or app.gazetteer.resolve(app.configuration.programme.state) or "US")


def _mentioned(app: App, title: str, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.id for span in app.lexicon.mentions(f"{title}\n{text}")))


def _newest(reading: Reading, today: date) -> date | None:
    return None if reading.newest is None else min(reading.newest, today)


def _outcome(app: App, documents: list[int], outcome: str) -> None:
    with app.store.write() as connection:
        for number in documents:
            archive.set_outcome(connection, number, outcome)


def _count_unrecognised(app: App, connection: Connection, feed: str, named: NamedReading, now: datetime) -> None:
    near = {c.named_as: (c.count, c.substance) for c in named.candidates}
    names = {text: (rows, "") for text, rows in named.unknown_names.items() if text not in near}
    side_evidence.count_unrecognised(connection, feed, "name", {**names, **near}, now=now)
    places = {text: (rows, "") for text, rows in named.unknown_places.items()}
    side_evidence.count_unrecognised(connection, feed, "place", places, now=now)
