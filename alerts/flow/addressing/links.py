"""Links that only this installation can make: who holds one may end the messages to its address, and nothing else."""

from __future__ import annotations

import hmac


def unsubscribe_token(key: bytes, contact: int, channel: str) -> str:
    """ "12-email-…": contact, channel and a keyed hash (HMAC-SHA-256, 128 bit kept)."""
    said = f"unsubscribe|{contact}|{channel}"
    return f"{contact}-{channel}-{hmac.digest(key, said.encode(), 'sha256').hex()[:32]}"


def unsubscribe_target(key: bytes, token: str) -> tuple[int, str] | None:
    """(contact, channel) of a token that we made; None for any other text."""
    contact, _, rest = token.partition("-")
    channel, _, _ = rest.partition("-")
    # Python refuses to read a number of thousands of digits, and a stranger's link must not end in an error page.
    if not contact.isdecimal() or len(contact) > 18 or not channel:
        return None
    expected = unsubscribe_token(key, int(contact), channel)
    return (int(contact), channel) if hmac.compare_digest(expected.encode(), token.encode()) else None


def delivery_id(key: bytes, alert: int, version: int, contact: int, channel: str) -> str:
    """32 hexadecimal digits that are the same whenever the same row is addressed: a second addressing changes
    nothing."""
    said = f"delivery|{alert}|{version}|{contact}|{channel}"
    return hmac.digest(key, said.encode(), "sha256").hex()[:32]


def secret_name(key: bytes, purpose: str, what: str) -> str:
    """32 hexadecimal digits that stand for something within one purpose; only our key leads back to it."""
    return hmac.digest(key, f"{purpose}|{what}".encode(), "sha256").hex()[:32]
