"""How urgent an alert is, in the order in which carriers' capacity is given out."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """act now: life at risk, sent at any hour to those who asked for it. advisory: sent in waking hours. info:
    digest."""

    ACT_NOW = "act_now"
    ADVISORY = "advisory"
    INFO = "info"


RANK: dict[Level, int] = {Level.ACT_NOW: 0, Level.ADVISORY: 1, Level.INFO: 2}
"""Smaller is more urgent; the outbox is drained in this order."""
