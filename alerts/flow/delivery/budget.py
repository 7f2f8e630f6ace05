"""How much a sender may carry now. Pure; the moment from which its line is free stands in one row for all workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

BURST = timedelta(seconds=30)
"""So much of a line's time may be given out at once after it was idle: the carrier's own queue evens it out, and its
line is not idle while a worker sleeps. More would let what is less urgent stand before an act-now text over there."""
LONGEST = timedelta(seconds=60)
"""A line that is busy for longer than one message can make it was written before the clock was set back."""


def budget(sizes: Sequence[int], rate: float, free_at: datetime, now: datetime) -> tuple[int, datetime]:
    """(how many of the messages may go, from when on the line is free then): a token bucket as a virtual schedule
    (the generic cell rate algorithm, ITU-T I.371).

    sizes: segments of each, in the order of sending. rate: segments per second. The last one may overdraw: a text of
    three segments is one text.
    """
    at = max(free_at if free_at <= now + LONGEST else now, now - BURST)
    for number, size in enumerate(sizes):
        if at > now:
            return number, at
        at += timedelta(seconds=max(size, 1) / rate)
    return len(sizes), at
