"""Panels of one figure, each with bars, a limit and alarms over one line of time; drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FONT = 'font-family="sans-serif" font-size="11"'
WIDTH, HEIGHT, LEFT, GAP, TOP = 760, 118, 46, 44, 24
ALARM, QUIET, LIMIT, INK, FAINT = "#b3261e", "#7a9cc6", "#222222", "#111111", "#444444"


@dataclass(frozen=True)
class Panel:
    """bars: (times,), NaN for none. line: (times,) limit, NaN where there is none. alarm: (times,) bars in red.

    percent: whether the scale is one of shares. mark: (index, words) of what deserves a word.
    """

    title: str
    bars: Floats
    line: Floats | None = None
    alarm: NDArray[np.bool_] | None = None
    percent: bool = False
    mark: tuple[tuple[int, str], ...] = ()


def figure(path: Path, title: str, days: Sequence[date], panels: Sequence[Panel]) -> None:
    """Write one SVG; `days` are the first days of all bars, one step apart."""
    body = begun(title, TOP + len(panels) * (HEIGHT + GAP))
    for row, panel in enumerate(panels):
        body += _panel(TOP + row * (HEIGHT + GAP), panel, days)
    written(path, body)


def begun(title: str, height: int) -> list[str]:
    """The first lines of a figure on white paper."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]


def headed(title: str, height: int) -> list[str]:
    """The same with the title over it."""
    return [*begun(title, height), f'<text x="{LEFT}" y="18" font-size="12" fill="{INK}">{escape(title)}</text>']


def written(path: Path, body: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*body, "</svg>", ""]), encoding="utf-8")


def _panel(top: int, panel: Panel, days: Sequence[date]) -> list[str]:
    floor = top + HEIGHT
    bars = np.nan_to_num(panel.bars)
    line = panel.line if panel.line is not None else np.full(bars.size, np.nan)
    alarm = panel.alarm if panel.alarm is not None else np.zeros(bars.size, dtype=bool)
    known = line[np.isfinite(line)]
    # A limit far above all bars would press them flat.
    least = 1e-9 if panel.percent else 1.0
    highest = max(float(bars.max()), float(np.minimum(known, 3 * max(bars.max(), least)).max(initial=0.0)), least)
    step = (WIDTH - LEFT - 10) / bars.size

    def at(value: float) -> float:
        return floor - HEIGHT * min(max(value, 0.0) / highest, 1.0)

    out = [f'<text x="{LEFT}" y="{top - 7}" font-size="12" fill="{INK}">{escape(panel.title)}</text>']
    for tick in (0.0, highest):
        said = f"{tick:.2g}" if not panel.percent else f"{100 * tick:.2g} %"
        said = f"{tick:.0f}" if not panel.percent and highest >= 1 else said
        out.append(f'<text x="{LEFT - 5}" y="{at(tick) + 4:.1f}" text-anchor="end" fill="{FAINT}">{said}</text>')
    for i, value in enumerate(bars.tolist()):
        height = max(floor - at(value), 2.0 if alarm[i] else 0.0)
        if height:
            out.append(
                f'<rect x="{LEFT + i * step:.1f}" y="{floor - height:.1f}" width="{max(step - 0.8, 0.6):.1f}" '
                f'height="{height:.1f}" fill="{ALARM if alarm[i] else QUIET}"/>'
            )
        if i == 0 or days[i].year != days[i - 1].year:
            if i == 0 and days[i].month > 10:
                continue
            out.append(f'<text x="{LEFT + i * step:.1f}" y="{floor + 13}" fill="{FAINT}">{_when(days[i], i)}</text>')
    for part in np.split(np.arange(line.size), np.flatnonzero(np.diff(np.isfinite(line).astype(int))) + 1):
        if part.size and np.isfinite(line[part[0]]):
            points = " ".join(f"{LEFT + (i + 0.5) * step:.1f},{at(float(line[i])):.1f}" for i in part)
            out.append(f'<polyline points="{points}" fill="none" stroke="{LIMIT}"/>')
    for number, (i, words) in enumerate(panel.mark):
        x, right = LEFT + (i + 0.5) * step, i > bars.size / 2
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{floor}" stroke="{ALARM}" stroke-dasharray="4 3"/>')
        out.append(
            f'<text x="{x + (-4 if right else 4):.1f}" y="{top + 11 + 13 * (number % 5)}" fill="{ALARM}" '
            f'text-anchor="{"end" if right else "start"}">{escape(words)}</text>'
        )
    return out


def _when(day: date, index: int) -> str:
    return str(day.year) if index or day.month == 1 else f"{day:%Y-%m}"
