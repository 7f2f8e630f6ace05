"""What comes beside samples: totals, bulletins, rows in quarantine, and names that nobody knows yet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.tables import bulletins, mentions, quarantine, tallies, unrecognised
from detectors.sample import Bulletin, Quarantined, Tally
from detectors.words.mention import Mention


def store_tallies(
    connection: Connection, feed: str, read: Sequence[Tally], *, now: datetime, document: int
) -> tuple[int, int]:
    """(new, restated) totals. A restated figure is a new edition; what it was before stays answerable."""
    rows = [
        (t.key, {"named_as": t.named_as, "substance": t.substance, "place": t.place, "first": t.first, "last": t.last,
                 "positives": t.positives, "tested": t.tested}, asdict(replace(t, line=0)))
        for t in read
    ]  # fmt: skip
    return _editions(connection, tallies, feed, rows, now, document)


@dataclass(frozen=True, slots=True)
class StoredTally:
    """One total in one of its editions. first, last: period, both inclusive. tested: None without a denominator."""

    feed: str
    key: str
    revision: int
    named_as: str
    substance: str
    place: str
    first: date
    last: date
    positives: int
    tested: int | None


def tallies_known(
    connection: Connection, *, now: datetime, substances: Sequence[str] = (), feed: str = ""
) -> list[StoredTally]:
    """Totals as believed at `now`, by period, place and substance; of all substances and feeds unless some are
    named."""
    columns = [tallies.c[name] for name in StoredTally.__dataclass_fields__]
    believed = [
        tallies.c.known_from <= now,
        sa.or_(tallies.c.known_until.is_(None), tallies.c.known_until > now),
    ]
    if substances:
        believed.append(tallies.c.substance.in_(sorted(substances)))
    if feed:
        believed.append(tallies.c.feed == feed)
    order = (tallies.c.first, tallies.c.place, tallies.c.substance, tallies.c.key)
    return [
        StoredTally(**r._asdict()) for r in connection.execute(sa.select(*columns).where(*believed).order_by(*order))
    ]


def store_bulletins(
    connection: Connection,
    feed: str,
    read: Sequence[tuple[Bulletin, tuple[str, ...], tuple[Mention, ...]]],
    *,
    now: datetime,
    document: int,
) -> tuple[int, int]:
    """(new, changed) bulletins with the substances that they name and what they say of them. Their prose is read and
    not kept: it is not ours."""
    rows = [
        (b.key[:400], {"title": b.title, "link": b.link, "published": b.published, "place": b.place,
                       "substances": list(found)}, {**asdict(b), "substances": list(found)})
        for b, found, _ in read
    ]  # fmt: skip
    said = {b.key[:400]: told for b, _, told in reversed(read)}
    made: dict[str, int] = {}
    counts = _editions(connection, bulletins, feed, rows, now, document, made)
    lines = [
        {
            "bulletin": number, "position": position, "substance": m.substance, "polarity": str(m.polarity),
            "statement": str(m.statement), "place": m.place, "when": m.when,
        }
        for key, number in made.items()
        for position, m in enumerate(said[key])
    ]  # fmt: skip
    if lines:
        connection.execute(sa.insert(mentions), lines)
    return counts


def _editions(
    connection: Connection,
    table: sa.Table,
    feed: str,
    rows: Sequence[tuple[str, Mapping[str, object], Mapping[str, object]]],
    now: datetime,
    document: int,
    made: dict[str, int] | None = None,
) -> tuple[int, int]:
    """(new, changed) editions; their row numbers by key are put into `made`."""
    held = {
        r.key: (r.id, r.revision, r.content)
        for r in connection.execute(
            sa.select(table.c.id, table.c.key, table.c.revision, table.c.content)
            .where(table.c.feed == feed, table.c.known_until.is_(None))
            .order_by(table.c.revision)
        )
    }
    new = changed = 0
    seen: set[str] = set()
    for key, values, said in rows:
        if key in seen:
            continue
        seen.add(key)
        content = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
        before = held.get(key)
        if before and before[2] == content:
            continue
        if before:
            changed += 1
            connection.execute(sa.update(table).where(table.c.id == before[0]).values(known_until=now))
        else:
            new += 1
        added = sa.insert(table).values(
            feed=feed, key=key, revision=before[1] + 1 if before else 1, content=content, known_from=now,
            document=document, **values,
        )  # fmt: skip
        number = connection.execute(added.returning(table.c.id)).scalar_one()
        if made is not None:
            made[key] = number
    return new, changed


def set_aside(connection: Connection, feed: str, rows: Sequence[Quarantined], *, now: datetime, document: int) -> None:
    """Keep rows that could not be understood, where staff see them."""
    if rows:
        connection.execute(
            sa.insert(quarantine),
            [
                {
                    "feed": feed, "document": document, "at": now, "line": q.line, "column": q.column[:120],
                    "value": q.value[:200], "reason": q.reason, "mend": q.mend,
                }
                for q in rows
            ],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row in quarantine, as staff see it."""

    feed: str
    at: datetime
    line: int
    column: str
    value: str
    reason: str
    mend: str


def aside(connection: Connection, feed: str, latest: int = 50) -> list[SetAside]:
    """The last rows in quarantine of a feed, newest first."""
    columns = [quarantine.c[name] for name in SetAside.__dataclass_fields__]
    chosen = sa.select(*columns).where(quarantine.c.feed == feed).order_by(quarantine.c.id.desc()).limit(latest)
    return [SetAside(**r._asdict()) for r in connection.execute(chosen)]


def count_unrecognised(
    connection: Connection, feed: str, what: str, texts: Mapping[str, tuple[int, str]], *, now: datetime
) -> None:
    """Count names or places that were not recognised. texts: as printed → (rows, candidate id or "")."""
    for text, (rows, candidate) in sorted(texts.items()):
        key = (unrecognised.c.what == what, unrecognised.c.feed == feed, unrecognised.c.text == text[:200])
        seen = {"rows": rows, "candidate": candidate, "last_seen": now}
        first = {"what": what, "feed": feed, "text": text[:200], "first_seen": now}
        if insert_new(connection, unrecognised, {**first, **seen}) is None:
            connection.execute(sa.update(unrecognised).where(*key).values(seen))


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """One name or place that nobody knows yet, with its nearest known one for a person to judge."""

    what: str
    feed: str
    text: str
    candidate: str
    rows: int
    first_seen: datetime
    last_seen: datetime


def recognised(connection: Connection, texts: Iterable[str]) -> None:
    """Strike names off the list of those that nobody knows."""
    for text in texts:
        connection.execute(sa.delete(unrecognised).where(unrecognised.c.what == "name", unrecognised.c.text == text))


def unrecognised_sentence(connection: Connection, now: datetime) -> str:
    """How many names nobody knows, and how many of them are new; a new drug is among the new ones first."""
    first = sa.func.min(unrecognised.c.first_seen)
    chosen = sa.select(first).where(unrecognised.c.what == "name").group_by(unrecognised.c.text)
    seen = [row[0] for row in connection.execute(chosen)]
    if not seen:
        return "Every name was recognised."
    new = sum(1 for moment in seen if moment > now - timedelta(days=7))
    named = f"{len(seen)} name{'s' if len(seen) > 1 else ''} not recognised"
    return f"{named}, {new} new this week." if new else f"{named}, none new this week."


def unrecognised_names(connection: Connection, latest: int = 200) -> list[Unrecognised]:
    """Newest first."""
    columns = [unrecognised.c[name] for name in Unrecognised.__dataclass_fields__]
    order = (unrecognised.c.first_seen.desc(), unrecognised.c.text)
    return [Unrecognised(**r._asdict()) for r in connection.execute(sa.select(*columns).order_by(*order).limit(latest))]


@dataclass(frozen=True, slots=True)
class StoredMention:
    """What a bulletin says of one substance, in the words of detectors/words/mention.py."""

    feed: str
    title: str
    link: str
    published: date | None
    substance: str
    polarity: str
    statement: str
    place: str
    when: str


def latest_mentions(connection: Connection, substance: str = "", latest: int = 100) -> list[StoredMention]:
    """What bulletins say, as believed now, newest first; of all substances unless one is named."""
    columns = (
        bulletins.c.feed, bulletins.c.title, bulletins.c.link, bulletins.c.published, mentions.c.substance,
        mentions.c.polarity, mentions.c.statement, mentions.c.place, mentions.c.when,
    )  # fmt: skip
    chosen = (
        sa.select(*columns)
        .join(mentions, mentions.c.bulletin == bulletins.c.id)
        .where(bulletins.c.known_until.is_(None))
        .order_by(bulletins.c.id.desc(), mentions.c.position)
        .limit(latest)
    )
    if substance:
        chosen = chosen.where(mentions.c.substance == substance)
    return [StoredMention(**r._asdict()) for r in connection.execute(chosen)]


@dataclass(frozen=True, slots=True)
class StoredBulletin:
    feed: str
    title: str
    link: str
    published: date | None
    place: str
    substances: tuple[str, ...]
    key: str = ""


def latest_bulletins(connection: Connection, latest: int = 20) -> list[StoredBulletin]:
    """Bulletins as believed now, newest first."""
    chosen = sa.select(bulletins).where(bulletins.c.known_until.is_(None)).order_by(bulletins.c.id.desc()).limit(latest)
    return [_bulletin(r) for r in connection.execute(chosen)]


def bulletins_of(connection: Connection, feed: str, latest: int = 2000) -> list[StoredBulletin]:
    """The bulletins of one feed as believed now, newest first."""
    mine = sa.and_(bulletins.c.feed == feed, bulletins.c.known_until.is_(None))
    chosen = sa.select(bulletins).where(mine).order_by(bulletins.c.id.desc()).limit(latest)
    return [_bulletin(r) for r in connection.execute(chosen)]


def _bulletin(row: sa.Row[tuple[object, ...]]) -> StoredBulletin:
    return StoredBulletin(row.feed, row.title, row.link, row.published, row.place, tuple(row.substances), row.key)
