"""A plot as SVG, drawn on the server: findings above, tests below, on one time axis. Pure; needs no script.

Findings and tests have axes of their own: three findings among two hundred tests would be a hair on a common one, and
findings without their tests would make a busy laboratory look like a spreading drug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from itertools import pairwise

MOST_WEEKS = 70
"""Longer spans are drawn by month: thinner bars cannot be told apart on a phone."""

_LEFT, _RIGHT, _TOP, _UPPER, _GAP, _LOWER, _BOTTOM = 36.0, 8.0, 40.0, 130.0, 34.0, 60.0, 42.0


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar: [first, next) with its samples tested and those that hold the substance."""

    first: date
    next: date
    tested: int
    found: int


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn. substance, place: names. unit: "week" or "month". kind: what was tested, in words.

    window: dates (first, last) that the method looked at, both inclusive. sighting: day of the first finding of
    the evidence, on the same time axis. by_knowledge: days are those on which results came in, not of collection.
    """

    substance: str
    place: str
    kind: str
    unit: str
    bins: tuple[Bin, ...]
    window: tuple[date, date]
    sighting: date | None = None
    by_knowledge: bool = False


def binned(
    days: Iterable[tuple[date, int, int]], first: date, last: date, *, weeks: int = MOST_WEEKS
) -> tuple[str, tuple[Bin, ...]]:
    """("week" or "month", bins covering first to last) of (day, tested, found); bins without samples are there too.

    weeks: spans longer than that are cut by month.
    """
    weekly = (last - first).days <= 7 * weeks
    edges = [first - timedelta(days=first.weekday()) if weekly else first.replace(day=1)]
    while edges[-1] <= last:
        edges.append(edges[-1] + timedelta(days=7) if weekly else _next_month(edges[-1]))
    tested, found = [0] * (len(edges) - 1), [0] * (len(edges) - 1)
    at = 0
    for day, n, k in sorted(days):
        if not edges[0] <= day < edges[-1]:
            continue
        while day >= edges[at + 1]:
            at += 1
        tested[at] += n
        found[at] += k
    return "week" if weekly else "month", tuple(
        Bin(a, b, n, k) for (a, b), n, k in zip(pairwise(edges), tested, found, strict=True)
    )


def draw(plot: Plot, name: str, width: int) -> str:
    """An SVG element `width` units wide. name: makes the ids of its title and description unique on the page."""
    height = _TOP + _UPPER + _GAP + _LOWER + _BOTTOM
    start, end = plot.bins[0].first, plot.bins[-1].next
    scale = (width - _LEFT - _RIGHT) / (end - start).days

    def x(day: date) -> float:
        return _LEFT + (min(max(day, start), end) - start).days * scale

    upper, lower = _TOP + _UPPER, _TOP + _UPPER + _GAP + _LOWER
    left, right = x(plot.window[0]), x(plot.window[1] + timedelta(days=1))
    parts = [
        f'<svg class="plot" viewBox="0 0 {width} {height:g}" role="img" aria-labelledby="{name}-title {name}-desc">',
        f'<title id="{name}-title">{escape(_title(plot))}</title>',
        f'<desc id="{name}-desc">{escape(_description(plot))}</desc>',
        f'<rect class="window" x="{left:.1f}" y="{_TOP:g}" width="{right - left:.1f}" height="{lower - _TOP:g}"/>',
        f'<path class="window-edge" d="M{left:.1f} {_TOP + 4:g} V{_TOP - 3:g} H{right:.1f} V{_TOP + 4:g}"/>',
        *_axis("found", [b.found for b in plot.bins], upper, _UPPER, width, f"samples with it, by {plot.unit}"),
        *_axis("tested", [b.tested for b in plot.bins], lower, _LOWER, width, "samples tested"),
    ]
    tops = {
        "found": _ticks(max(b.found for b in plot.bins))[-1],
        "tested": _ticks(max(b.tested for b in plot.bins))[-1],
    }
    for b in plot.bins:
        gap = min(1.5, (x(b.next) - x(b.first)) * 0.15)
        says = f"{_bin_name(b, plot.unit)}: {b.found} of {b.tested} {plot.kind}"
        parts.append(f"<g><title>{escape(says)}</title>")
        for what, count, foot, tall in (("found", b.found, upper, _UPPER), ("tested", b.tested, lower, _LOWER)):
            size = tall * count / tops[what]
            parts.append(
                f'<rect class="{what}" x="{x(b.first) + gap:.1f}" y="{foot - size:.1f}" '
                f'width="{x(b.next) - x(b.first) - 2 * gap:.1f}" height="{size:.1f}"/>'
            )
        parts.append("</g>")
    parts += _sighting(plot, x, upper)
    parts += _months(start, end, x, lower, width)
    return "".join([*parts, "</svg>"])


def _title(plot: Plot) -> str:
    days = "in which the result came in" if plot.by_knowledge else "of collection"
    return f"{plot.substance} in {plot.kind}, {plot.place}, by {plot.unit} {days}"


def _description(plot: Plot) -> str:
    inside = [b for b in plot.bins if b.next > plot.window[0] and b.first <= plot.window[1]]
    before = [b for b in plot.bins if b.next <= plot.window[0]]
    said = (
        f"From {_day(plot.window[0])} to {_day(plot.window[1])}, the window that was looked at: found in "
        f"{sum(b.found for b in inside)} of {sum(b.tested for b in inside)} {plot.kind} (whole {plot.unit}s)."
    )
    if before:
        said += f" Before, since {_day(plot.bins[0].first)}: {sum(b.found for b in before)} of "
        said += f"{sum(b.tested for b in before)}."
    if plot.sighting:
        said += f" First sighting of this evidence: {_day(plot.sighting)}."
    return said


def _axis(what: str, counts: Sequence[int], foot: float, tall: float, width: int, label: str) -> list[str]:
    ticks = _ticks(max(counts))
    parts = [
        f'<text class="label" x="{_LEFT:g}" y="{foot - tall - (16 if what == "found" else 7):g}">{escape(label)}</text>'
    ]
    for tick in ticks:
        y = foot - tall * tick / ticks[-1]
        parts.append(f'<line class="grid" x1="{_LEFT:g}" x2="{width - _RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6:g}" y="{y + 4:.1f}" text-anchor="end">{tick:,}</text>')
    return parts


def _ticks(most: int) -> list[int]:
    """0, perhaps a middle, and a round top that is not below `most`: whole numbers, because half a sample is none."""
    power = 1
    while True:
        for factor in (1, 2, 4, 6, 10):
            top = factor * power
            if top >= max(most, 1):
                return [0, top] if top == 1 else [0, top // 2, top]
        power *= 10


def _sighting(plot: Plot, x: Callable[[date], float], upper: float) -> list[str]:
    if plot.sighting is None:
        return []
    at = x(plot.sighting)
    return [
        f'<line class="sighting" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP:g}" y2="{upper:g}"/>',
        f'<path class="sighting-mark" d="M{at:.1f} {_TOP:g} l-6 -10 h12 z"/>',
    ]


def _months(start: date, end: date, x: Callable[[date], float], foot: float, width: int) -> list[str]:
    parts = []
    month = start if start.day == 1 else _next_month(start)
    months = []
    while month < end:
        months.append(month)
        month = _next_month(month)
    room = max(1, int((width - _LEFT - _RIGHT) // 44))
    step = next(s for s in (1, 2, 3, 4, 6, 12, 24, 60, 120) if len(months) / s <= room)
    shown = [m for m in months if (m.month - 1) % min(step, 12) == 0]
    if step > 12:
        shown = shown[:: step // 12]
    for i, month in enumerate(shown):
        at = x(month)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{foot:g}" y2="{foot + 5:g}"/>')
        if at > width - _RIGHT - 20:
            continue
        parts.append(f'<text class="tick" x="{at:.1f}" y="{foot + 18:g}">{month:%b}</text>')
        if i == 0 or month.year != shown[i - 1].year:
            parts.append(f'<text class="tick year" x="{at:.1f}" y="{foot + 34:g}">{month.year}</text>')
    return parts


def _bin_name(b: Bin, unit: str) -> str:
    return f"week of {_day(b.first)}" if unit == "week" else f"{b.first:%B} {b.first.year}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
