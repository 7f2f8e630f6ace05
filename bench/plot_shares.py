"""Draws the plots of prevalence, drift, combination and tree in docs/methods.md, from the real records of deaths.

Run as python -m bench.plot_shares [FOLDER]. The figures are aggregates by week, month or quarter, and say at a lag of
30 days what each method says; no record is kept in the project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile
from pathlib import Path

import numpy as np

from bench.plot_panels import Floats, Panel, figure
from bench.real_history import Record, records
from detectors.history import History, Tested
from detectors.methods.combination import information
from detectors.methods.cusum import binomial_cusum
from detectors.methods.prevalence import smallest_count
from detectors.methods.tolerance import sensitivity
from detectors.methods.tree import heads_of_classes
from detectors.registry import methods
from detectors.signal import Signal
from detectors.words.lexicon import Lexicon

LAG, LOOK_BACK = 30, timedelta(days=1850)
RHO = 0.02


def looks(record: Record, method: str, substances: Sequence[str], first: date, last: date) -> Iterator[Signal]:
    """What one method says with its defaults, one look a week."""
    known = History.of((replace(s, known=s.event + LAG) for s in record.samples), date.max)
    for day in range(first.toordinal(), last.toordinal(), 7):
        today = date.fromordinal(day)
        seen = known.between(today - LOOK_BACK, today)
        yield from methods()[method].run(seen, {}, frozenset(substances), record.places)


def binned(samples: Sequence[Tested], edges: Sequence[date], *held: str) -> tuple[Floats, Floats]:
    """(deaths with all of these substances, deaths) between each two edges."""
    days = [d.toordinal() for d in edges]
    mine = np.histogram([s.event for s in samples if set(held) <= set(s.substances)], days)[0]
    return mine.astype(np.float64), np.histogram([s.event for s in samples], days)[0].astype(np.float64)


def weeks(first: date, last: date) -> list[date]:
    return list(takewhile(lambda d: d <= last, (first + timedelta(weeks=k) for k in range(2000))))


def months(first: date, last: date, step: int = 1) -> list[date]:
    number = range(first.year * 12 + first.month - 1, last.year * 12 + last.month, step)
    return [date(k // 12, k % 12 + 1, 1) for k in number]


def prevalence(folder: Path, record: Record) -> None:
    """Four weeks against 208, and the count that would be enough, for para-fluorofentanyl in one county."""
    substance, first, last, series = "fluorofentanyl", date(2020, 3, 30), date(2021, 6, 28), 20
    edges = weeks(first - timedelta(weeks=212), last)
    y, n = binned(record.samples, edges, substance)
    alpha = sensitivity(0.1, series).alpha
    x1, n1 = (np.convolve(v, np.ones(4))[: y.size] for v in (y, n))
    x0, n0 = (np.concatenate([np.zeros(8), np.cumsum(v)[:-8]]) for v in (y, n))
    shown = slice(212, None)
    bars, limit = x1[shown], np.full(y.size, np.nan)[shown]
    for i, (tested, before, earlier) in enumerate(zip(n1[shown], x0[shown], n0[shown], strict=True)):
        least = smallest_count(int(tested), int(before), int(earlier), RHO, alpha, 2)
        limit[i] = np.nan if least is None else least
    said = {s.on for s in looks(record, "prevalence", [substance], first, last)}
    days = edges[212:-1]
    spoke = np.array([any(d + timedelta(LAG) <= s < d + timedelta(LAG + 7) for s in said) for d in days])
    share = np.divide(x1, n1, out=np.zeros_like(x1), where=n1 > 0)[shown]
    before = np.divide(x0 + 0.5, n0 + 1)[shown]
    figure(
        folder / "allegheny-fluorofentanyl-prevalence.svg",
        "Fluorofentanyl in overdose deaths, Allegheny: four weeks against the time before", days,
        [
            Panel(f"Deaths with fluorofentanyl in four weeks; line: the smallest count with p ≤ {alpha:.2g}", bars,
                  limit, bars >= np.nan_to_num(limit, nan=np.inf)),
            Panel("Share of these deaths; line: share in the time before; red: the method spoke, at a lag of 30 days",
                  share, before, spoke, percent=True),
        ],
    )  # fmt: skip


def drift(folder: Path, record: Record) -> None:
    """Cocaine: a share that crept from a quarter to more than a half in ten years."""
    substance, first, last, base, watch = "cocaine", date(2014, 12, 29), date(2024, 12, 30), 104, 26
    edges = weeks(first - timedelta(weeks=base + watch), last)
    y, n = binned(record.samples, edges, substance)
    x0, n0 = (np.convolve(v, np.ones(base), "valid")[:-watch] for v in (y, n))
    p0 = (x0 + 0.5) / (n0 + 1)
    late = np.lib.stride_tricks.sliding_window_view(np.stack([y, n])[:, base:], watch, axis=1)[:, : p0.size]
    sums = binomial_cusum(late[0], late[1], p0, odds_ratio=2.0, h=6.0, dispersion=RHO / (1 - RHO))
    share = late[0][:, -13:].sum(axis=1) / np.maximum(late[1][:, -13:].sum(axis=1), 1)
    days = edges[base + watch - 1 :][: p0.size]
    spoken = sorted({s.on for s in looks(record, "drift", [substance], first, last)})
    news = [d for d, before in zip(spoken, [date.min, *spoken], strict=False) if (d - before).days > 60]
    marks = tuple((sum(day <= d for day in days) - 1, f"{d}") for d in news)
    figure(
        folder / "connecticut-cocaine-drift.svg", "Cocaine in overdose deaths, Connecticut: drift", days,
        [
            Panel("Share of deaths with cocaine over 13 weeks; line: the two years before the watch; dates: told",
                  share, p0, percent=True, mark=marks),
            Panel("CUSUM over the last 26 weeks for twice those odds; line: alarm above 6; red: weeks of alarm",
                  sums.statistic[:, -1], np.full(p0.size, 6.0), sums.alarm[:, -1]),
        ],
    )  # fmt: skip


def combination(folder: Path, record: Record) -> None:
    """Xylazine and fluorofentanyl in one body: first by chance, then more than chance gives."""
    one, other, first, last = "xylazine", "fluorofentanyl", date(2019, 7, 1), date(2021, 12, 1)
    edges = [*months(first, last), date(2022, 1, 1)]
    both = binned(record.samples, edges, one, other)[0]
    low, middle = np.full(both.size, np.nan), np.full(both.size, np.nan)
    for i, end in enumerate(edges[1:]):
        span = [s for s in record.samples if end.toordinal() - 455 <= s.event < end.toordinal()]
        with_one, with_other = (sum(x in s.substances for s in span) for x in (one, other))
        together = sum({one, other} <= set(s.substances) for s in span)
        middle[i], low[i] = information(together, with_one, with_other, len(span))
    said = [s.on for s in looks(record, "combination", [one, other], first, last) if s.labels[2] == f"with {other}"]
    marks = tuple((sum(e <= d for e in edges) - 1, f"{d}: the pair is told, at a lag of {LAG} days") for d in said[:1])
    figure(
        folder / "connecticut-combination.svg", "Xylazine with fluorofentanyl, Connecticut", edges[:-1],
        [
            Panel("Deaths by month with both xylazine and fluorofentanyl", both, mark=marks),
            Panel("Information component in bits (bars, none below 0) and its lower 97.5 % limit (line), over the last "
                  "455 days", np.maximum(middle, 0), low, low > 0),
        ],
    )  # fmt: skip


def tree(folder: Path, record: Record) -> None:
    """Cathinones: each member once or twice, the class several times."""
    heads, first, last = heads_of_classes(), date(2015, 1, 1), date(2020, 1, 1)
    edges = months(first, last, 3)
    members = frozenset(m for m, head in heads.items() if head == "cathinone")
    single = np.stack([binned(record.samples, edges, m)[0] for m in sorted(members)])
    whole = np.histogram(
        [s.event for s in record.samples if members & set(s.substances)], [d.toordinal() for d in edges]
    )[0].astype(np.float64)
    said = [s for s in looks(record, "tree", sorted(members), first, last) if s.substance == "cathinone"]
    marks = tuple(
        (sum(e <= s.on for e in edges) - 1, f"{s.on}: told, {s.observed} deaths, {s.labels[-1]}") for s in said[:1]
    )
    figure(
        folder / "connecticut-cathinones-tree.svg", "Cathinones in overdose deaths, Connecticut", edges[:-1],
        [
            Panel("Deaths by quarter with any cathinone; told at a lag of 30 days", whole, mark=marks),
            Panel("The same: the most with any single one of them, and the number of different ones (line)",
                  single.max(axis=0), np.count_nonzero(single, axis=0).astype(np.float64)),
        ],
    )  # fmt: skip


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/plots")
    for record in records(Lexicon.load()):
        for draw in {"Allegheny": (prevalence,), "Connecticut": (drift, combination, tree)}[record.name]:
            draw(folder, record)
            print(record.name, draw.__name__)


if __name__ == "__main__":
    main()
