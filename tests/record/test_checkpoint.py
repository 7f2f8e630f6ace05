"""A checkpoint that somebody kept shows that the record was written anew; who signed it can be proven by anybody."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.record.checkpoint import Checkpoint, CheckpointError, departs, note_of, origin_of, read_note, verifier_key
from alerts.record.hashing import GENESIS

SEED = bytes(range(32))
MADE = Checkpoint("alerts.example/record", 7, "ab" * 32, date(2031, 10, 8))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=80))
def test_any_signature_but_ours_is_refused_in_a_sentence(signature: bytes) -> None:
    ours = note_of(MADE, SEED)
    raw = base64.b64decode(ours.split()[-1])
    for forged in (signature, raw[:4] + signature, raw[:-1] + bytes([raw[-1] ^ 1])):
        note = ours.replace(ours.split()[-1], base64.b64encode(forged).decode())
        with pytest.raises(CheckpointError):
            read_note(note, verifier_key(MADE.origin, SEED))


def test_a_note_is_read_back_as_it_was_made_also_out_of_a_mail() -> None:
    note, key = note_of(MADE, SEED), verifier_key(MADE.origin, SEED)
    assert read_note(note, key) == MADE
    mail = "Dear reviewer,\r\n\r\nkeep this.\r\n...\r\n" + note.replace("\n", "  \r\n") + "\r\n-- \r\nthe programme"
    assert read_note(mail, key) == MADE


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n7\n", "\n8\n"), ("2031-10-08", "2031-10-09"), ("alerts.example", "other.example"), ("q6urq", "q6urr")],
)
def test_a_note_that_was_changed_is_not_taken_for_ours(old: str, new: str) -> None:
    note = note_of(MADE, SEED)
    assert old in note
    with pytest.raises(CheckpointError):
        read_note(note.replace(old, new), verifier_key(MADE.origin, SEED))


def test_a_note_of_another_key_is_refused_and_one_without_form_too() -> None:
    with pytest.raises(CheckpointError, match="not signed with this key"):
        read_note(note_of(MADE, bytes(32)), verifier_key(MADE.origin, SEED))
    with pytest.raises(CheckpointError, match="The key is none"):
        read_note(note_of(MADE, SEED), "alerts.example/record+00000000+AAAA")
    for text in ("", "hello", note_of(MADE, SEED).replace("—", "-")):
        with pytest.raises(CheckpointError, match="no checkpoint"):
            read_note(text)


def test_what_departs_is_said_in_a_sentence() -> None:
    assert departs(MADE, {6: "cd" * 32, 7: "ab" * 32, 8: "ef" * 32}) == ""
    assert "was rewritten after 2031-10-08" in departs(MADE, {7: "cd" * 32})
    assert "has lost entries" in departs(MADE, {6: "ab" * 32})
    empty = Checkpoint("o", 0, GENESIS, date(2031, 1, 1))
    assert departs(empty, {1: "ab" * 32}) == ""


def test_the_origin_is_a_name_without_spaces() -> None:
    assert origin_of("https://alerts.example/sub dir/") == "alerts.example/sub-dir/record"
