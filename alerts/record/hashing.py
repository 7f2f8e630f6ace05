"""How fields and entries are hashed. Changing a line here breaks every proof ever given out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

GENESIS = "0" * 64


def commitment(field: str, value: str, salt: str) -> str:
    """SHA-256 over salt, field and value, each with its length before it, so that no two triples read alike.

    The salt (128 bit) keeps a reviewer from guessing a hidden value, e.g. a county, by trying all of them.
    """
    digest = hashlib.sha256()
    for part in (salt, field, value):
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()


def entry_hash(seq: int, kind: str, subject: str, commitments: Mapping[str, str], previous: str) -> str:
    """SHA-256 over the canonical JSON (RFC 8785 for these types) of an entry and the hash of the one before it."""
    canonical = json.dumps(
        {"commitments": dict(commitments), "kind": kind, "previous": previous, "seq": seq, "subject": subject},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
