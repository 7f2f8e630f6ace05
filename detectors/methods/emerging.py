"""Emergence and prevalence over a history: is a known substance becoming materially more common here?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from detectors.history import History
from detectors.methods import tolerance
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.dispersion import DISPERSIONS, TELLING
from detectors.methods.emergence import EmergenceResult, emergence
from detectors.methods.evidence import evidence
from detectors.methods.prevalence import smallest_count, window_test
from detectors.methods.rows import Ints
from detectors.methods.weekly import Floats, Weekly, ends, maturity, weekly
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal, Window

VERSION = "1"

PARAMETERS = (
    Parameter(
        "false_per_month",
        0.1,
        "alerts",
        "False alerts you can live with, per place and month, all watched substances together; fewer cost sensitivity.",
        0.001,
        10,
    ),
    Parameter("window_weeks", 4, "weeks", "The recent weeks that the figures are about.", 1, 26),
    Parameter("baseline_weeks", 208, "weeks", "The earlier weeks that it is compared with.", 26, 520),
    Parameter(
        "gap_weeks", 4, "weeks", "Weeks left out between the two, so that a slow rise is not its own baseline.", 0, 26
    ),
    Parameter("min_positives", 2, "samples", "Fewest positive samples in the recent weeks.", 1, 1000),
    Parameter("min_ratio", 2.0, "times", "Least rise worth an alert, as prevalence now by prevalence before.", 1, 100),
    Parameter("min_tested", 5, "samples", "Fewest recent tests; below, novelty and the watchlist speak.", 1, 100000),
    Parameter(
        "min_earlier", 20, "samples", "Fewest earlier tests; below, there is nothing to compare with.", 1, 100000
    ),
    Parameter("fresh_days", 7, "days", "Speak only when a result of the recent weeks became known this lately.", 1, 60),
    Parameter("count_traces", False, "", "Count findings reported as trace only."),
)

Rule = Callable[[EmergenceResult, Floats, Floats], tuple[Floats, Floats]]
"""(result, p-values, rates per series-year) → (score, threshold)."""


def _by_onset(result: EmergenceResult, p: Floats, rate: Floats) -> tuple[Floats, Floats]:
    return result.score[:, -1], np.array([tolerance.threshold(r) for r in rate])


def _by_window(result: EmergenceResult, p: Floats, rate: Floats) -> tuple[Floats, Floats]:
    bar = np.array([tolerance.threshold(r, tolerance.WINDOW) for r in rate])
    return -np.log(np.maximum(p, 1e-300)), bar


def _run(
    method: Method, rule: Rule, history: History, given: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    p = completed(method, given)
    window, gap, base = int(p["window_weeks"]), int(p["gap_weeks"]), int(p["baseline_weeks"])
    columns = Columns.of(history, substances, places)
    today = history.today.toordinal()
    known = history.known.astype(np.int64)
    keep = (columns.confirmation[columns.findings.sample] > Confirmation.STRIP) & (columns.findings.day <= today)
    if not p["count_traces"]:
        keep &= ~columns.trace
    kept = np.flatnonzero(keep)
    found = columns.findings.take(keep)
    fresh = known[found.sample] > today - int(p["fresh_days"])
    if not fresh.any():
        return ()
    span = base + gap + window
    # Series with two findings at all may alarm and share the place's tolerance; the others cannot.
    series, count = np.unique(found.series[found.day > today - 7 * span], return_counts=True)
    series = series[count >= 2]
    if not series.size:
        return ()
    stratum = columns.stratum(series)
    rate = float(p["false_per_month"]) * 12 / np.bincount(stratum, minlength=columns.strata)[stratum]
    end = ends(columns)[stratum]
    first, now = end - 7 * window + 1, np.full_like(series, today)
    earliest, latest = end - 7 * span + 1, end - 7 * (window + gap)
    start, stop = found.start(series, first), found.start(series, now + 1)
    news = np.append(0, np.cumsum(fresh))
    counts = (
        found.count(series, first, now),
        columns.tested.count(series, first, now),
        found.count(series, earliest, latest),
        columns.tested.count(series, earliest, latest),
    )
    x1, n1, x0, n0 = (c.astype(np.float64) for c in counts)
    might = (
        (x1 >= float(p["min_positives"]))
        & (n1 >= float(p["min_tested"]))
        & (n0 >= float(p["min_earlier"]))
        & ((x1 + 0.5) / (n1 + 1) >= float(p["min_ratio"]) * (x0 + 0.5) / (n0 + 1))
        & (news[stop] > news[start])
    )
    if not might.any():
        return ()
    # The statistic is only needed where it can decide, and where there is something to learn about batches.
    needed = might | (x0 >= TELLING)
    series, end, first, start, stop = (a[needed] for a in (series, end, first, start, stop))
    rate, x1, n1, x0, n0 = (a[needed] for a in (rate, x1, n1, x0, n0))
    might = might[needed]
    w = weekly(columns, found, series, end, span)
    result = emergence(w.y, w.n, watch=1, weeks=base, gap=gap, ratio=float(p["min_ratio"]))
    test = window_test(x1, n1, x0, n0, result.dispersion)
    score, bar = rule(result, test.probability, rate)
    says = might & (score > bar) & (test.low > 1)
    signals = []
    for i in np.flatnonzero(says).tolist():
        mine: Ints = kept[start[i] : stop[i]]
        substance, place, kind = columns.named(int(series[i]))
        proof = evidence(columns, mine)
        last = int(end[i])
        low = date.fromordinal(max(last - 7 * span + 1, 1))
        signals.append(
            Signal(
                method=method.name,
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(int(first[i])), max(date.fromordinal(last), proof.first_seen)),
                observed=int(x1[i]),
                evidence=proof.refs,
                parameters=p,
                tested=int(n1[i]),
                baseline=Window(low, date.fromordinal(last - 7 * (window + gap))),
                baseline_positives=int(x0[i]),
                baseline_tested=int(n0[i]),
                expected=float(test.expected[i]),
                probability=float(test.probability[i]),
                effect=(float(test.ratio[i]), float(test.low[i]), float(test.high[i])),
                smallest=_smallest(rule, w, i, result, p, x1, n1, x0, n0, bar),
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=(
                    method.name,
                    *proof.labels,
                    "new in place" if x0[i] == 0 else "rising",
                    *maturity(columns, int(columns.stratum(series[i : i + 1])[0]), int(first[i]), last),
                ),
            )
        )
    return tuple(signals)


def _smallest(
    rule: Rule,
    w: Weekly,
    i: int,
    result: EmergenceResult,
    p: Parameters,
    x1: Floats,
    n1: Floats,
    x0: Floats,
    n0: Floats,
    bar: Floats,
) -> int | None:
    """Fewest positives in the window that would also have signalled, had the newest ones been missing."""
    least = int(p["min_positives"])
    if rule is _by_window:
        rho = float(result.dispersion[i])
        return smallest_count(int(n1[i]), int(x0[i]), int(n0[i]), rho, float(np.exp(-bar[i])), least)
    window = int(p["window_weeks"])
    observed = int(x1[i])
    tries = np.arange(min(least, observed), observed)
    if not tries.size:
        return observed
    tries = tries[-64:]
    y = np.repeat(w.y[i : i + 1], tries.size, axis=0)
    for row, count in enumerate(tries):
        drop = observed - int(count)
        for week in range(1, window + 1):
            less = min(drop, int(y[row, -week]))
            y[row, -week] -= less
            drop -= less
    n = np.repeat(w.n[i : i + 1], tries.size, axis=0)
    alone = np.zeros(7)
    alone[int(np.argmin(np.abs(DISPERSIONS - result.dispersion[i])))] = 1
    again = emergence(
        y, n, watch=1, weeks=int(p["baseline_weeks"]), gap=int(p["gap_weeks"]), ratio=float(p["min_ratio"]), prior=alone
    )
    enough = again.score[:, -1] > bar[i]
    first = np.flatnonzero(enough)
    return int(tries[first[0]]) if first.size else observed


def emerging(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) whose odds of an emergence at some unknown onset pass the threshold.

    Weeks are counted by event date among what is known today and end where results have come in, so that positives and
    tests are equally incomplete and their share is not distorted by lag (Salmon et al. 2015 treat counts, where it
    is). The threshold follows from `false_per_month` and the number of series that share it in the place. The window's
    counts, p-value and ratio go with the signal; ratio and least counts must be met as well. Raises ValueError for
    parameters out of bounds.
    """
    return _run(EMERGENCE, _by_onset, history, parameters, substances, places)


def prevalent(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """As `emerging`, by the one-window beta-binomial test alone: simpler to explain, slower to find."""
    return _run(PREVALENCE, _by_window, history, parameters, substances, places)


def series_tested(
    history: History, given: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Mapping[str, int]:
    """Substance → number of (place, kind) in which it was asked about: enough recent and earlier tests to say anything.

    A substance that was never found was asked about as well; to count only those that were would let chance choose.
    Raises ValueError for parameters out of bounds.
    """
    p = completed(EMERGENCE, given)
    columns = Columns.of(history, substances, places)
    window, base, gap = int(p["window_weeks"]), int(p["baseline_weeks"]), int(p["gap_weeks"])
    stratum = np.arange(columns.strata, dtype=np.int64)
    end = ends(columns)
    recent = columns.tests.count(stratum, end - 7 * window + 1, np.full_like(end, history.today.toordinal()))
    earlier = columns.tests.count(stratum, end - 7 * (window + gap + base) + 1, end - 7 * (window + gap))
    usable = int(((recent >= int(p["min_tested"])) & (earlier >= int(p["min_earlier"]))).sum())
    return dict.fromkeys(sorted(substances), usable)


EMERGENCE = Method(
    "emergence",
    VERSION,
    "Has it become clearly more common, from any week on?",
    PARAMETERS,
    emerging,
    series_tested,
)
PREVALENCE = Method(
    "prevalence", VERSION, "Are more of the recent samples positive than before?", PARAMETERS, prevalent, series_tested
)
