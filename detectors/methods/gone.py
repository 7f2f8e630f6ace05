"""Gone: is a substance that was here no longer found, and how sure is that?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaln

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.evidence import evidence
from detectors.methods.weekly import maturity
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal, Window

Floats = NDArray[np.float64]
VERSION = "1"

PARAMETERS = (
    Parameter("min_before", 5, "samples", "Samples that must have held it in the time before it went.", 2, 100000),
    Parameter("before_days", 365, "days", "How long that time is; it ends with the last finding.", 30, 3650),
    Parameter("absent_days", 90, "days", "How long it must not have been found, traces and strips included.", 14, 3650),
    Parameter("min_tests", 30, "samples", "Fewest tests since then that could have shown it.", 1, 100000),
    Parameter("alpha", 0.01, "share", "Chance of so many blank tests if it were still as common as before.", 1e-6, 0.2),
    Parameter("rho", 0.02, "share", "How alike samples of one week are: several come from one batch.", 0, 0.2),
    Parameter("longest_days", 730, "days", "An absence longer than this is known by now.", 30, 3650),
)  # fmt: skip
POINTS = 64
"""Equally likely values of the earlier prevalence over which the chance is averaged."""
CONFIDENCE = 0.95


def blank(weekly_tests: ArrayLike, prevalence: ArrayLike, rho: float = 0.02) -> Floats:
    """log P(no positive in any week) at a prevalence, where the samples of a week resemble one another.

    weekly_tests: (…, weeks) samples tested; prevalence: broadcasts against (…). Each week is beta-binomial with the
    intra-week correlation `rho`, S = 1/rho − 1: P(0 of n) = Γ(b + n) Γ(S) / (Γ(b) Γ(S + n)) with b = (1 − π)·S;
    (1 − π)ⁿ where rho is 0. Numbers below 0 and missing ones count as 0 tests. Source: Skellam 1948.
    """
    n = np.maximum(np.nan_to_num(np.asarray(weekly_tests, dtype=np.float64)), 0.0)
    share = np.clip(np.asarray(prevalence, dtype=np.float64), 0.0, 1.0)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        if rho <= 0:
            each = np.where(n > 0, n * np.log1p(-share), 0.0)
        else:
            s = 1 / rho - 1
            b = (1 - share) * s
            each = gammaln(b + n) - gammaln(b) - (gammaln(s + n) - gammaln(s))
            each = np.where(n > 0, np.where(b > 0, each, -np.inf), 0.0)
    return np.asarray(each.sum(axis=-1), dtype=np.float64)


def bound(weekly_tests: ArrayLike, rho: float = 0.02, confidence: float = CONFIDENCE) -> Floats:
    """Highest prevalence that so many blank tests leave possible: (…,) shares; 1 without tests.

    weekly_tests: (…, weeks). The π at which P(no positive) is 1 − confidence, by 60 bisections; with rho 0 it is
    1 − (1 − confidence)^(1/n), the exact binomial limit for 0 of n (Hanley & Lippman-Hand 1983: about 3/n).
    """
    n = np.atleast_1d(np.asarray(weekly_tests, dtype=np.float64))
    low, high = np.zeros(n.shape[:-1]), np.ones(n.shape[:-1])
    level = np.log(1 - confidence)
    for _ in range(60):
        middle = (low + high) / 2
        more = blank(n, middle, rho) > level
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.where(np.maximum(np.nan_to_num(n), 0).sum(axis=-1) > 0, high, 1.0)


def vanished(x0: ArrayLike, n0: ArrayLike, weekly_tests: ArrayLike, rho: float = 0.02) -> Floats:
    """Chance of no positive in any of the weeks if the prevalence had stayed what it was: (series,).

    x0, n0: (series,) positives among tests before; x0 above n0 is taken as n0. weekly_tests: (series, weeks) tests
    since. The earlier prevalence is Beta(x0 + ½, n0 − x0 + ½) (Jeffreys 1946), with its precision capped at 1/rho − 1
    as in `prevalence.window_test`; the chance is averaged over POINTS equally likely values of it.
    """
    x, n = np.atleast_1d(np.asarray(x0, np.float64)), np.atleast_1d(np.asarray(n0, np.float64))
    x, n = np.maximum(np.nan_to_num(x), 0), np.maximum(np.nan_to_num(n), 0)
    x = np.minimum(x, n)
    a, b = x + 0.5, n - x + 0.5
    scale = np.minimum(1.0, (1 / rho - 1) / (a + b)) if rho > 0 else np.ones_like(a)
    at = (np.arange(POINTS) + 0.5) / POINTS
    share = betaincinv((a * scale)[:, None], (b * scale)[:, None], at[None, :])
    weeks = np.atleast_2d(np.asarray(weekly_tests, np.float64))
    return np.asarray(np.exp(blank(weeks[:, None, :], share, rho)).mean(axis=1), dtype=np.float64)


def gone(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) that was found before and is found no more.

    With the last finding of any sort (trace and strip included) at least `absent_days` ago, `min_before` findings in
    the `before_days` that end with it, and at least `min_tests` tests since that could have shown it, it signals where
    so many blank tests would have at most the chance `alpha` if it were still as common (`vanished`). Tests are counted
    by weeks, because samples of a week share batches. `effect` is the ratio of prevalences now to before: 0, with the
    95 % `bound` as its upper limit; the bound itself stands in a label. It is no all-clear: a label says so, and the
    method is for staff. `evidence` are the findings before. Raises ValueError for parameters out of bounds.
    """
    p = completed(GONE, parameters)
    columns = Columns.of(history, substances, places, Confirmation.SCREENING)
    found, today, rho = columns.findings, history.today.toordinal(), float(p["rho"])
    known = found.day <= today
    found = found.take(known)
    kept = np.flatnonzero(known)
    series, starts = np.unique(found.series, return_index=True)
    stops = np.concatenate([starts[1:], [found.series.size]])[: series.size].astype(np.int64)
    lasts = found.day[stops - 1]
    begins = found.start(series, lasts - int(p["before_days"]) + 1)
    absent = today - lasts
    tested = columns.tested.count(series, lasts + 1, np.full_like(lasts, today))
    could = (absent >= int(p["absent_days"])) & (absent <= int(p["longest_days"]))
    could &= (stops - begins >= int(p["min_before"])) & (tested >= int(p["min_tests"]))
    signals = []
    for i in np.flatnonzero(could).tolist():
        last, start, stop = int(lasts[i]), int(begins[i]), int(stops[i])
        substance, place, kind = columns.named(int(series[i]))
        stratum = int(columns.stratum(series[i : i + 1])[0])
        first = last - int(p["before_days"]) + 1
        x0, n1 = stop - start, int(tested[i])
        n0 = max(int(columns.tested.count(*(np.array([v]) for v in (series[i], first, last)))[0]), x0)
        edges = np.append(np.arange(last + 1, today + 1, 7), today + 1)
        weekly = np.diff(columns.tested.start(np.full_like(edges, series[i]), edges)).astype(np.float64)
        chance = float(vanished([x0], [n0], weekly[None, :], rho)[0])
        if chance > float(p["alpha"]):
            continue
        most = float(bound(weekly, rho))
        proof = evidence(columns, kept[start:stop])
        signals.append(
            Signal(
                method="gone",
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(last + 1), history.today),
                observed=0,
                evidence=proof.refs,
                parameters=p,
                tested=n1,
                baseline=Window(date.fromordinal(first), date.fromordinal(last)),
                baseline_positives=x0,
                baseline_tested=n0,
                expected=x0 / n0 * n1,
                probability=chance,
                effect=(0.0, 0.0, most / (x0 / n0)),
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=(
                    "gone", *proof.labels[:1], f"at most {100 * most:.2g} % of samples now",
                    *maturity(columns, stratum, last + 1, today), "not an all-clear",
                ),
            )
        )  # fmt: skip
    return tuple(signals)


GONE = Method(
    "gone", VERSION, "Is a substance that was here no longer found, and how sure is that?", PARAMETERS, gone,
    for_staff=True,
)  # fmt: skip
