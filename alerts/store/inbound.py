"""Texts that came in, each once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import inbound


def add(connection: Connection, *, provider_id: str, at: datetime, contact: int | None, meaning: str) -> bool:
    """Write a text down. False when it was here before: carriers repeat their webhooks."""
    if connection.scalar(sa.select(inbound.c.id).where(inbound.c.provider_id == provider_id)) is not None:
        return False
    values = {"provider_id": provider_id, "at": at, "contact": contact, "meaning": meaning[:12], "answer": ""}
    connection.execute(sa.insert(inbound).values(values))
    return True


def answered(connection: Connection, provider_id: str, answer: str) -> None:
    connection.execute(sa.update(inbound).where(inbound.c.provider_id == provider_id).values(answer=answer))
