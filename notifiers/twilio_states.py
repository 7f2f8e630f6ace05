"""The states of a text at Twilio, in the only direction they may move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Callbacks come late, twice and out of order. "delivered" ranks above "undelivered" since carriers correct a hasty
# "undelivered" with a later handset receipt, never the other way about.
ORDER: Final[Mapping[str, int]] = {
    "scheduled": 0,
    "accepted": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "canceled": 5,
    "failed": 5,
    "undelivered": 5,
    "partially_delivered": 6,
    "delivered": 7,
    "read": 8,
}
FAILED: Final = frozenset({"failed", "undelivered", "canceled"})
REACHED: Final = frozenset({"delivered", "read"})


def forward(current: str, reported: str) -> bool:
    """Whether `reported` moves a message on from `current` ("" before any state). A state unknown to us never does."""
    return ORDER.get(reported, -1) > ORDER.get(current, -1)
