"""A feed's documents, read by the reader that its preset names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from alerts.config.feed import Feed
from alerts.flow.collection.brought import Document
from detectors.batch import Batch, in_batches
from detectors.feeds import table, unc
from detectors.feeds.presets import Preset, preset
from detectors.feeds.registry import reader
from detectors.sample import Quarantined, Reading


def read(feed: Feed, documents: Sequence[Document], received: date) -> Reading:
    """All that the documents say together. Raises BrokenDocument for the first that is not what the preset promises.

    UNC's export is two tables of the same samples; they are joined. Other documents are read one after the other, and
    only a single document can speak for the whole of its source.
    """
    known = source_of(feed)
    settings = settings_of(feed, known)
    if known.reader == "unc" and len(documents) == 2:
        first, second = documents
        return unc.read_pair(
            first.body, second.body, content_type=first.content_type, settings=settings, received=received
        )
    readings = [
        reader(known.reader).read(d.body, content_type=d.content_type, settings=settings, received=received)
        for d in documents
    ]
    return readings[0] if len(readings) == 1 else _together(readings)


def items(feed: Feed, documents: Sequence[Document], received: date) -> Iterator[Batch | Quarantined | Reading]:
    """As `read`, samples in batches; last of all a Reading with everything else. Tables are never held as a whole.

    Raises BrokenDocument, if need be as late as at the end.
    """
    known = source_of(feed)
    settings = settings_of(feed, known)
    if known.reader == "unc" and len(documents) <= 2:
        first = documents[0]
        second = documents[1].body if len(documents) == 2 else b""
        yield from unc.iter_samples(
            first.body, analysis=second, content_type=first.content_type, settings=settings, received=received
        )
    elif known.reader == "table" and len(documents) == 1:
        yield from table.iter_items(
            documents[0].body, content_type=documents[0].content_type, settings=settings, received=received
        )
    else:
        reading = read(feed, documents, received)
        yield from in_batches(reading.samples, table.TOGETHER)
        yield from reading.quarantined
        yield replace(reading, samples=(), quarantined=())


def redacted(feed: Feed, document: Document) -> bytes | None:
    """The form of a document that may be kept; None where its raw bytes may be. Raises BrokenDocument."""
    known = source_of(feed)
    redact = reader(known.reader).redact
    if redact is None:
        return None
    return redact(document.body, content_type=document.content_type, settings=settings_of(feed, known))


def source_of(feed: Feed) -> Preset:
    """The feed's source. Raises KeyError with a sentence for a preset that does not exist."""
    return feed.known or preset(feed.preset)


def settings_of(feed: Feed, known: Preset) -> Any:
    """The preset's settings with the operator's own state and county for documents that name none."""
    own = {"state": feed.state, "default_state": feed.state, "county": feed.county, "default_county": feed.county}
    settings = known.settings
    if hasattr(settings, "layout"):
        return replace(settings, layout=_placed(settings.layout, own))
    return _placed(settings, own)


def _placed(settings: Any, own: dict[str, str]) -> Any:
    plain = {f.name for f in fields(settings) if isinstance(getattr(settings, f.name), str)}
    return replace(settings, **{name: value for name, value in own.items() if value and name in plain})


def _together(readings: Sequence[Reading]) -> Reading:
    newest = [r.newest for r in readings if r.newest is not None]
    return Reading(
        samples=tuple(s for r in readings for s in r.samples),
        tallies=tuple(t for r in readings for t in r.tallies),
        bulletins=tuple(b for r in readings for b in r.bulletins),
        quarantined=tuple(q for r in readings for q in r.quarantined),
        rows=sum(r.rows for r in readings),
        newest=max(newest, default=None),
        withdrawn=tuple(dict.fromkeys(w for r in readings for w in r.withdrawn)),
        notes=tuple(dict.fromkeys(n for r in readings for n in r.notes)),
        whole=False,
    )
