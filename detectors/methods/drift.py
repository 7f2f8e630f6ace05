"""Drift: has the share of positives crept up, so slowly that no single week shows it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.cusum import binomial_cusum
from detectors.methods.evidence import evidence
from detectors.methods.weekly import Weekly, ends, maturity, weekly
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, ParameterValue, Signal, Window

VERSION = "1"

PARAMETERS = (
    Parameter("odds_ratio", 2.0, "times", "The rise of the odds that is worth finding.", 1.1, 100),
    Parameter("h", 6.0, "", "How much evidence, in units of log-likelihood, raises an alarm.", 0.5, 50),
    Parameter("watch_weeks", 26, "weeks", "The recent weeks over which evidence adds up.", 4, 156),
    Parameter("baseline_weeks", 104, "weeks", "The earlier weeks that give the share expected.", 26, 520),
    Parameter("lumpiness", 0.02, "", "How alike samples of one week are (intra-batch correlation).", 0, 0.5),
    Parameter("min_positives", 3, "samples", "Fewest positive samples in the run that raised the alarm.", 1, 1000),
    Parameter(
        "min_earlier", 50, "samples", "Fewest earlier tests; below, there is nothing to compare with.", 1, 100000
    ),
    Parameter("fresh_days", 7, "days", "Speak only when a result of the last week became known this lately.", 1, 60),
    Parameter("count_traces", False, "", "Count findings reported as trace only."),
)


def drift(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) whose beta-binomial CUSUM passes `h` in the last week.

    The share expected is (x + ½)/(n + 1) of the `baseline_weeks` before the `watch_weeks`. The CUSUM begins at zero and
    begins again after an alarm, so that it speaks once for one rise. The window is the run since it last stood at zero,
    the usual estimate of when the rise began (Page 1954). Raises ValueError for parameters out of bounds.
    """
    p = completed(DRIFT, parameters)
    watch, base = int(p["watch_weeks"]), int(p["baseline_weeks"])
    columns = Columns.of(history, substances, places)
    today = history.today.toordinal()
    known = history.known.astype(np.int64)
    keep = (columns.confirmation[columns.findings.sample] > Confirmation.STRIP) & (columns.findings.day <= today)
    if not p["count_traces"]:
        keep &= ~columns.trace
    kept = np.flatnonzero(keep)
    found = columns.findings.take(keep)
    fresh = known[found.sample] > today - int(p["fresh_days"])
    series = np.unique(found.series[fresh])
    if not series.size:
        return ()
    end = ends(columns)[columns.stratum(series)]
    w = weekly(columns, found, series, end, base + watch)
    x0, n0 = w.y[:, :base].sum(axis=1), w.n[:, :base].sum(axis=1)
    pi0 = np.clip((x0 + 0.5) / (n0 + 1), 1e-6, 1 - 1e-6)
    rho = float(p["lumpiness"])
    result = binomial_cusum(
        w.y[:, base:], w.n[:, base:], pi0, odds_ratio=float(p["odds_ratio"]), h=float(p["h"]),
        dispersion=rho / (1 - rho),
    )  # fmt: skip
    news = np.append(0, np.cumsum(fresh))
    signals = []
    for i in np.flatnonzero(result.alarm[:, -1] & (n0 >= float(p["min_earlier"]))).tolist():
        before = np.flatnonzero((result.statistic[i, :-1] <= 0) | result.alarm[i, :-1])
        run = watch - (int(before[-1]) + 1 if before.size else 0)
        last = int(end[i])
        first = last - 7 * run + 1
        start, stop = (int(found.start(series[i : i + 1], np.array([d]))[0]) for d in (first, today + 1))
        x1, n1 = int(w.y[i, -run:].sum()), int(w.n[i, -run:].sum())
        if x1 < int(p["min_positives"]) or news[stop] <= news[start]:
            continue
        substance, place, kind = columns.named(int(series[i]))
        proof = evidence(columns, kept[start:stop])
        signals.append(
            Signal(
                method="drift",
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(first), max(date.fromordinal(last), proof.last_seen)),
                observed=x1,
                evidence=proof.refs,
                parameters=p,
                tested=n1,
                baseline=Window(
                    date.fromordinal(max(last - 7 * (base + watch) + 1, 1)), date.fromordinal(last - 7 * watch)
                ),
                baseline_positives=int(x0[i]),
                baseline_tested=int(n0[i]),
                expected=float(pi0[i] * n1),
                smallest=_smallest(w, i, run, x1, base, float(pi0[i]), p),
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=(
                    "drift",
                    *proof.labels,
                    f"since about {date.fromordinal(first).isoformat()}",
                    *maturity(columns, int(columns.stratum(series[i : i + 1])[0]), first, last),
                ),
            )
        )
    return tuple(signals)


def _smallest(w: Weekly, i: int, run: int, observed: int, base: int, pi0: float, p: dict[str, ParameterValue]) -> int:
    """Fewest positives in the run that would also have signalled, had the newest ones been missing."""
    tries = np.arange(min(int(p["min_positives"]), observed), observed)[-64:]
    y = np.repeat(w.y[i : i + 1, base:], tries.size, axis=0)
    for row, count in enumerate(tries):
        drop = observed - int(count)
        for week in range(1, run + 1):
            less = min(drop, int(y[row, -week]))
            y[row, -week] -= less
            drop -= less
    n = np.repeat(w.n[i : i + 1, base:], tries.size, axis=0)
    rho = float(p["lumpiness"])
    again = binomial_cusum(
        y, n, np.full(tries.size, pi0), odds_ratio=float(p["odds_ratio"]), h=float(p["h"]), dispersion=rho / (1 - rho)
    )
    enough = np.flatnonzero(again.alarm[:, -1])
    return int(tries[enough[0]]) if enough.size else observed


DRIFT = Method("drift", VERSION, "Has the share of positives crept up?", PARAMETERS, drift)
