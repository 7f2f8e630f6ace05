"""Proof from the command line, on a store that somebody tampered with behind the program's back."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.record.append import append
from alerts.store import ledger_rows
from alerts.store.engine import open_store
from tests.cli.conftest import Run
from tests.flow.nouns import NOW


@pytest.fixture
def tamper(config: Path) -> Callable[[str], None]:
    """Changes the record as somebody would who owns the file: the triggers are dropped first."""

    def tampered(sql: str) -> None:
        engine = sa.create_engine(tomllib.loads(config.read_text())["store"]["url"])
        with engine.begin() as connection:
            names = connection.scalars(sa.text("select name from sqlite_master where type = 'trigger'")).all()
            for name in names:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(sql)
        engine.dispose()

    return tampered


@pytest.fixture
def head(config: Path, run: Run) -> str:
    """The head of a record of a few entries, as somebody notes it."""
    run("thresholds", "show")  # the first start writes down the thresholds of the configuration
    store = open_store(tomllib.loads(config.read_text())["store"]["url"])
    for number in range(5):
        fields = {"threshold": "new-here", "threshold_version": number, "by": "Ana", "why": "a test"}
        with store.write() as connection:
            append(connection, at=NOW, kind="threshold.set", subject="new-here", fields=fields)
    with store.read() as connection:
        seq, noted = ledger_rows.head(connection)
    store.close()
    return f"{seq}:{noted}"


BY = "UPDATE ledger_fields SET value = '\"nobody\"' WHERE seq = 3 AND field = 'by'"
TAMPERED = [
    (BY, "Entry 3: the field 'by' was altered after it was recorded."),
    ("UPDATE ledger SET kind = 'alert.ended' WHERE seq = 4", "Entry 4: its hash does not fit what it says."),
    ("UPDATE ledger SET seq = 90 WHERE seq = 5", "Entry 5 is missing: entry 6 follows entry 4."),
    ("UPDATE ledger_head SET seq = 4", "entries are missing."),
    ("DELETE FROM ledger_head", "its head says entry 0: entries are missing."),
]


@pytest.mark.parametrize(("sql", "said"), TAMPERED)
def test_tampering_ends_with_code_1(run: Run, tamper: Callable[[str], None], head: str, sql: str, said: str) -> None:
    tamper(sql)
    ended = run("log", "verify")
    assert (ended.code, said in ended.out) == (1, True), ended


def test_looking_at_the_record_writes_nothing(run: Run, config: Path) -> None:
    """Whoever checks a store that never ran must not be the one who makes its first entries."""
    ended = run("log", "verify")
    assert (ended.code, "0 entries" in ended.out) == (0, True), ended
    store = open_store(tomllib.loads(config.read_text())["store"]["url"])
    with store.read() as connection:
        assert list(ledger_rows.rows(connection)) == []
    store.close()


def test_a_value_that_was_erased_was_not_altered(run: Run, tamper: Callable[[str], None], head: str) -> None:
    """Its commitment stays in the chain, so that what the law wants erased can be erased."""
    tamper("DELETE FROM ledger_fields WHERE seq = 3 AND field = 'why'")
    assert run("log", "verify").code == 0


def test_a_head_that_was_noted_proves_that_nothing_was_rewritten(run: Run, head: str) -> None:
    said = run("log", "verify", "--head", head)
    assert said.code == 0, said
    assert "The record is whole" in said.out
    assert re.search(r"Note this head for later: \d+:[0-9a-f]{64}\n", said.out)
    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    for wrong in (other, "nonsense"):
        ended = run("log", "verify", "--head", wrong)
        assert (ended.code, "does not have the hash that you noted" in ended.out) == (1, True), ended


def test_the_redacted_copy_is_proven_without_the_database(run: Run, tmp_path: Path, head: str) -> None:
    copy = tmp_path / "record.json"
    assert run("log", "export", str(copy)).code == 0
    said = run("log", "verify", "--file", str(copy), "--json")
    assert (said.code, json.loads(said.out)["entries"] >= 5) == (0, True)
    text = copy.read_text()
    assert "a test" not in text, "why staff changed something is theirs"
    copy.write_text(text.replace("new-here", "new-there", 1))
    assert run("log", "verify", "--file", str(copy)).code == 1
    copy.write_text("{}")
    ended = run("log", "verify", "--file", str(copy))
    assert (ended.code, "not an exported Supplywatch record" in ended.err) == (2, True)


def test_show_tells_staff_all_and_reviewers_what_they_may_know(run: Run, head: str) -> None:
    assert "a test" in run("log", "show").out
    redacted = run("log", "show", "--redacted")
    assert redacted.code == 0
    assert "a test" not in redacted.out
    assert "threshold.set" in redacted.out


def test_a_kept_checkpoint_finds_a_record_that_was_written_anew(
    run: Run, tamper: Callable[[str], None], head: str, tmp_path: Path, config: Path
) -> None:
    """Somebody who owns the database rewrites it whole, with hashes that fit: only who kept a note finds out."""
    key = run("log", "key").out.strip()
    made = run("log", "checkpoint")
    assert made.code == 0
    assert run("log", "checkpoint").out == made.out, "one a day"
    kept = tmp_path / "kept.note"
    kept.write_text(made.out, encoding="utf-8")
    said = run("log", "verify", "--checkpoint", str(kept), "--key", key)
    assert (said.code, "It holds the checkpoints of 1 days" in said.out) == (0, True), said
    copy = tmp_path / "record.json"
    run("log", "export", str(copy))
    offline = run("log", "verify", "--file", str(copy), "--checkpoint", str(kept), "--key", key)
    assert (offline.code, "It holds the checkpoints of 1 days" in offline.out) == (0, True), offline

    tamper("DELETE FROM settings WHERE name = 'checkpoint'")
    tamper("DELETE FROM ledger_fields")
    tamper("DELETE FROM ledger")
    tamper(f"UPDATE ledger_head SET seq = 0, hash = '{'0' * 64}'")
    store = open_store(tomllib.loads(config.read_text())["store"]["url"])
    for number in range(40):
        with store.write() as connection:
            append(connection, at=NOW, kind="threshold.set", subject="new-here", fields={"threshold_version": number})
    store.close()
    assert run("log", "verify").code == 0, "the chain itself is whole"
    found = run("log", "verify", "--checkpoint", str(kept), "--key", key)
    assert (found.code, "was rewritten after" in found.out) == (1, True), found
    run("log", "export", str(copy))
    assert run("log", "verify", "--file", str(copy), "--checkpoint", str(kept), "--key", key).code == 1
    kept.write_text(made.out.replace("/record", "/other"), encoding="utf-8")
    forged = run("log", "verify", "--checkpoint", str(kept), "--key", key)
    assert (forged.code, "not signed with this key" in forged.out) == (1, True), forged
