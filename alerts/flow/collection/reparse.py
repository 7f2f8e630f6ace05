"""Read an archived document again with today's code, and say what would be different. Stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.app import App
from alerts.flow.collection.brought import Document
from alerts.flow.collection.keep import BY_SPECIMEN
from alerts.flow.collection.put_together import as_put_together
from alerts.flow.collection.read import items, source_of
from alerts.store import archive, evidence
from detectors.batch import one_by_one
from detectors.sample import Quarantined, Reading, Sample
from detectors.words.naming import Namer


@dataclass(frozen=True, slots=True)
class Change:
    """One sample that would be read otherwise. before, after: what is said of it; None where it is not there."""

    key: str
    before: Sample | None
    after: Sample | None

    @property
    def what(self) -> str:
        """The fields that differ, for a person."""
        if self.before is None or self.after is None:
            return "only today" if self.before is None else "no longer read"
        fields = (f for f in Sample.__dataclass_fields__ if f != "line")
        return ", ".join(f for f in fields if getattr(self.before, f) != getattr(self.after, f))


@dataclass(frozen=True, slots=True)
class Reparsed:
    """feed and fetched_at of the document; same: samples read as they are stored; quarantined: rows set aside now."""

    feed: str
    fetched_at: datetime
    locations: tuple[str, ...]
    same: int
    changes: tuple[Change, ...]
    quarantined: tuple[Quarantined, ...]


class NotThereError(Exception):
    """The document is not known, or its bytes were dropped when their time was up."""


def reparse(app: App, document: str) -> Reparsed:
    """document: its number, or the beginning (8 digits or more) of its SHA-256.

    What is compared is the edition that this document made, and for samples that it only confirmed the edition that
    was believed then. Raises NotThereError, or BrokenDocument when today's code cannot read it any more.
    """
    with app.store.read() as connection:
        found = archive.find(connection, document)
        if not found:
            raise NotThereError(f"There is no document '{document}'. `supplywatch feeds documents` lists them.")
        feed = app.configuration.feeds.get(found[0].feed)
        if feed is None:
            raise NotThereError(
                f"The feed '{found[0].feed}' is not in the configuration any more; put it back to read."
            )
        documents = []
        for row in found:
            body = archive.fetch(connection, row.sha256)
            if body is None:
                raise NotThereError(
                    f"The bytes of document {row.id} are not kept: they are dropped after "
                    f"{app.configuration.privacy.archive_days} days, and never kept when they cannot be redacted."
                )
            documents.append(Document(row.location, body, row.content_type))
        moment = found[0].fetched_at
        believed = {s.key: s for s in evidence.samples_of(connection, found[0].feed, now=moment)}
        own = evidence.keys_of(connection, found[0].feed, found[0].id)
        received = moment.astimezone(app.configuration.programme.zone).date()
        read: Iterable[Sample | Quarantined | Reading] = one_by_one(items(feed, documents, received))
        if source_of(feed).reader in BY_SPECIMEN:
            there = list(read)
            orders = as_put_together(connection, found[0].feed, [i for i in there if isinstance(i, Sample)])
            read = [*orders, *(i for i in there if not isinstance(i, Sample))]
    namer = Namer(app.lexicon, app.gazetteer)
    home = app.gazetteer.resolve(feed.state or app.configuration.programme.state, feed.county) or "US"
    return _compared(found[0].feed, moment, documents, read, namer, home, believed, own)


def _compared(
    feed: str, moment: datetime, documents: Sequence[Document], read: Iterable[Sample | Quarantined | Reading],
    namer: Namer, home: str, believed: dict[str, Sample], own: frozenset[str],
) -> Reparsed:  # fmt: skip
    same = 0
    changes: list[Change] = []
    aside: list[Quarantined] = []
    seen: set[str] = set()
    for item in read:
        if isinstance(item, Quarantined):
            aside.append(item)
        elif isinstance(item, Sample) and item.key not in seen:
            named = namer.sample(item)
            if named is None:
                continue
            seen.add(item.key)
            after = named if named.place else replace(named, place=home)
            before = believed.get(item.key)
            if before is not None and evidence.content_hash(before) == evidence.content_hash(after):
                same += 1
            else:
                changes.append(Change(item.key, before, after))
    changes += [Change(key, believed[key], None) for key in sorted(own - seen) if key in believed]
    return Reparsed(feed, moment, tuple(d.location for d in documents), same, tuple(changes), tuple(aside))
