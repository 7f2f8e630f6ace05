"""Proof: what was altered, removed, moved or cut off is found; what is withheld cannot be guessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import privacy
from alerts.record.append import append
from alerts.record.hashing import commitment
from alerts.record.redact import export, redacted_lines
from alerts.record.verify import rows_of_export, verify
from alerts.store import ledger_rows
from alerts.store.engine import Store, open_store
from alerts.store.ledger_rows import LedgerRow
from tests.databases import SqliteFiles

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def chain(sqlite_store: Store) -> list[LedgerRow]:
    for i in range(6):
        with sqlite_store.write() as connection:
            append(
                connection, at=NOW + timedelta(hours=i), kind="alert.opened", subject=f"SW-2026-{i:04d}",
                fields={"substance": "xylazine", "places": ["06001"], "version": i},
            )  # fmt: skip
    with sqlite_store.read() as connection:
        return list(ledger_rows.rows(connection))


def end(chain: list[LedgerRow]) -> tuple[int, str]:
    return chain[-1].seq, chain[-1].hash


def test_an_untouched_record_is_whole(chain: list[LedgerRow]) -> None:
    verdict = verify(chain, end(chain))
    assert (verdict.entries, verdict.head, verdict.problems) == (6, chain[-1].hash, ())


def altered_value(rows: list[LedgerRow]) -> None:
    value, salt = rows[2].opened["substance"]
    assert value == '"xylazine"'
    rows[2] = replace(rows[2], opened={**rows[2].opened, "substance": ('"fentanyl"', salt)})


def altered_value_with_its_commitment(rows: list[LedgerRow]) -> None:
    altered_value(rows)
    value, salt = rows[2].opened["substance"]
    made = {**rows[2].commitments, "substance": commitment("substance", value, salt)}
    rows[2] = replace(rows[2], commitments=made)


def altered_kind(rows: list[LedgerRow]) -> None:
    rows[3] = replace(rows[3], kind="alert.ended")


def altered_subject(rows: list[LedgerRow]) -> None:
    rows[3] = replace(rows[3], subject="SW-2026-9999")


def dropped_field(rows: list[LedgerRow]) -> None:
    rows[1] = replace(rows[1], commitments={k: v for k, v in rows[1].commitments.items() if k != "places"})


def swapped(rows: list[LedgerRow]) -> None:
    rows[1], rows[2] = rows[2], rows[1]


def swapped_and_renumbered(rows: list[LedgerRow]) -> None:
    rows[1], rows[2] = replace(rows[2], seq=2), replace(rows[1], seq=3)


def removed(rows: list[LedgerRow]) -> None:
    del rows[3]


def removed_first(rows: list[LedgerRow]) -> None:
    del rows[0]


def cut_tail(rows: list[LedgerRow]) -> None:
    del rows[4:]


def emptied(rows: list[LedgerRow]) -> None:
    rows.clear()


def repeated(rows: list[LedgerRow]) -> None:
    rows.insert(3, rows[2])


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (altered_value, "Entry 3: the field 'substance' was altered after it was recorded."),
        (altered_value_with_its_commitment, "Entry 3: its hash does not fit what it says."),
        (altered_kind, "Entry 4: its hash does not fit what it says."),
        (altered_subject, "Entry 4: its hash does not fit what it says."),
        (dropped_field, "Entry 2: its hash does not fit what it says."),
        (swapped, "Entry 3 does not link to the entry before it."),
        (swapped_and_renumbered, "Entry 2 does not link to the entry before it."),
        (removed, "Entry 4 is missing: entry 5 follows entry 3."),
        (removed_first, "Entry 1 is missing: entry 2 follows entry 0."),
        (cut_tail, "The record ends at entry 4, but its head says entry 6: entries are missing."),
        (emptied, "The record ends at entry 0, but its head says entry 6: entries are missing."),
        (repeated, "Entry 4 is missing: entry 3 follows entry 3."),
    ],
)
def test_tampering_is_found(chain: list[LedgerRow], tamper: Callable[[list[LedgerRow]], None], said: str) -> None:
    rows = list(chain)
    tamper(rows)
    assert said in verify(rows, end(chain)).problems


def test_a_cut_tail_is_not_seen_without_a_head(chain: list[LedgerRow]) -> None:
    """Said so in the documents: whoever keeps no old head cannot know."""
    assert verify(chain[:4]).problems == ()


def test_a_rewritten_record_has_another_head(chain: list[LedgerRow], sqlite_files: SqliteFiles) -> None:
    """Everything forged consistently from entry 1 on: only a head noted earlier tells."""
    forged = open_store(sqlite_files.migrated(), durable=False)
    for row in chain:
        with forged.write() as connection:
            append(connection, at=row.at, kind=row.kind, subject=row.subject, fields={"substance": "forged"})
    with forged.read() as connection:
        rows = list(ledger_rows.rows(connection))
    forged.close()
    assert verify(rows).problems == ()
    assert verify(rows, end(chain)).problems != ()


def test_the_same_value_has_another_commitment_each_time(chain: list[LedgerRow]) -> None:
    """Else a reviewer could try all 3,144 counties on a hidden field."""
    for field in ("substance", "places", "week"):
        assert len({row.commitments[field] for row in chain}) == len(chain)
    salts = [salt for row in chain for _, salt in row.opened.values()]
    assert len(set(salts)) == len(salts)
    assert all(len(bytes.fromhex(salt)) == 16 for salt in salts)


def test_lengths_stand_before_the_parts_of_a_commitment() -> None:
    assert commitment("ab", "c", "s") != commitment("a", "bc", "s")
    assert commitment("a", "b", "sx") != commitment("xa", "b", "s")


KINDS = st.sampled_from([*privacy.VISIBLE_FIELDS, "review.overdue", "contact.erased"])
NAMES = st.one_of(
    st.sampled_from(sorted({f for fields in privacy.VISIBLE_FIELDS.values() for f in fields} - {"week"})),
    st.sampled_from(["places", "evidence", "audience", "by", "why", "accepted", "phone", "somethingNobodyThoughtOf"]),
)


@settings(max_examples=50, deadline=None)
@given(entries=st.lists(st.tuples(KINDS, st.frozensets(NAMES, max_size=8)), min_size=1, max_size=5))
def test_a_redacted_export_verifies_and_holds_nothing_hidden(
    sqlite_files: SqliteFiles, entries: list[tuple[str, frozenset[str]]]
) -> None:
    store = open_store(sqlite_files.migrated(), durable=False)
    try:
        hidden, visible, moment = [], [], NOW.replace(microsecond=123457)
        for number, (kind, names) in enumerate(entries):
            fields = {name: f"MARK-{number}-{name}-MARK" for name in sorted(names)}
            for name, value in fields.items():
                (visible if name in privacy.VISIBLE_FIELDS.get(kind, frozenset()) else hidden).append(value)
            with store.write() as connection:
                append(connection, at=moment, kind=kind, subject=f"SW-{number}", fields=fields)
        with store.read() as connection:
            text = export(connection)
            lines = json.dumps([(e.kind, e.subject, e.week, e.shown) for e in redacted_lines(connection)])
            head = ledger_rows.head(connection)
            salts = [s for row in ledger_rows.rows(connection) for f, (v, s) in row.opened.items() if v[1:-1] in hidden]
    finally:
        store.close()
    verdict = verify(rows_of_export(text), head)
    assert (verdict.entries, verdict.problems) == (len(entries), ())
    for secret in (*hidden, *salts, moment.isoformat(), "123457"):
        assert secret not in text
        assert secret not in lines
    for value in visible:
        assert value in text
        assert value in lines


def test_an_altered_export_is_found(chain: list[LedgerRow], sqlite_store: Store) -> None:
    with sqlite_store.read() as connection:
        text = export(connection)
    assert verify(rows_of_export(text)).problems == ()
    assert verify(rows_of_export(text.replace("xylazine", "fentanyl", 1))).problems == (
        "Entry 1: the field 'substance' was altered after it was recorded.",
    )


NO_EXPORTS = (
    "",
    "[]",
    "{}",
    "\x00",
    '{"format": "other", "entries": []}',
    '{"format": "supplywatch-record-1"}',
    '{"format": "supplywatch-record-1", "entries": [1]}',
    '{"format": "supplywatch-record-1", "entries": {"a": 1}}',
    '{"format": "supplywatch-record-1", "entries": [{"seq": "one"}]}',
)


@pytest.mark.parametrize("text", NO_EXPORTS)
def test_what_is_no_export_is_said_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="not an exported Supplywatch record"):
        rows_of_export(text)
