"""Raw bytes by SHA-256, kept before anything is parsed, and the documents that brought them."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.tables import archive, documents, samples

QUICKLY_ABOVE = 4_000_000
"""Bytes above which a document is compressed quickly instead of well."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Bytes ready to be stored. sha256: of the bytes as they were, in hexadecimal. size: of those, in bytes."""

    sha256: str
    size: int
    body: bytes


def pack(body: bytes) -> Packed:
    """Compress, before a transaction is begun: a table of a million rows takes a second.

    The quickest level makes such a table a twentieth of its size; the best one takes four times as long.
    """
    return Packed(hash_of(body), len(body), zlib.compress(body, 1 if len(body) > QUICKLY_ABOVE else 6))


def keep(connection: Connection, packed: Packed, *, now: datetime, redacted: bool) -> None:
    """Store bytes once. redacted: identifying columns were taken out before."""
    if connection.scalar(sa.select(archive.c.sha256).where(archive.c.sha256 == packed.sha256)) is None:
        kept = {"sha256": packed.sha256, "size": packed.size, "body": packed.body, "redacted": redacted}
        insert_new(connection, archive, {**kept, "stored_at": now})


def fetch(connection: Connection, sha256: str) -> bytes | None:
    """The bytes, or None when they were never kept or their time was up."""
    body = connection.scalar(sa.select(archive.c.body).where(archive.c.sha256 == sha256))
    return None if body is None else zlib.decompress(body)


def hash_of(body: bytes) -> str:
    """SHA-256 in hexadecimal, for bytes that must not be kept."""
    return hashlib.sha256(body).hexdigest()


def latest(connection: Connection, feed: str, location: str) -> tuple[bytes, str] | None:
    """(bytes, content type) of the last document that a feed read from a location; None when they are gone."""
    chosen = (
        sa.select(archive.c.body, documents.c.content_type)
        .join(archive, archive.c.sha256 == documents.c.sha256)
        .where(documents.c.feed == feed, documents.c.location == location, documents.c.outcome == "read")
        .order_by(documents.c.id.desc())
        .limit(1)
    )
    row = connection.execute(chosen).one_or_none()
    return None if row is None else (zlib.decompress(row.body), row.content_type)


def add_document(
    connection: Connection,
    *,
    feed: str,
    sha256: str,
    location: str,
    content_type: str,
    now: datetime,
    outcome: str,
    size: int = 0,
    modified: float | None = None,
) -> int:
    """Write down that a feed brought these bytes; returns the document's number.

    A document that is broken stays where it is and is tried at each poll; it has one row all the same.
    """
    same = (documents.c.feed == feed, documents.c.location == location, documents.c.sha256 == sha256)
    last = connection.execute(
        sa.select(documents.c.id, documents.c.outcome)
        .where(documents.c.feed == feed, documents.c.location == location)
        .order_by(documents.c.id.desc())
        .limit(1)
    ).one_or_none()
    values = {"content_type": content_type[:200], "fetched_at": now, "outcome": outcome, "size": size,
              "modified": modified}  # fmt: skip
    if last is not None and last.outcome == "broken":
        again = sa.update(documents).where(documents.c.id == last.id, *same).values(values)
        if connection.execute(again).rowcount:
            return int(last.id)
    result = connection.execute(
        sa.insert(documents).values(feed=feed, sha256=sha256, location=location, **values).returning(documents.c.id)
    )
    return int(result.scalar_one())


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document that a feed brought. kept: whether its bytes (or their redacted form) are still there."""

    id: int
    feed: str
    sha256: str
    location: str
    content_type: str
    fetched_at: datetime
    outcome: str
    kept: bool


def documents_of(connection: Connection, feed: str, latest: int = 20) -> list[StoredDocument]:
    """The last documents of a feed, newest first."""
    return _documents(connection, documents.c.feed == feed, latest)


def find(connection: Connection, wanted: str) -> list[StoredDocument]:
    """The document with this number or beginning of its SHA-256, and those that were read together with it."""
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 8:
        by = documents.c.id == int(wanted)
    elif len(wanted) >= 8:
        by = documents.c.sha256.startswith(wanted.lower(), autoescape=True)
    else:
        return []
    found = _documents(connection, by, 1)
    if not found:
        return []
    beside = sa.and_(documents.c.feed == found[0].feed, documents.c.fetched_at == found[0].fetched_at)
    together = _documents(connection, beside, 100)[::-1]
    # A folder's files are read one by one; only the two tables of one source are read together.
    return together if len(together) == 2 and _halves(connection, together) else found


def _halves(connection: Connection, together: list[StoredDocument]) -> bool:
    """Only the first document of a pair has samples of its own."""
    owners = set(
        connection.scalars(sa.select(samples.c.document).where(samples.c.document.in_([d.id for d in together])))
    )
    return owners <= {together[0].id}


def _documents(connection: Connection, which: sa.ColumnElement[bool], latest: int) -> list[StoredDocument]:
    columns = [documents.c[n] for n in StoredDocument.__dataclass_fields__ if n != "kept"]
    chosen = (
        sa.select(*columns, archive.c.sha256.is_not(None).label("kept"))
        .outerjoin(archive, archive.c.sha256 == documents.c.sha256)
        .where(which)
        .order_by(documents.c.id.desc())
        .limit(latest)
    )
    return [StoredDocument(**r._asdict()) for r in connection.execute(chosen)]


def files_read(connection: Connection, feed: str) -> frozenset[tuple[str, int, float]]:
    """(name, size, modified) of the files of a folder that were read; they need not be opened again."""
    chosen = sa.select(documents.c.location, documents.c.size, documents.c.modified).where(
        documents.c.feed == feed, documents.c.outcome == "read", documents.c.modified.is_not(None)
    )
    return frozenset((r.location, r.size, r.modified) for r in connection.execute(chosen))


def set_outcome(connection: Connection, document: int, outcome: str) -> None:
    connection.execute(sa.update(documents).where(documents.c.id == document).values(outcome=outcome))


def drop_older(connection: Connection, before: datetime) -> int:
    """Delete bytes stored before `before`; their hashes stay with the documents. Returns how many were dropped."""
    return connection.execute(sa.delete(archive).where(archive.c.stored_at < before)).rowcount
