"""Draws the plots of cluster and silence in docs/methods.md, from the deaths of Connecticut's eight counties.

Run as python -m bench.plot_places [FOLDER]. The figures are aggregates by county; no record is kept in the project.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from itertools import takewhile
from math import sqrt
from pathlib import Path

import numpy as np

from bench.plot_panels import ALARM, FAINT, INK, QUIET, WIDTH, headed, written
from bench.real_history import Record, records
from detectors.history import History, Tested
from detectors.methods.cluster import cluster, cluster_counties
from detectors.methods.silence import silence
from detectors.words.county_places import county_places
from detectors.words.lexicon import Lexicon
from detectors.words.places import Gazetteer

LAG = 30


def by_county(record: Record) -> tuple[Tested, ...]:
    """The record's deaths in the county that it names, in the state where it names none."""
    gazetteer = Gazetteer.load()
    with record.file.open(encoding="utf-8", newline="") as file:
        named = {r["case_ref"]: gazetteer.resolve("CT", r["county"]) for r in csv.DictReader(file) if r["county"]}
    return tuple(replace(s, place=named.get(s.ref) or "09") for s in record.samples)


def clustered(folder: Path, samples: tuple[Tested, ...]) -> None:
    """The spring of 2019: xylazine in three neighbouring counties."""
    substance, first = "xylazine", date(2019, 3, 5)
    known = History.of(samples, date.max)
    counties = tuple(sorted({s.place for s in samples if len(s.place) == 5}))
    rule = {"recurrence_weeks": 520.0, "most_counties": 10}
    days = takewhile(lambda d: d < date(2019, 12, 31), (first + timedelta(weeks=k) for k in range(99)))
    signal = next(
        s
        for d in days
        for s in cluster(known.between(d - timedelta(800), d), rule, frozenset({substance}), (*counties, "09"))
        if len(cluster_counties(s)) > 1
    )
    red, table = set(cluster_counties(signal)), county_places()
    began = date.fromordinal(signal.window.first.toordinal())
    last = signal.on
    at = {c: (table[c].longitude or 0.0, table[c].latitude or 0.0) for c in counties}
    west, south = (min(p[k] for p in at.values()) for k in (0, 1))
    east, north = (max(p[k] for p in at.values()) for k in (0, 1))
    title = f"Overdose deaths by county, {began} to {last} (area of the dots); red: the cluster of xylazine"
    body = headed(title, 342)
    for county, (longitude, latitude) in at.items():
        mine = [s for s in samples if s.place == county and began.toordinal() <= s.event <= last.toordinal()]
        x = 110 + (longitude - west) / (east - west) * 520
        y = 270 - (latitude - south) / (north - south) * 190
        size = 3 + 4 * sqrt(len(mine))
        colour = ALARM if county in red else QUIET
        name = Gazetteer.load().name(county).split(" County")[0]
        body.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{size:.0f}" fill="{colour}" fill-opacity="0.75"/>')
        body.append(
            f'<text x="{x:.0f}" y="{y + size + 13:.0f}" text-anchor="middle" fill="{INK}">{escape(name)}</text>'
        )
    inside = f"{signal.observed} of {signal.tested} deaths in the red counties, {signal.expected:.1f} expected; "
    rest = f"{signal.baseline_positives} of {signal.baseline_tested} in all other counties and weeks of a year"
    chance = f"p = {signal.probability:.3g}; {signal.smallest} would have been enough"
    for y, said in ((322, inside + rest), (336, chance)):
        body.append(f'<text x="46" y="{y}" fill="{FAINT}">{escape(said)}</text>')
    written(folder / "connecticut-xylazine-cluster.svg", body)


def silenced(folder: Path, samples: tuple[Tested, ...]) -> None:
    """The first quarter of 2014, of which the record names no county."""
    first, last = date(2013, 9, 1), date(2014, 6, 30)
    known = History.of((replace(s, known=s.event + LAG) for s in samples), date.max)
    counties = tuple(sorted({s.place for s in samples if len(s.place) == 5}))
    told: dict[str, date] = {}
    for day in range(first.toordinal(), last.toordinal()):
        today = date.fromordinal(day)
        for signal in silence(known.between(today - timedelta(800), today), {}, frozenset({"*"}), counties):
            told.setdefault(signal.place, today)
    step = (WIDTH - 150) / (last - first).days
    body = headed(
        "Days on which results came, by county of Connecticut (lag 30 days); red: silence is told", 50 + 26 * 8
    )
    for row, county in enumerate(counties):
        y = 44 + 26 * row
        name = Gazetteer.load().name(county).split(" County")[0]
        body.append(f'<text x="120" y="{y + 4}" text-anchor="end" fill="{INK}">{escape(name)}</text>')
        came = sorted({s.event + LAG for s in samples if s.place == county})
        for day in np.array(came)[(np.array(came) >= first.toordinal()) & (np.array(came) <= last.toordinal())]:
            x = 130 + (int(day) - first.toordinal()) * step
            body.append(f'<rect x="{x:.1f}" y="{y - 8}" width="1.4" height="16" fill="{QUIET}"/>')
        if county in told:
            x = 130 + (told[county] - first).days * step
            after = [d for d in came if d > told[county].toordinal()]
            end = 130 + ((after[0] if after else last.toordinal()) - first.toordinal()) * step
            body.append(
                f'<rect x="{x:.1f}" y="{y - 8}" width="{end - x:.1f}" height="16" fill="{ALARM}" fill-opacity="0.55"/>'
            )
    for month in (date(2013, 10, 1), date(2014, 1, 1), date(2014, 4, 1)):
        x = 130 + (month - first).days * step
        body.append(f'<text x="{x:.1f}" y="252" fill="{FAINT}">{month}</text>')
    written(folder / "connecticut-silence.svg", body)
    print({county: str(day) for county, day in told.items()})


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/plots")
    for record in records(Lexicon.load()):
        if record.name == "Connecticut":
            samples = by_county(record)
            clustered(folder, samples)
            silenced(folder, samples)


if __name__ == "__main__":
    main()
