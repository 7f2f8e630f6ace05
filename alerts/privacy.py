"""What public safety and the public may see, as tables, and the masking of what is too small or too fine to show.

Source of the rules: small-cell practice of health departments (k = 11, as CMS uses it) and the programme's promise to
the people whose samples were tested. The view is an allow-list: a field that nobody thought of is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

VISIBLE_FIELDS: dict[str, frozenset[str]] = {
    "alert.opened": frozenset({"week", "substance", "region", "level", "reason", "version", "threshold",
                               "threshold_version", "tested_kind", "release"}),
    "alert.updated": frozenset({"week", "substance", "region", "level", "reason", "version", "threshold",
                                "threshold_version", "tested_kind", "release"}),
    "alert.ended": frozenset({"week", "reason", "substance", "region", "version"}),
    "alert.approved": frozenset({"week", "role", "version", "texts_sha256", "break_glass"}),
    "alert.rejected": frozenset({"week", "role", "version"}),
    "alert.addressed": frozenset({"week", "version", "audience_about", "channels", "texts_sha256"}),
    "alert.drained": frozenset({"week", "version", "accepted_share"}),
    "alert.looked_at": frozenset({"week", "role", "version"}),
    "alert.look_back_overdue": frozenset({"week", "version"}),
    "review.asked": frozenset({"week", "version"}),
    "review.overdue": frozenset({"week", "version"}),
    "drill.begun": frozenset({"week", "role", "model", "substance", "region", "level"}),
    "drill.ended": frozenset({"week", "reached_share"}),
    "silence.begun": frozenset({"week", "role", "substances", "regions", "until_week"}),
    "silence.ended": frozenset({"week", "role"}),
    "duty.set": frozenset({"week"}),
    "duty.away": frozenset({"week"}),
    "duty.off": frozenset({"week"}),
    "name.added": frozenset({"week", "substance"}),
    "threshold.set": frozenset({"week", "threshold", "threshold_version", "enabled", "release", "method"}),
}  # fmt: skip
"""Ledger kind → fields that a public-safety reviewer may read. Kinds that are not listed show only that they exist."""


def week_of(moment: datetime) -> str:
    """ISO week, "2026-W47": as fine as a time may be where it could point at a sample."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def rounded_audience(count: int) -> str:
    """Audience in steps wide enough that one person's joining or leaving cannot be read off it."""
    if count < 10:
        return "fewer than 10"
    step = 10 if count < 100 else 100 if count < 1000 else 1000
    return f"about {round(count / step) * step}"


def rounded_share(part: int, whole: int) -> str:
    """A delivery rate to the nearest tenth; hidden where the whole is so small that it would name people."""
    if whole < 10:
        return "not shown (fewer than 10)"
    return f"about {round(10 * part / whole) * 10} %"


def masked_count(count: int | None, smallest: int) -> int | None:
    """The count, or None where it is unknown or smaller than `smallest` and could point at one person."""
    return count if count is not None and count >= smallest else None


def widened(place: str, people: int, smallest: int, wider: str) -> str:
    """The place as it may be shown: itself, or `wider` (its state) where fewer than `smallest` people live in it.

    Among few people a finding points at one of them. Source: the practice of the Census Bureau and of health
    departments, which release no figures of places below about 20,000 people.
    """
    return place if people >= smallest else wider


def shown_counts(editions: Sequence[tuple[int, int | None]], smallest: int) -> tuple[int | None, int | None]:
    """(findings, tested) as the last of several editions may say them; each None where it is masked.

    editions: (findings, tested) of one alert's editions, oldest first, the last being the one to be said. Beside the
    small count itself, what would reveal one by subtraction is masked (complementary suppression): a count that
    differs by fewer than `smallest` from one said before, and a number tested that leaves so few negatives.
    """
    said: list[int] = []
    said_tested: list[int] = []
    shown: tuple[int | None, int | None] = (None, None)
    for found, tested in editions:
        count = _apart(masked_count(found, smallest), said, smallest)
        of = _apart(tested, said_tested, smallest) if count is not None else None
        if of is not None and 0 < of - found < smallest:
            of = None
        shown = count, of
        said += [] if count is None else [count]
        said_tested += [] if of is None else [of]
    return shown


def coarse_counts(found: int, tested: int, smallest: int) -> tuple[int | None, int | None]:
    """(found, tested) of one bar of a public plot, to the nearest ten; 0 for none, None where it is too small to say.

    The count found is also withheld where it would leave fewer than `smallest` negatives. In tens, because two editions
    of a plot must not give a single sample away by their difference.
    """
    least = max(smallest, 10)
    shown = _in_tens(found) if found >= least and not 0 < tested - found < least else None
    return 0 if found == 0 else shown, 0 if tested == 0 else _in_tens(tested) if tested >= least else None


def _in_tens(count: int) -> int:
    return (count + 5) // 10 * 10


def _apart(count: int | None, before: Sequence[int], smallest: int) -> int | None:
    return None if count is None or any(0 < abs(count - b) < smallest for b in before) else count
