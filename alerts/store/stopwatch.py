"""How long a worker may still trust that a row is its own, by a clock that nobody can set."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while a machine sleeps or is paused, where the system has such a clock. It is no time of day: it only says
how long ago something was, so that it does not stand in for `now`."""


def _ticks() -> float:
    return time.clock_gettime(_CLOCK)


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Started when it is made. seconds: after so many it has run out."""

    seconds: float
    started: float = field(default_factory=_ticks)

    @property
    def elapsed(self) -> timedelta:
        return timedelta(seconds=_ticks() - self.started)

    @property
    def running(self) -> bool:
        """False for ever once the seconds are over: others may hold the row by now."""
        return _ticks() - self.started < self.seconds
