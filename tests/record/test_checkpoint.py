"""A checkpoint that somebody kept shows that the record was written anew; who signed it can be proven by anybody."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.record.checkpoint import Checkpoint, CheckpointError, departs, note_of, origin_of, read_note, verifier_key
from alerts.record.ed25519 import public_key, sign, verifies
from alerts.record.hashing import GENESIS

# RFC 8032, section 7.1: seed, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
SEED = bytes(range(32))
MADE = Checkpoint("alerts.example/record", 7, "ab" * 32, date(2031, 10, 8))


@pytest.mark.parametrize(("seed", "public", "message", "signature"), VECTORS)
def test_the_signatures_are_those_of_the_standard(seed: str, public: str, message: str, signature: str) -> None:
    raw = bytes.fromhex(message)
    assert public_key(bytes.fromhex(seed)).hex() == public
    assert sign(bytes.fromhex(seed), raw).hex() == signature
    assert verifies(bytes.fromhex(public), raw, bytes.fromhex(signature))


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_another_library_makes_and_takes_the_same(seed: bytes, message: bytes) -> None:
    other = Ed25519PrivateKey.from_private_bytes(seed)
    assert sign(seed, message) == other.sign(message)
    Ed25519PublicKey.from_public_bytes(public_key(seed)).verify(sign(seed, message), message)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 511), st.binary(min_size=1, max_size=50))
def test_one_bit_of_signature_or_message_breaks_it(bit: int, message: bytes) -> None:
    signature = bytearray(sign(SEED, message))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verifies(public_key(SEED), message, bytes(signature))
    assert not verifies(public_key(SEED), message + b"x", sign(SEED, message))


@given(st.binary(max_size=80), st.binary(max_size=80))
@settings(max_examples=50, deadline=None)
def test_any_bytes_are_refused_without_an_error(public: bytes, signature: bytes) -> None:
    assert not verifies(public, b"message", signature)


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
