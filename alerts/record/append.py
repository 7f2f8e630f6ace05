"""Adding one entry to the record, inside the transaction of the step that it records."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from alerts import privacy
from alerts.record.hashing import commitment, entry_hash
from alerts.store.engine import Connection
from alerts.store.ledger_rows import LedgerRow, add_row, take_head

FieldValue = str | int | float | bool | None | list[str] | dict[str, object]


def append(connection: Connection, *, at: datetime, kind: str, subject: str, fields: Mapping[str, FieldValue]) -> int:
    """Append an entry and return its sequence number.

    The same transaction holds the step itself: there is no step without its entry and no entry without its step.
    `at` and its ISO week are committed as fields too; the week is as much as a reviewer sees of it.
    """
    values = {name: json.dumps(value, ensure_ascii=False, sort_keys=True) for name, value in fields.items()}
    values["at"] = json.dumps(at.isoformat())
    values["week"] = json.dumps(privacy.week_of(at))
    opened = {name: (value, secrets.token_hex(16)) for name, value in values.items()}
    commitments = {name: commitment(name, value, salt) for name, (value, salt) in opened.items()}
    last, previous = take_head(connection)
    seq = last + 1
    add_row(
        connection,
        LedgerRow(
            seq=seq, at=at, kind=kind, subject=subject, commitments=commitments, previous=previous,
            hash=entry_hash(seq, kind, subject, commitments, previous), opened=opened,
        ),
    )  # fmt: skip
    return seq
