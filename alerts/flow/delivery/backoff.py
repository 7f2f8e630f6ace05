"""How long to wait before a temporary failure is tried again. Pure."""

from __future__ import annotations

import hashlib
from datetime import timedelta


def backoff(delivery: str, attempt: int, first_seconds: float, most_seconds: float) -> timedelta:
    """Exponential back-off with full jitter: between 0 and first·2^(attempt−1), capped.

    The jitter comes from the delivery's id and the attempt, so that a replay waits alike and a thousand rows that
    failed together still come back spread out. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = min(most_seconds, first_seconds * 2 ** min(attempt - 1, 30))
    drawn = int.from_bytes(hashlib.sha256(f"{delivery}|{attempt}".encode()).digest()[:8], "big") / 2**64
    return timedelta(seconds=ceiling * drawn)
