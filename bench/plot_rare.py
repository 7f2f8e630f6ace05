"""Draws the plots of mention and potency in docs/methods.md, for which the real records hold no data of their own.

Run as python -m bench.plot_rare [FOLDER]. Mention: days on which a real laboratory first found substances, read as if a
notice of each had come that day, held against real deaths of another state. Potency: strengths made by chance.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from pathlib import Path

import numpy as np

from bench.plot_panels import ALARM, FAINT, INK, QUIET, WIDTH, headed, written
from bench.real_history import SHARED, records
from detectors.history import History, Tested
from detectors.methods.mention import WAY, mention
from detectors.methods.potency import potency
from detectors.words.lexicon import Lexicon

FIRSTS = SHARED / "unc_monthly" / "unc_first_detections_selected.csv"
LAG = 30


def mentioned(folder: Path) -> None:
    """What a laboratory in North Carolina found for the first time, and what Connecticut's deaths say to it."""
    lexicon = Lexicon.load()
    record = next(r for r in records(lexicon) if r.name == "Connecticut")
    deaths = [replace(s, known=s.event + LAG) for s in record.samples]
    first, last = date(2023, 7, 1), date(2024, 12, 31)
    notices: dict[str, date] = {}
    with FIRSTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for found in lexicon.name(row["substance"]).substances:
                if lexicon.substances[found].role == "contaminant":
                    day = date.fromisoformat(row["first_date_in_public_UNC_data"])
                    notices.setdefault(lexicon.rolled_up(found), day)
    read = [
        Tested(f"unc/{s}", "notice", "37", d.toordinal(), d.toordinal(), (s,), methods=(WAY + "detection",))
        for s, d in notices.items()
    ]
    known = History.of([*deaths, *read], date.max)
    rows = sorted(notices.items(), key=lambda pair: pair[1])
    step, left = (WIDTH - 360) / (last - first).days, 180
    height = 50 + 20 * len(rows)
    title = "First found by a laboratory in North Carolina (red), and in deaths of Connecticut by month (blue)"
    body = headed(title, height)
    for row, (substance, day) in enumerate(rows):
        y = 42 + 20 * row
        said = mention(known.between(day - timedelta(1850), day), {}, frozenset({substance}), ("09",))
        body.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end" fill="{INK}">{escape(substance)}</text>')
        months = {date.fromordinal(s.event).replace(day=1) for s in deaths if substance in s.substances}
        for month in sorted(m for m in months if first <= m <= last):
            x = left + (month - first).days * step
            body.append(f'<rect x="{x:.1f}" y="{y - 5}" width="{28 * step:.1f}" height="10" fill="{QUIET}"/>')
        x = left + (day - first).days * step
        body.append(f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{ALARM}"/>')
        words = "found there already"
        if said:
            n = said[0].baseline_tested or 0
            words = f"told: 0 of {n}, below {100 * (1 - 0.05 ** (1 / max(n, 1))):.2g} %"
        body.append(f'<text x="{left + (last - first).days * step + 6:.1f}" y="{y + 4}" fill="{FAINT}">{words}</text>')
    for year in (date(2024, 1, 1), date(2024, 7, 1)):
        body.append(f'<text x="{left + (year - first).days * step:.1f}" y="{height - 2}" fill="{FAINT}">{year}</text>')
    written(folder / "connecticut-mentions.svg", body)


def stronger(folder: Path) -> None:
    """Forty batches around 8 per cent in a year, then twenty that are 1.7 times as strong."""
    r = np.random.default_rng(8)
    first = date(2025, 1, 1)
    days = np.sort(np.concatenate([r.integers(0, 365, 45), r.integers(365, 420, 20)]))
    values = 8 * r.lognormal(0, 0.35, days.size) * np.where(days >= 365, 1.7, 1)
    samples = [
        Tested(
            f"made/{i}", "drug", "06001", first.toordinal() + int(d), first.toordinal() + int(d),
            ("fentanyl", f"cut{i}"), methods=("qNMR",), quantities=(("fentanyl", float(v), "%", "qNMR"),),
        )
        for i, (d, v) in enumerate(zip(days, values, strict=True))
    ]  # fmt: skip
    known = History.of(samples, date.max)
    looks = (first + timedelta(days=int(d)) for d in range(300, 421))
    said = (s for day in looks for s in potency(known.between(first, day), {}, frozenset({"fentanyl"}), ("06001",)))
    signal = next(said)
    body = headed("Strength of batches in per cent, made by chance; 1.7 times as strong from the second year on", 240)
    step, top = (WIDTH - 60) / 421, float(values.max())
    for d, v in zip(days.tolist(), values.tolist(), strict=True):
        colour = ALARM if first + timedelta(days=d) in _span(signal.window.first, signal.window.last) else QUIET
        body.append(f'<circle cx="{46 + d * step:.1f}" cy="{215 - 180 * v / top:.1f}" r="3.5" fill="{colour}"/>')
    high = float(np.quantile(values[days < 365], 0.9))
    body.append(
        f'<line x1="46" x2="{WIDTH - 14}" y1="{215 - 180 * high / top:.1f}" y2="{215 - 180 * high / top:.1f}" '
        f'stroke="{INK}" stroke-dasharray="4 3"/>'
    )
    for value in (0, round(high, 1), round(top, 1)):
        y = 219 - 180 * value / top
        body.append(f'<text x="40" y="{y:.1f}" text-anchor="end" fill="{FAINT}">{value:g}</text>')
    x = 46 + (signal.on - first).days * step
    body.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="30" y2="215" stroke="{ALARM}"/>')
    assert signal.effect is not None
    ratio, low, up = signal.effect
    words = f"{signal.on}: {ratio:.2g} times as strong ({low:.2g} to {up:.2g}), p = {signal.probability:.2g}"
    body.append(f'<text x="{x - 5:.1f}" y="42" text-anchor="end" fill="{ALARM}">{escape(words)}</text>')
    below = f"{first}; dashed: nine tenths of the first year's batches lie below"
    body.append(f'<text x="46" y="234" fill="{FAINT}">{below}</text>')
    written(folder / "simulated-potency.svg", body)


def _span(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=k) for k in range((last - first).days + 1))


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/plots")
    stronger(folder)
    if FIRSTS.exists():
        mentioned(folder)


if __name__ == "__main__":
    main()
