"""What a laboratory says now of samples whose earlier result it took back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import findings, samples


def named_now(connection: Connection, refs: Iterable[str], now: datetime) -> dict[str, frozenset[str]]:
    """Substance ids by "feed/key", of those samples that their sources still publish; the others were withdrawn."""
    result: dict[str, set[str]] = {}
    for ref in refs:
        feed, _, key = ref.partition("/")
        chosen = (
            sa.select(samples.c.id, findings.c.substance)
            .outerjoin(findings, findings.c.sample == samples.c.id)
            .where(
                samples.c.feed == feed, samples.c.key == key, samples.c.known_from <= now,
                sa.or_(samples.c.known_until.is_(None), samples.c.known_until > now),
            )
        )  # fmt: skip
        for row in connection.execute(chosen):
            result.setdefault(ref, set()).update({row.substance} if row.substance else set())
    return {ref: frozenset(found) for ref, found in result.items()}
