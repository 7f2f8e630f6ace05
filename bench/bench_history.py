"""Quality on real history: every alert of the default combination on two real records, judged true or false.

Run as ./run bench history [--lag 0 30 60] [--every 7] [--csv FILE] [--markdown FILE]. The records are replayed as known
on each day under a stated reporting lag. An alert is one episode: a family in a place, silent for 180 days before. It
is judged by one rule for all, from the whole record, most of which the detector had not seen (`bench/judged.py`).
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bench.judged import MUST, RULE, Alert, judge, opened
from bench.real_history import Record, records
from bench.shipped_history import shipped
from detectors.episode import Episode
from detectors.history import History
from detectors.methods.combine import combine
from detectors.registry import methods
from detectors.signal import Signal
from detectors.words.lexicon import Lexicon
from detectors.words.places import Gazetteer

QUIET = 180
SEEN = 1850


def replay(record: Record, lag: int, every: int, watch: frozenset[str], listed: frozenset[str]) -> list[Alert]:
    whole = History.of((replace(s, known=s.event + lag) for s in record.samples), date.max)
    ours = methods()
    open_: dict[tuple[str, str], Alert] = {}
    alerts: list[Alert] = []
    today = record.first
    while today <= record.last:
        history = whole.between(today - timedelta(days=SEEN), today)
        if history.samples and history.samples[-1].known > today.toordinal() - 7:
            said: list[Signal] = [*ours["watchlist"].run(history, {}, listed, record.places)]
            for name in ("novelty", "emergence", "panel"):
                said += ours[name].run(history, {}, watch, record.places)
            for episode in combine(said):
                _follow(record, lag, today, episode, open_, alerts)
        today += timedelta(days=every)
    return alerts


def by_the_system(record: Record, lag: int, every: int) -> tuple[list[Alert], Record]:
    """(alerts as the system opens them with the shipped thresholds, the record as it read it)."""
    rows, samples = shipped(record, lag, every)
    return opened(rows, record.name, lag), replace(record, samples=samples)


def _follow(
    record: Record,
    lag: int,
    today: date,
    episode: Episode,
    open_: dict[tuple[str, str], Alert],
    alerts: list[Alert],
) -> None:
    key = episode.family, episode.place
    alert = open_.get(key)
    lead = episode.signals[0]
    if alert is None or (today - alert.last).days > QUIET:
        alert = open_[key] = Alert(
            record.name,
            lag,
            today,
            *key,
            episode.level,
            "+".join(dict.fromkeys(s.method for s in episode.signals)),
            max(s.observed for s in episode.signals),
            lead.tested,
            min(s.first_seen or today for s in episode.signals),
            today,
        )
        alerts.append(alert)
    alert.last = today
    if alert.panel_on is None and any(s.method == "panel" for s in episode.signals):
        alert.panel_on = today


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lag", type=int, nargs="*", default=[0, 30, 60])
    parser.add_argument("--every", type=int, default=7)
    parser.add_argument("--record", help="one of the two: Allegheny or Connecticut")
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--brief", action="store_true")
    parser.add_argument(
        "--shipped", action="store_true", help="the shipped thresholds through the whole system, not the methods alone"
    )
    given = parser.parse_args()
    lexicon = Lexicon.load()
    watch = frozenset(lexicon.rolled_up(s.id) for s in lexicon.substances.values() if s.role == "contaminant")
    listed = frozenset(s.id for s in lexicon.substances.values() if s.role == "contaminant" and s.tier == 1)
    rows: list[Alert] = []
    good = True
    found_any = False
    for record in (r for r in records(lexicon) if given.record in (None, r.name)):
        found_any = True
        years = (record.last - record.first).days / 365.25
        for lag in given.lag:
            started = time.perf_counter()
            if given.shipped:
                alerts, read = by_the_system(record, lag, given.every)
            else:
                alerts, read = replay(record, lag, given.every, watch, listed), record
            for alert in alerts:
                judge(alert, read)
            rows += alerts
            false = [a for a in alerts if a.verdict == "FALSE"]
            single = sum(a.verdict == "found" for a in alerts)
            missed = [
                name
                for name in MUST
                if not any(a.family == name and a.verdict in ("new", "rise", "panel") for a in alerts)
            ]
            took = time.perf_counter() - started
            print(
                f"\n{record.name}, lag {lag} days: {len(alerts)} alerts in {years:.1f} years, {len(false)} false "
                f"({len(false) / years:.2f} a year), {single} single findings of listed substances; "
                f"missed: {', '.join(missed) or 'none'}; {took:.0f} s"
            )
            good &= not missed and len(false) / years <= 2
            good &= _xylazine(record, alerts, lag, shipped_set=given.shipped)
            if not given.brief:
                for a in alerts:
                    print(
                        f"  {a.on}  {a.family:24} {a.level:8} {a.methods:32} {a.observed:3} of {a.tested!s:4} "
                        f"{a.verdict:5}  {a.reason}"
                    )
    if not found_any:
        print("The two records are not beside this checkout: nothing to replay.")
        return
    if given.markdown:
        given.markdown.write_text(_markdown(rows, shipped_set=given.shipped), encoding="utf-8")
    if given.csv:
        with given.csv.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(list(vars(rows[0])))
            writer.writerows(list(vars(a).values()) for a in rows)
    raise SystemExit(0 if good else 1)


OF_THE_SYSTEM = """Made by `./run bench history --shipped --markdown docs/real-history.md`: the shipped thresholds of
config.toml through the whole system, as `supplywatch backtest --thresholds shipped` plays it, one look a week. The
records are read by the presets `connecticut-me` and `allegheny-me`, with their counties. An alert is one chain of
editions; what comes back after its end is a new one. "By" is the method, or the threshold where a watchlist spoke."""
OF_THE_METHODS = """Made by `./run bench history --markdown FILE` with every method's own defaults: the watchlist of
tier 1, and novelty, emergence and panel over all contaminants, one look a week. An alert is an episode after 180 quiet
days."""


def _markdown(rows: list[Alert], *, shipped_set: bool) -> str:
    out = [
        "# Every alert on two real records",
        "",
        OF_THE_SYSTEM if shipped_set else OF_THE_METHODS,
        "Each is judged by one rule, from the whole record in the alert's places:",
        "",
        "```",
        RULE,
        "```",
    ]
    for record, lag in dict.fromkeys((a.record, a.lag) for a in rows):
        mine = [a for a in rows if (a.record, a.lag) == (record, lag)]
        false = sum(a.verdict == "FALSE" for a in mine)
        out += [
            "",
            f"## {record}, results known {lag} days after death: {len(mine)} alerts, {false} false",
            "",
            "| first said | substance | where | level | by | samples | verdict | why |",
            "|---|---|---|---|---|---|---|---|",
        ]
        out += [
            f"| {a.on} | {a.family} | {_named(a.place)} | {a.level} | {a.methods} | {a.observed}"
            f"{'' if a.tested is None else f' of {a.tested}'} | {a.verdict} | {a.reason} |"
            for a in mine
        ]
    return "\n".join([*out, ""])


def _named(codes: str) -> str:
    return "; ".join(Gazetteer.load().name(code) for code in codes.split())


def _xylazine(record: Record, alerts: list[Alert], lag: int, *, shipped_set: bool) -> bool:
    """Allegheny's must be flagged as a panel change, Connecticut's be alerted within 60 days of the first death."""
    mine = [a for a in alerts if a.family == "xylazine"]
    if record.name == "Allegheny":
        flagged = [(a.on, a.panel_on) for a in mine if a.panel_on]
        print("  xylazine flagged as a panel change: " + (f"opened {flagged[0][0]}, flagged {flagged[0][1]}" if flagged
                                                           else "NO"))  # fmt: skip
        return bool(flagged)
    first = min(s.event for s in record.samples if "xylazine" in s.substances)
    days = [a.on.toordinal() for a in mine]
    if shipped_set:
        # The system looks each day; weekly looks would add up to six days.
        span = date.fromordinal(first - 30), date.fromordinal(first + 150)
        rows, _ = shipped(record, lag, 1, *span)
        days = [r.on.toordinal() for r in rows if r.substance == "xylazine"]
    waited = min(days) - first if days else None
    known = None if waited is None else waited - lag
    print(f"  xylazine alerted {waited} days after the first death, {known} after it was known (lag {lag})")
    return waited is not None and waited <= 60


if __name__ == "__main__":
    main()
