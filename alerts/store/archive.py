"""Raw bytes by SHA-256, kept before anything is parsed, and the documents that brought them."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import archive, documents


def keep(connection: Connection, body: bytes, *, now: datetime, redacted: bool) -> str:
    """Store bytes once and return their SHA-256 in hexadecimal. redacted: identifying columns were taken out before."""
    sha256 = hashlib.sha256(body).hexdigest()
    if connection.scalar(sa.select(archive.c.sha256).where(archive.c.sha256 == sha256)) is None:
        connection.execute(
            sa.insert(archive).values(
                sha256=sha256, size=len(body), body=zlib.compress(body, 6), redacted=redacted, stored_at=now
            )
        )
    return sha256


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
    connection: Connection, *, feed: str, sha256: str, location: str, content_type: str, now: datetime, outcome: str
) -> int:
    """Write down that a feed brought these bytes; returns the document's number."""
    result = connection.execute(
        sa.insert(documents)
        .values(
            feed=feed,
            sha256=sha256,
            location=location,
            content_type=content_type[:200],
            fetched_at=now,
            outcome=outcome,
        )
        .returning(documents.c.id)
    )
    return int(result.scalar_one())


def set_outcome(connection: Connection, document: int, outcome: str) -> None:
    connection.execute(sa.update(documents).where(documents.c.id == document).values(outcome=outcome))


def drop_older(connection: Connection, before: datetime) -> int:
    """Delete bytes stored before `before`; their hashes stay with the documents. Returns how many were dropped."""
    return connection.execute(sa.delete(archive).where(archive.c.stored_at < before)).rowcount
