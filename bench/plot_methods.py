"""Draws the plots of docs/methods.md from the real records: weekly positives among deaths, and what each method said.

Run as python -m bench.plot_methods [FOLDER]. The figures are aggregates by month; no record is kept in the project.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from pathlib import Path

import numpy as np

from bench.bench_history import replay
from bench.real_history import Record, records
from detectors.history import History
from detectors.methods.gone import gone
from detectors.signal import Signal
from detectors.words.lexicon import Lexicon

FONT = 'font-family="sans-serif" font-size="11"'
LOOK_BACK = timedelta(days=1850)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 250, 46, 14, 34, 34


def months(record: Record, substance: str, first: date, last: date) -> tuple[list[str], np.ndarray, np.ndarray]:
    y: Counter[str] = Counter()
    n: Counter[str] = Counter()
    for s in record.samples:
        if first.toordinal() <= s.event <= last.toordinal():
            month = date.fromordinal(s.event).isoformat()[:7]
            n[month] += 1
            y[month] += substance in s.substances
    names = sorted(n)
    return names, np.array([y[m] for m in names]), np.array([n[m] for m in names])


def draw(title: str, names: list[str], y: np.ndarray, n: np.ndarray, marks: list[tuple[str, str]]) -> str:
    share = y / np.maximum(n, 1)
    top = max(float(share.max()) * 1.25, 0.02)
    step = (WIDTH - LEFT - RIGHT) / len(names)
    floor = HEIGHT - BOTTOM
    at = lambda v: floor - (floor - TOP) * v / top  # noqa: E731
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="15" font-size="13" fill="#111111">{escape(title)}</text>',
    ]
    for tick in np.linspace(0, top, 4):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at(tick):.1f}" y2="{at(tick):.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{at(tick) + 4:.1f}" text-anchor="end" fill="#444444">{tick:.0%}</text>')
    for i, (name, v) in enumerate(zip(names, share, strict=True)):
        x = LEFT + i * step
        out.append(
            f'<rect x="{x + 0.5:.1f}" y="{at(v):.1f}" width="{step - 1:.1f}" height="{floor - at(v):.1f}" '
            'fill="#7a9cc6"/>'
        )
        if name.endswith("-01"):
            out.append(f'<text x="{x:.1f}" y="{floor + 15}" fill="#444444">{name[:4]}</text>')
    for i, (day, what) in enumerate(marks):
        if day[:7] not in names:
            continue
        x = LEFT + (names.index(day[:7]) + int(day[8:]) / 31) * step
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{floor}" stroke="#b3261e" stroke-dasharray="4 3"/>')
        anchor = "end" if x > WIDTH * 0.6 else "start"
        shift = -4 if anchor == "end" else 4
        label = f"{day} {what}"
        out.append(
            f'<text x="{x + shift:.1f}" y="{TOP + 11 + 13 * (i % 5)}" text-anchor="{anchor}" fill="#b3261e">'
            f"{escape(label)}</text>"
        )
    return "\n".join([*out, "</svg>", ""])


PLOTS = (
    ("Allegheny", "bromazolam", date(2021, 7, 1), date(2024, 12, 31)),
    ("Allegheny", "fluorofentanyl", date(2019, 7, 1), date(2022, 6, 30)),
    ("Allegheny", "xylazine", date(2021, 7, 1), date(2024, 12, 31)),
    ("Allegheny", "carfentanil", date(2016, 7, 1), date(2020, 6, 30)),
    ("Connecticut", "xylazine", date(2018, 7, 1), date(2021, 6, 30)),
    ("Connecticut", "flualprazolam", date(2019, 1, 1), date(2022, 6, 30)),
)


ABSENT = (("Allegheny", "carfentanil", date(2016, 7, 1), date(2020, 6, 30)),)
"""Substances that went: the day on which `gone` first says so at a lag of 30 days, one look a week."""
LAG = 30


def absences(record: Record, substance: str, first: date, last: date) -> list[tuple[str, str]]:
    """(day, label) of each absence told in a span."""
    known = History.of((replace(s, known=s.event + LAG) for s in record.samples), date.max)
    told: dict[date, tuple[str, str]] = {}
    for day in range(first.toordinal(), last.toordinal(), 7):
        today = date.fromordinal(day)
        seen = known.between(today - LOOK_BACK, today)
        for signal in gone(seen, {}, frozenset({substance}), record.places):
            assert signal.last_seen is not None
            label = f"gone: 0 of {signal.tested}, at most {100 * bound_of(signal):.1f} % of deaths"
            told.setdefault(signal.last_seen, (today.isoformat(), label))
    return list(told.values())


def bound_of(signal: Signal) -> float:
    """The highest share that the blank tests leave possible: the upper limit of the ratio times the share before."""
    assert signal.effect is not None
    assert signal.baseline_positives is not None
    assert signal.baseline_tested
    return signal.effect[2] * signal.baseline_positives / signal.baseline_tested


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/plots")
    folder.mkdir(parents=True, exist_ok=True)
    lexicon = Lexicon.load()
    watch = frozenset(lexicon.rolled_up(s.id) for s in lexicon.substances.values() if s.role == "contaminant")
    listed = frozenset(s.id for s in lexicon.substances.values() if s.role == "contaminant" and s.tier == 1)
    for record in records(lexicon):
        alerts = replay(record, 30, 7, watch, listed)
        for name, substance, first, last in PLOTS:
            if name != record.name:
                continue
            marks = []
            for a in alerts:
                if a.family == substance and first <= a.on <= last:
                    marks.append((a.on.isoformat(), a.methods))
                    if a.panel_on:
                        marks.append((a.panel_on.isoformat(), "panel change"))
            title = f"{substance.capitalize()}: share of overdose deaths by month, {name}; alerts at a lag of 30 days"
            svg = draw(title, *months(record, substance, first, last), marks)
            (folder / f"{name.lower()}-{substance}.svg").write_text(svg, encoding="utf-8")
            print(folder / f"{name.lower()}-{substance}.svg", marks)
        for name, substance, first, last in ABSENT:
            if name == record.name:
                marks = absences(record, substance, first, last)
                title = (
                    f"{substance.capitalize()}: share of overdose deaths by month, {name}; gone, at a lag of {LAG} days"
                )
                svg = draw(title, *months(record, substance, first, last), marks)
                (folder / f"{name.lower()}-{substance}-gone.svg").write_text(svg, encoding="utf-8")
                print(folder / f"{name.lower()}-{substance}-gone.svg", marks)


if __name__ == "__main__":
    main()
