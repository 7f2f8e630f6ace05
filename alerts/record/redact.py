"""The public-safety view: the same entries and hashes, with only the fields opened that a reviewer may read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from alerts import privacy
from alerts.store.engine import Connection
from alerts.store.ledger_rows import LedgerRow, rows


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a reviewer sees it. shown: field → value. hidden: how many fields are withheld."""

    seq: int
    kind: str
    subject: str
    week: str
    shown: dict[str, object]
    hidden: int
    hash: str


def redacted_rows(connection: Connection, latest: int | None = None) -> Iterable[LedgerRow]:
    """Entries with only the visible fields read from the database."""
    return rows(connection, only_fields=privacy.VISIBLE_FIELDS, latest=latest)


def redacted_lines(connection: Connection, latest: int | None = None) -> list[Line]:
    """As `redacted_rows`, decoded for a page, oldest first."""
    lines = []
    for row in redacted_rows(connection, latest):
        shown = {name: json.loads(value) for name, (value, _) in sorted(row.opened.items())}
        week = str(shown.pop("week", ""))
        subject = row.subject if row.kind in privacy.VISIBLE_FIELDS else ""
        lines.append(Line(row.seq, row.kind, subject, week, shown, len(row.commitments) - len(row.opened), row.hash))
    return lines


def export(connection: Connection) -> str:
    """The redacted record as JSON that `supplywatch log verify --file` checks on any machine, offline."""
    entries = [
        {
            "seq": row.seq,
            "kind": row.kind,
            "subject": row.subject,
            "commitments": dict(row.commitments),
            "opened": {name: {"value": value, "salt": salt} for name, (value, salt) in sorted(row.opened.items())},
            "previous": row.previous,
            "hash": row.hash,
        }
        for row in redacted_rows(connection)
    ]
    return json.dumps({"format": "supplywatch-record-1", "entries": entries}, ensure_ascii=False, indent=1)
