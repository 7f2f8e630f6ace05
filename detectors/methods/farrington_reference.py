"""Which past weeks say what to expect this week? The reference weeks of the Farrington flexible algorithm.

Source: Farrington, Andrews, Beale, Catchpole (1996), JRSS A 159; Noufaily, Enki, Farrington et al. (2013), Statistics
in Medicine 32. Around the same week of each of b past years lies a window of ± w weeks. With `no_periods` = 1 these
windows are the reference; with more, the weeks between the windows are used too, cut into no_periods − 1 blocks a
year, each with its own level, the windows sharing one more. The weeks just past are left out, so that an outbreak that
has begun does not hide itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Layout:
    """Reference weeks of one week, relative to it.

    offsets: (points,) columns relative to the current one, all negative, oldest first. blocks: (points,) level each
    belongs to, from 0; the last level is that of the windows and of the current week. times: (points,) time relative
    to the current week, in weeks (units of the series).
    """

    offsets: NDArray[np.int64]
    blocks: NDArray[np.int64]
    times: NDArray[np.float64]

    @property
    def key(self) -> bytes:
        """Equal for equal layouts."""
        return self.offsets.tobytes() + self.blocks.tobytes() + self.times.tobytes()


def reference_weeks(
    length: int,
    *,
    b: int,
    w: int,
    no_periods: int,
    past_weeks_not_included: int,
    frequency: int = 52,
    dates: Sequence[date] | None = None,
) -> dict[int, Layout]:
    """The layout of every column that has enough history, by column number from 0.

    length: columns of the series. frequency: columns a year (52, 12 or 365). dates: the date of each column; given,
    years are counted by date (the same weekday nearest to the date of past years, if weekly), else by `frequency`
    columns. Raises ValueError where b < 1, w < 0, no_periods < 1, the years overlap, or dates do not match the length.
    """
    if b < 1 or w < 0 or no_periods < 1 or past_weeks_not_included < 0:
        raise ValueError(
            "needs b ≥ 1, w ≥ 0, no_periods ≥ 1 and past_weeks_not_included ≥ 0, "
            f"not {b}, {w}, {no_periods}, {past_weeks_not_included}"
        )
    if frequency <= 2 * w + 1:
        raise ValueError(f"windows of ± {w} do not fit into years of {frequency}")
    if dates is not None and len(dates) != length:
        raise ValueError(f"{len(dates)} dates were given for {length} columns")
    if length == 0:
        return {}
    where = {day: column for column, day in enumerate(dates)} if dates is not None else {}
    ordinals = np.array([day.toordinal() for day in dates], dtype=np.float64) if dates is not None else None
    step = float(ordinals[1] - ordinals[0]) if ordinals is not None and length > 1 else 1.0
    layouts: dict[int, Layout] = {}
    shared: dict[bytes, Layout] = {}
    for now in range(length):
        if dates is None:
            years = [now - frequency * i for i in range(b + 1)]
        else:
            found = [where.get(day) for day in same_day_of_past_years(dates[now], b, weekly=frequency == 52)]
            if any(column is None for column in found):
                continue
            years = sorted((column for column in found if column is not None), reverse=True)
        if years[-1] - w < 0:
            continue
        level = _levels(now, years, w, no_periods)
        level[max(0, now - past_weeks_not_included) : now + 1] = 0
        columns = np.flatnonzero(level)
        times = (columns - now).astype(np.float64) if ordinals is None else (ordinals[columns] - ordinals[now]) / step
        names, blocks = np.unique(level[columns], return_inverse=True)
        if not columns.size or names[-1] != no_periods:
            continue
        layout = Layout(offsets=columns - now, blocks=blocks.astype(np.int64), times=times)
        layouts[now] = shared.setdefault(layout.key, layout)
    return layouts


def same_day_of_past_years(day: date, b: int, *, weekly: bool) -> list[date]:
    """The day and its like in each of b past years (29 February: 1 March); if weekly, the nearest same weekday."""
    result = [day]
    for i in range(1, b + 1):
        try:
            past = day.replace(year=day.year - i)
        except ValueError:
            past = date(day.year - i, 3, 1)
        if weekly:
            past = _nearest_weekday(past, day)
        result.append(past)
    return result


def _nearest_weekday(past: date, day: date) -> date:
    # Days counted from Sunday, as the reference does: where two are equally near it decides which is tried first.
    same_week = past - timedelta(days=(past.isoweekday() % 7) - (day.isoweekday() % 7))
    other = same_week + timedelta(days=-7 if same_week > past else 7)
    return other if abs((same_week - past).days) > abs((other - past).days) else same_week


def _levels(now: int, years: list[int], w: int, no_periods: int) -> NDArray[np.int64]:
    """Level of every column up to now, from 1; 0 where a column is no reference.

    years: columns of the reference points, latest first.
    """
    level = np.zeros(now + 1, dtype=np.int64)
    level[now - w : now + 1] = no_periods
    for later, reference in pairwise(years):
        level[reference - w : reference + w + 1] = no_periods
        if no_periods == 1:
            continue
        between = later - reference - 2 * w - 1
        if between < no_periods - (2 * w + 1):
            raise ValueError(f"no_periods = {no_periods} is too many for {between} columns between windows")
        size, rest = divmod(between, no_periods - 1)
        start = reference + w + 1
        for block in range(1, no_periods):
            end = start + size + (1 if block <= rest else 0)
            if end > start:
                level[start:end] = block
            else:
                # An empty block runs backwards in the reference and takes the two columns at the border.
                level[start - 1 : start + 1] = block
            start = end
    return level
