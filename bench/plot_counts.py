"""Draws the plot of the reference methods in docs/methods.md from a real record: weekly deaths, limits and alarms.

Run as python -m bench.plot_counts [FOLDER]. The figures are aggregates by week; no record is kept in the project.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.real_history import records
from detectors.methods.cusum import binomial_cusum
from detectors.methods.ears import ears
from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_settings import Farrington
from detectors.methods.michigan import moving_mean
from detectors.methods.rnssp_ewma import rnssp_ewma
from detectors.words.lexicon import Lexicon

RECORD, SUBSTANCE = "Connecticut", "xylazine"
FIRST, SHOWN, LAST = date(2014, 1, 6), date(2018, 7, 2), date(2020, 12, 27)
H = 4.0
FONT = 'font-family="sans-serif" font-size="11"'
WIDTH, PANEL, LEFT, GAP = 760, 118, 40, 30
Floats = NDArray[np.float64]


def weeks(samples: list[tuple[int, bool]]) -> tuple[Floats, Floats]:
    """Positives and deaths tested by week from FIRST to LAST."""
    length = (LAST - FIRST).days // 7 + 1
    y, n = np.zeros(length), np.zeros(length)
    for day, positive in samples:
        week = (day - FIRST.toordinal()) // 7
        if 0 <= week < length:
            n[week] += 1
            y[week] += positive
    return y, n


def panel(row: int, title: str, bars: Floats, line: Floats, alarm: NDArray[np.bool_]) -> list[str]:
    """One panel: bars in grey, a limit as a line, alarms as red bars."""
    top, floor = 24 + row * (PANEL + GAP), 24 + row * (PANEL + GAP) + PANEL
    limit = np.where(np.isfinite(line), line, 0)
    highest = max(float(bars.max()), float(np.minimum(limit, 3 * max(bars.max(), 1)).max()), 1.0)
    step = (WIDTH - LEFT - 10) / bars.size

    def at(value: float) -> float:
        return floor - PANEL * min(value / highest, 1.0)

    out = [f'<text x="{LEFT}" y="{top - 7}" font-size="12" fill="#111111">{escape(title)}</text>']
    for tick in (0.0, highest):
        out.append(f'<text x="{LEFT - 5}" y="{at(tick) + 4:.1f}" text-anchor="end" fill="#444444">{tick:.0f}</text>')
    for i, value in enumerate(bars):
        colour = "#b3261e" if alarm[i] else "#9db3cc"
        height = max(floor - at(float(value)), 2.0 if alarm[i] else 0.0)
        if height:
            x = LEFT + i * step
            out.append(
                f'<rect x="{x:.1f}" y="{floor - height:.1f}" width="{step - 0.8:.1f}" height="{height:.1f}" '
                f'fill="{colour}"/>'
            )
        day = SHOWN + timedelta(weeks=i)
        if day.month == 1 and day.day <= 7:
            out.append(f'<text x="{LEFT + i * step:.1f}" y="{floor + 13}" fill="#444444">{day.year}</text>')
    points = " ".join(f"{LEFT + (i + 0.5) * step:.1f},{at(float(v)):.1f}" for i, v in enumerate(line) if np.isfinite(v))
    return [*out, f'<polyline points="{points}" fill="none" stroke="#222222"/>']


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/plots")
    folder.mkdir(parents=True, exist_ok=True)
    record = next(record for record in records(Lexicon.load()) if record.name == RECORD)
    y, n = weeks([(sample.event, SUBSTANCE in sample.substances) for sample in record.samples])
    shown = slice((SHOWN - FIRST).days // 7, None)
    days = [FIRST + timedelta(weeks=week) for week in range(y.size)]
    c2, four = ears(y, "C2"), moving_mean(y)
    flexible = farrington_flexible(y, Farrington(), population=n[None], dates=days)
    ewma = rnssp_ewma(y)
    drift = binomial_cusum(y[None], n[None], 0.005)
    panels = [
        ("Deaths a week; limit and alarms of EARS C2", y, c2.upper[0], c2.alarm[0]),
        ("Limit and alarms of the four-week mean and 3 SD", y, four.upper[0], four.alarm[0]),
        ("Limit and alarms of Farrington flexible with the number of deaths tested as offset", y, flexible.upper[0],
         flexible.alarm[0]),
        ("Mean of the baseline and red weeks of ESSENCE's EWMA", y, ewma.expected[0], ewma.alarm[0]),
        (f"Binomial CUSUM from a share of 0.5 % to four times the odds; alarm above {H:g}", drift.statistic[0],
         np.full(y.size, H), drift.alarm[0]),
    ]  # fmt: skip
    height = 24 + len(panels) * (PANEL + GAP)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
        f"<title>{SUBSTANCE.capitalize()} in overdose deaths, {RECORD}: five reference methods</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for row, (title, bars, line, alarm) in enumerate(panels):
        body += panel(row, title, bars[shown], line[shown], alarm[shown])
    path = folder / f"{RECORD.lower()}-{SUBSTANCE}-reference.svg"
    path.write_text("\n".join([*body, "</svg>", ""]), encoding="utf-8")
    firsts = {title: str(days[int(np.argmax(alarm))]) for title, _, _, alarm in panels if alarm.any()}
    print(path, firsts, {title: int(alarm[shown].sum()) for title, _, _, alarm in panels})


if __name__ == "__main__":
    main()
