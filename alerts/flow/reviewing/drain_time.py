"""How long a sender's line will be busy, for whoever approves: sending is not done in an instant. Pure."""

from __future__ import annotations

from datetime import timedelta


def drain_time(segments: int, ahead: int, rate: float) -> timedelta:
    """Time until the last of `segments` has left, behind `ahead` segments of the same level or a more urgent one.

    rate: segments a second; 0 for a line without a limit, on which nothing waits for long.
    """
    if segments < 0 or ahead < 0 or rate < 0:
        raise ValueError(f"segments, ahead and rate must not be negative: {segments}, {ahead}, {rate}")
    return timedelta(seconds=(segments + ahead) / rate) if rate else timedelta(0)
