"""The Standard Webhooks signature scheme (github.com/standard-webhooks/standard-webhooks, spec 1.0.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

PREFIX: Final = "whsec_"
SHORTEST: Final = 24  # bytes; the scheme asks for 24 to 64
LONGEST: Final = 64


def key(secret: str) -> bytes:
    """The key in a "whsec_…" secret. ValueError when it is none or has not 24 to 64 bytes."""
    try:
        decoded = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (ValueError, binascii.Error) as wrong:
        raise ValueError("webhook secret is no base64; make one: openssl rand -base64 32") from wrong
    if not SHORTEST <= len(decoded) <= LONGEST:
        raise ValueError(f"webhook secret has {len(decoded)} bytes; it must have {SHORTEST} to {LONGEST}")
    return decoded


def sign(secret: bytes, webhook_id: str, timestamp: int, body: bytes) -> str:
    """One webhook-signature: "v1," + base64 of HMAC-SHA256 over "id.timestamp.body". timestamp: Unix seconds."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


TOLERANCE: Final = timedelta(minutes=5)
"""How far the sender's clock and the way may be from ours; what is older may be a replay."""


def genuine(
    secrets: Collection[bytes], webhook_id: str, timestamp: str, signatures: str, body: bytes, now: datetime
) -> bool:
    """Whether a post that came in is signed with one of the keys, and lately. signatures: the header, with one or more
    signatures separated by spaces."""
    if not webhook_id or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = [sign(secret, webhook_id, int(timestamp), body).encode() for secret in secrets]
    given = [one.encode() for one in signatures.split()[:10]]
    return any(hmac.compare_digest(one, right) for one in given for right in expected)
