"""Proving that nothing was altered or left out, from the database or from a redacted export."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.record.hashing import GENESIS, commitment, entry_hash
from alerts.store.ledger_rows import LedgerRow


@dataclass(frozen=True, slots=True)
class Verdict:
    """entries: how many were checked. head: hash of the last. problems: one sentence for each break, empty when
    whole."""

    entries: int
    head: str
    problems: tuple[str, ...]


def verify(entries: Iterable[LedgerRow], expected_head: tuple[int, str] | None = None) -> Verdict:
    """Check numbers, links, commitments and hashes from the first entry on.

    expected_head: (sequence number, hash) that the last entry must have. Without it, entries cut off the end are not
    noticed: a bare hash chain proves nothing to someone who kept no old head.
    """
    problems: list[str] = []
    previous, last = GENESIS, 0
    for row in entries:
        if row.seq != last + 1:
            problems.append(f"Entry {last + 1} is missing: entry {row.seq} follows entry {last}.")
        if row.previous != previous:
            problems.append(f"Entry {row.seq} does not link to the entry before it.")
        for name, (value, salt) in row.opened.items():
            if row.commitments.get(name) != commitment(name, value, salt):
                problems.append(f"Entry {row.seq}: the field '{name}' was altered after it was recorded.")
        actual = entry_hash(row.seq, row.kind, row.subject, row.commitments, row.previous)
        if actual != row.hash:
            problems.append(f"Entry {row.seq}: its hash does not fit what it says.")
        previous, last = row.hash, row.seq
    if expected_head is not None and (last, previous) != expected_head:
        problems.append(
            f"The record ends at entry {last}, but its head says entry {expected_head[0]}: entries are missing."
        )
    return Verdict(entries=last, head=previous, problems=tuple(problems))


def rows_of_export(text: str) -> list[LedgerRow]:
    """Entries of a file made by `export`. Raises ValueError, saying what is wrong, when it is not one."""
    try:
        data = json.loads(text)
        if data["format"] != "supplywatch-record-1":
            raise KeyError(data["format"])
        return [
            LedgerRow(
                seq=int(e["seq"]), at=datetime.min.replace(tzinfo=UTC), kind=str(e["kind"]), subject=str(e["subject"]),
                commitments={str(k): str(v) for k, v in e["commitments"].items()}, previous=str(e["previous"]),
                hash=str(e["hash"]), opened={str(k): (str(v["value"]), str(v["salt"])) for k, v in e["opened"].items()},
            )
            for e in data["entries"]
        ]  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"This is not an exported Supplywatch record ({type(error).__name__}: {error}). "
            "Export one with `supplywatch log export`."
        ) from None
