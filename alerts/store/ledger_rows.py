"""Rows of the record: appended under a lock on the head, read in order, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from alerts.store.engine import Connection
from alerts.store.tables import ledger, ledger_fields, ledger_head


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry. commitments: field → hash. opened: field → (value, salt) for the fields that are readable here."""

    seq: int
    at: datetime
    kind: str
    subject: str
    commitments: Mapping[str, str]
    previous: str
    hash: str
    opened: Mapping[str, tuple[str, str]]


def take_head(connection: Connection) -> tuple[int, str]:
    """(sequence number, hash) of the last entry, locked until the transaction ends so that two writers cannot fork
    it."""
    connection.execute(sa.update(ledger_head).where(ledger_head.c.id == 1).values(seq=ledger_head.c.seq))
    row = connection.execute(sa.select(ledger_head.c.seq, ledger_head.c.hash).where(ledger_head.c.id == 1)).one()
    return int(row.seq), str(row.hash)


def head(connection: Connection) -> tuple[int, str]:
    """(sequence number, hash) of the last entry as it is now, without a lock; (0, "") when somebody removed the head,
    which fits no record."""
    chosen = sa.select(ledger_head.c.seq, ledger_head.c.hash).where(ledger_head.c.id == 1)
    row = connection.execute(chosen).one_or_none()
    return (0, "") if row is None else (int(row.seq), str(row.hash))


def hashes(connection: Connection) -> dict[int, str]:
    """Entry number → hash, of the whole record."""
    return {int(row.seq): str(row.hash) for row in connection.execute(sa.select(ledger.c.seq, ledger.c.hash))}


def add_row(connection: Connection, row: LedgerRow) -> None:
    connection.execute(
        sa.insert(ledger).values(
            seq=row.seq, at=row.at, kind=row.kind, subject=row.subject, commitments=dict(row.commitments),
            previous=row.previous, hash=row.hash,
        )
    )  # fmt: skip
    if row.opened:
        connection.execute(
            sa.insert(ledger_fields),
            [{"seq": row.seq, "field": f, "value": v, "salt": s} for f, (v, s) in sorted(row.opened.items())],
        )
    connection.execute(sa.update(ledger_head).where(ledger_head.c.id == 1).values(seq=row.seq, hash=row.hash))


def rows(
    connection: Connection,
    *,
    only_fields: Mapping[str, frozenset[str]] | None = None,
    subject: str | None = None,
    latest: int | None = None,
) -> Iterator[LedgerRow]:
    """Entries in order, oldest first. `only_fields` (kind → fields) limits which values are *fetched*: what public
    safety must not see is not read from the database at all. `latest` keeps the last so many."""
    chosen = sa.select(ledger)
    if subject is not None:
        chosen = chosen.where(ledger.c.subject == subject)
    if latest is not None:
        chosen = chosen.order_by(ledger.c.seq.desc()).limit(latest)
    entries = sorted(connection.execute(chosen).all(), key=lambda r: int(r.seq))
    if not entries:
        return
    wanted = sa.select(ledger_fields).where(ledger_fields.c.seq.between(entries[0].seq, entries[-1].seq))
    if only_fields is not None:
        wanted = wanted.join(ledger, ledger.c.seq == ledger_fields.c.seq).where(
            sa.or_(
                sa.false(),
                *(
                    sa.and_(ledger.c.kind == kind, ledger_fields.c.field.in_(sorted(fields)))
                    for kind, fields in sorted(only_fields.items())
                ),
            )
        )
    opened: dict[int, dict[str, tuple[str, str]]] = {}
    for field in connection.execute(wanted):
        opened.setdefault(int(field.seq), {})[field.field] = (field.value, field.salt)
    for entry in entries:
        yield LedgerRow(
            seq=int(entry.seq), at=entry.at, kind=entry.kind, subject=entry.subject, commitments=entry.commitments,
            previous=entry.previous, hash=entry.hash, opened=opened.get(int(entry.seq), {}),
        )  # fmt: skip
