"""Proofs under way that an address is its owner's."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.store.conflicts import insert_or_replace
from alerts.store.engine import Connection
from alerts.store.tables import verifications


def begin(connection: Connection, contact: int, channel: str, token_sha256: str, expires_at: datetime) -> None:
    """A new proof takes the place of an older one."""
    proof = {"code_sha256": token_sha256, "expires_at": expires_at, "tries": 0}
    insert_or_replace(connection, verifications, {"contact": contact, "channel": channel, **proof})


def try_once(connection: Connection, contact: int, channel: str, now: datetime, most: int) -> bool:
    """Count one try; False when there is nothing to try, or it was tried too often."""
    key = (verifications.c.contact == contact, verifications.c.channel == channel)
    open_still = (verifications.c.expires_at > now, verifications.c.tries < most)
    counted = sa.update(verifications).where(*key, *open_still).values(tries=verifications.c.tries + 1)
    return connection.execute(counted).rowcount == 1


def take(connection: Connection, token_sha256: str, now: datetime) -> tuple[int, str] | None:
    """(contact, channel) that a token proves. Works once."""
    key = (verifications.c.code_sha256 == token_sha256, verifications.c.expires_at > now)
    row = connection.execute(
        sa.delete(verifications).where(*key).returning(verifications.c.contact, verifications.c.channel)
    ).one_or_none()
    return None if row is None else (int(row.contact), str(row.channel))


def under_way(connection: Connection, contact: int, now: datetime) -> dict[str, datetime]:
    """Channel → until when its code or link holds, of what was asked and not answered yet."""
    key = (verifications.c.contact == contact, verifications.c.expires_at > now)
    return {r.channel: r.expires_at for r in connection.execute(sa.select(verifications).where(*key))}
