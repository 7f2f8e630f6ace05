"""What the record came to on one day, signed: whoever kept one finds out when the record was written anew.

The form is that of a signed note with a checkpoint of a log (C2SP signed-note and tlog-checkpoint), which other
programs read too: the origin, the number of entries, the hash, a line with the day; an empty line; the signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from alerts.record.hashing import GENESIS

_ED25519 = b"\x01"
_NOTE = re.compile(
    r"^([^\n]+)\n(\d{1,18})\n([A-Za-z0-9+/=]{44})\n(\d{4}-\d\d-\d\d)\n\n— (\S+) ([A-Za-z0-9+/=]+)$",
    re.ASCII | re.MULTILINE,
)


class CheckpointError(Exception):
    """Something that is no checkpoint, or not one of this programme; the text says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """origin: the programme's name for its record, without spaces. entries: how many there were. head: hash of the
    last, hexadecimal. day: when, in the programme's time zone."""

    origin: str
    entries: int
    head: str
    day: date


def origin_of(public_url: str) -> str:
    """The name of a programme's record: its address without the scheme."""
    return re.sub(r"[\s+]", "-", public_url.partition("://")[2].rstrip("/") or "record") + "/record"


def note_of(checkpoint: Checkpoint, seed: bytes) -> str:
    """The signed text of a checkpoint. seed: 32 bytes that only the programme has."""
    text = _text(checkpoint)
    raw = _key_id(checkpoint.origin, _public(seed)) + Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"{text}\n— {checkpoint.origin} {base64.b64encode(raw).decode()}\n"


def verifier_key(origin: str, seed: bytes) -> str:
    """What reviewers keep once to know the programme's signature by: NAME+ID+KEY."""
    public = _public(seed)
    return f"{origin}+{_key_id(origin, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def read_note(note: str, key: str = "") -> Checkpoint:
    """The checkpoint in a text, e.g. a mail that was kept. key: the verifier key that must have signed it; without it
    nothing is said of who signed.

    Raises CheckpointError.
    """
    found = _NOTE.search(re.sub(r"[ \t\r]+$", "", note, flags=re.MULTILINE))
    if found is None:
        raise CheckpointError("This is no checkpoint: it must be kept exactly as it was given out.")
    try:
        head = base64.b64decode(found[3], validate=True)
        signed = base64.b64decode(found[6], validate=True)
        day = date.fromisoformat(found[4])
    except (binascii.Error, ValueError):
        raise CheckpointError("This is no checkpoint: a line of it is damaged.") from None
    checkpoint = Checkpoint(found[1], int(found[2]), head.hex(), day)
    if key:
        name, _, rest = key.strip().partition("+")
        number, _, encoded = rest.partition("+")
        try:
            public = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            public = b""
        if len(public) != 33 or public[:1] != _ED25519 or _key_id(name, public[1:]).hex() != number:
            raise CheckpointError("The key is none: copy the line that `supplywatch log key` prints.")
        ours = name == checkpoint.origin == found[5] and signed[:4].hex() == number
        if not ours or not _signed_by(public[1:], _text(checkpoint).encode(), signed[4:]):
            raise CheckpointError(f"The checkpoint of {day} was not signed with this key, or was changed afterwards.")
    return checkpoint


def departs(checkpoint: Checkpoint, hashes: Mapping[int, str]) -> str:
    """ "" when the record still holds the checkpoint, else a sentence. hashes: entry number → hash."""
    if checkpoint.entries == 0:
        return "" if checkpoint.head == GENESIS else f"The checkpoint of {checkpoint.day} is none of an empty record."
    if hashes.get(checkpoint.entries) == checkpoint.head:
        return ""
    if checkpoint.entries not in hashes:
        return (
            f"The record has lost entries: on {checkpoint.day} it had {checkpoint.entries}, and entry "
            f"{checkpoint.entries} is not there."
        )
    return f"The record was rewritten after {checkpoint.day}: entry {checkpoint.entries} is not the one of that day."


def _text(checkpoint: Checkpoint) -> str:
    head = base64.b64encode(bytes.fromhex(checkpoint.head)).decode()
    return f"{checkpoint.origin}\n{checkpoint.entries}\n{head}\n{checkpoint.day}\n"


def _public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def seed_of(text: str) -> bytes:
    """The signing key of a file: 32 bytes in base64. Raises ValueError."""
    try:
        seed = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != 32:
        raise ValueError("it must be 32 random bytes in base64; `openssl rand -base64 32` makes them")
    return seed
