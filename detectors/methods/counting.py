"""Counts: is this week's number of findings above what a classic rule of outbreak detection allows?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr, ndtri

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.ears import ears
from detectors.methods.evidence import evidence
from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_settings import Farrington
from detectors.methods.michigan import moving_mean
from detectors.methods.weekly import Floats, completeness_by_week, corrected, ends, weekly
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, ParameterValue, Signal, Window

VERSION = "2"

PARAMETERS = (
    Parameter(
        "algorithm",
        "ears-c2",
        "",
        "Which rule: ears-c1, ears-c2, ears-c3, michigan (four-week mean and three standard deviations) or farrington.",
    ),
    Parameter(
        "alpha", 0.001, "share", "One-sided chance of an alarm in a quiet week, by EARS or Farrington.", 1e-6, 0.2
    ),
    Parameter("deviations", 3.0, "", "Standard deviations above the mean, by michigan.", 0.5, 10),
    Parameter("min_sigma", 0.5, "samples", "Least standard deviation believed, by EARS and michigan.", 0, 100),
    Parameter("years", 3, "years", "Past years that Farrington compares with.", 1, 10),
    Parameter("volume", True, "", "Allow for the number of samples tested, by Farrington."),
    Parameter("min_count", 3, "samples", "Fewest findings in the week.", 1, 1000),
    Parameter("fresh_days", 7, "days", "Speak only when a result of the week became known this lately.", 1, 60),
    Parameter("count_traces", False, "", "Count findings reported as trace only."),
)


@dataclass(frozen=True, slots=True)
class _Limit:
    """Of the last week of each series, of what is known of it: upper and expected count, alarm, and p."""

    upper: Floats
    expected: Floats
    alarm: NDArray[np.bool_]
    p: Floats


Rule = Callable[[Floats, Floats, Floats, dict[str, ParameterValue]], _Limit]
"""(findings known, tests known, part of the results known, parameters) → limit; all (series, weeks)."""


def _thinned(y: Floats, c: Floats, mean: Floats, upper: Floats, reach: float) -> _Limit:
    """A limit of mean + reach · sd for the complete week, as one for the part c of it that is known.

    Each result is in with chance c, so that a count of mean m and variance s² becomes one of mean c·m and variance
    c²·s² + c·(1 − c)·m (the law of total variance).
    """
    sd = (upper - mean) / reach
    spread = np.sqrt(c * c * sd * sd + c * (1 - c) * np.maximum(mean, 0))
    limit = np.where(c >= 1, upper, c * mean + reach * spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = ndtr(-(y - c * mean) / spread)
    return _Limit(limit, c * mean, y > limit, p)


def _ears(kind: str) -> Rule:
    def limit(y: Floats, n: Floats, c: Floats, p: dict[str, ParameterValue]) -> _Limit:
        whole = y / c
        alpha = float(p["alpha"])
        found = ears(whole, kind, min_sigma=float(p["min_sigma"]), alpha=alpha)  # type: ignore[arg-type]
        guard = 0 if kind == "C1" else 2
        mean = whole[:, -8 - guard : y.shape[1] - 1 - guard].mean(axis=1)
        upper, last = found.upper[:, -1], c[:, -1]
        if kind == "C3":  # its limit depends on the weeks before it and is no mean and deviation
            return _Limit(last * upper, last * mean, y[:, -1] > last * upper, np.full(y.shape[0], np.nan))
        return _thinned(y[:, -1], last, mean, upper, float(-ndtri(alpha)))

    return limit


def _michigan(y: Floats, n: Floats, c: Floats, p: dict[str, ParameterValue]) -> _Limit:
    reach = float(p["deviations"])
    found = moving_mean(y / c, deviations=reach, min_sigma=float(p["min_sigma"]))
    return _thinned(y[:, -1], c[:, -1], found.expected[:, -1], found.upper[:, -1], reach)


def _farrington(y: Floats, n: Floats, c: Floats, p: dict[str, ParameterValue]) -> _Limit:
    chosen = Farrington(b=int(p["years"]), alpha=float(p["alpha"]))
    # The samples known are as incomplete as the findings among them; without them the part that is known stands in.
    found = farrington_flexible(y, chosen, population=n if p["volume"] else c, start=y.shape[1] - 1)
    return _Limit(found.upper[:, -1], found.expected[:, -1], found.alarm[:, -1], found.p[:, -1])


ALGORITHMS: dict[str, Rule] = {
    "ears-c1": _ears("C1"),
    "ears-c2": _ears("C2"),
    "ears-c3": _ears("C3"),
    "michigan": _michigan,
    "farrington": _farrington,
}


def counts(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) whose last week's count is above the rule's limit.

    Weeks are of event dates and end where half of the results of their last day have come in; the counts of each week
    are corrected for the part that is known by now, as its laboratory usually reports (`completeness_by_week`): the
    baseline is made whole, and the limit of the last week is that of its known part. Findings by strip alone are left
    out. Only Farrington
    allows for the volume tested; with the others more samples look like more of the substance: they are here so that a
    department can see its own rule beside the others. Raises ValueError for parameters out of bounds or an unknown
    algorithm.
    """
    p = completed(COUNTS, parameters)
    rule = ALGORITHMS.get(str(p["algorithm"]))
    if rule is None:
        raise ValueError(f"'algorithm' must be one of {', '.join(ALGORITHMS)}, not '{p['algorithm']}'")
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
    span = 52 * int(p["years"]) + 8 if p["algorithm"] == "farrington" else 16
    stratum = columns.stratum(series)
    end = ends(columns, 0.5)[stratum]
    w = weekly(columns, found, series, end, span, newer=False)
    share = np.maximum(completeness_by_week(columns, stratum, end, span), 0.1)
    limit = rule(w.y, w.n, share, p)
    first = end - 6
    start, stop = found.start(series, first), found.start(series, end + 1)
    news = np.append(0, np.cumsum(fresh))
    says = limit.alarm & (w.y[:, -1] >= float(p["min_count"])) & (news[stop] > news[start])
    signals = []
    for i in np.flatnonzero(says).tolist():
        substance, place, kind = columns.named(int(series[i]))
        proof = evidence(columns, kept[start[i] : stop[i]])
        last = int(end[i])
        signals.append(
            Signal(
                method="counts",
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(int(first[i])), max(date.fromordinal(last), proof.last_seen)),
                observed=int(w.y[i, -1]),
                evidence=proof.refs,
                parameters=p,
                tested=int(w.n[i, -1]),
                baseline=Window(date.fromordinal(max(last - 7 * span + 1, 1)), date.fromordinal(last - 7)),
                baseline_positives=int(w.y[i, :-1].sum()),
                baseline_tested=int(w.n[i, :-1].sum()),
                expected=float(limit.expected[i]),
                probability=None if np.isnan(limit.p[i]) else float(limit.p[i]),
                effect=_ratio(float(w.y[i, -1]), float(limit.expected[i])),
                smallest=max(int(np.floor(limit.upper[i])) + 1, int(p["min_count"])),
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=(
                    "counts",
                    *proof.labels,
                    str(p["algorithm"]),
                    *corrected(float(share[i, -1])),
                ),
            )
        )
    return tuple(signals)


def _ratio(count: float, expected: float) -> tuple[float, float, float] | None:
    """Observed by expected with the exact 95 % Poisson limits of the count (Garwood 1936); None where none is
    expected."""
    if expected <= 0:
        return None
    low, high = gammaincinv(count, 0.025), gammaincinv(count + 1, 0.975)
    return count / expected, float(low) / expected, float(high) / expected


COUNTS = Method("counts", VERSION, "Were more found this week than a classic rule allows?", PARAMETERS, counts)
