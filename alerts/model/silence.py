"""A time in which staff want nothing new said about a substance or place, with its end and its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """substances: words as in a threshold ("xylazine", "class:nitazene", "*"). places: FIPS codes, () for everywhere.

    begins_at, ends_at: from when, until before when; an end is compulsory. by, why: who asked for it and the reason.
    settled: what was held inside was decided again after its end.
    """

    id: int
    substances: tuple[str, ...]
    places: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime
    by: str
    why: str
    settled: bool = False
