"""How a feed is doing, in words that say what happened, what it means and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class FeedCondition(StrEnum):
    """broken ≠ empty ≠ unchanged: a feed that cannot be read is never taken for one with nothing to say."""

    NEVER = "not read yet"
    FRESH = "fresh"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    LATE = "late"
    SILENT = "silent"
    BROKEN = "broken"
    REFUSED = "refused"


TROUBLED: frozenset[FeedCondition] = frozenset(
    {FeedCondition.LATE, FeedCondition.SILENT, FeedCondition.BROKEN, FeedCondition.REFUSED}
)
"""Conditions that a person is told of once, and told of again when they are over."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """One feed's row: schedule, conditional-request facts, last outcome.

    sentence: what happened; mend: what to do ("" when nothing is wrong). failures: bad polls in a row.
    seen, new, revised, retracted, quarantined: rows of the last good poll. newest: latest date in the data.
    lag_tenth, lag_median, lag_ninety: days from collection to knowledge that a tenth, half and nine tenths of the last
    year's samples took; None for too few of them.
    """

    name: str
    condition: FeedCondition
    sentence: str = ""
    mend: str = ""
    etag: str = ""
    last_modified: str = ""
    next_due: datetime | None = None
    last_try: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    newest: date | None = None
    http_status: int | None = None
    failures: int = 0
    seen: int = 0
    new: int = 0
    revised: int = 0
    retracted: int = 0
    quarantined: int = 0
    last_sha256: str = ""
    lag_tenth: int | None = None
    lag_median: int | None = None
    lag_ninety: int | None = None

    def incomplete_since(self, today: date) -> date | None:
        """The first day of collection of which less than nine tenths of the results can have come; None if unknown."""
        return None if self.lag_ninety is None else today - timedelta(days=self.lag_ninety)
