"""Novelty: has something appeared here that was not here in the year before?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.evidence import evidence
from detectors.methods.prevalence import smallest_count, window_test
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal, Window

VERSION = "2"

PARAMETERS = (
    Parameter("findings", 3, "samples", "How many samples must contain it.", 1, 100),
    Parameter("days", 90, "days", "Within how many days those samples were taken.", 1, 730),
    Parameter("strays", 1, "samples", "How many earlier samples may contain it and it still counts as new.", 0, 100),
    Parameter("earlier_days", 365, "days", "How far back it must have been (nearly) absent.", 30, 3650),
    Parameter(
        "min_earlier",
        30,
        "samples",
        "Tests needed in that earlier time to call anything new: a new site's first week is not twenty novelties.",
        0,
        100000,
    ),
    Parameter("fresh_days", 7, "days", "A result is news for this many days after it became known.", 1, 60),
    Parameter(
        "max_age_days", 180, "days", "A sample taken longer ago than this is old news and does not alert.", 1, 3650
    ),
    Parameter("confirmed_only", True, "", "Leave out results by test strip, infrared, Raman or reagent alone."),
    Parameter("count_traces", False, "", "Count findings reported as trace only."),
    Parameter(
        "max_chance",
        0.1,
        "share",
        "Say nothing where chance alone, by the share before, would give so many findings this often; 1: always say.",
        0.0001,
        1,
    ),
)
RHO = 0.02
"""How alike samples of one batch are, in what chance alone would give."""


def novelty(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) that has newly appeared.

    All windows are of event dates, among what is known today; so a constant reporting lag moves a signal by that lag
    and changes nothing else. A window of `days` ends at a finding's date. It signals if it holds at least `findings`
    samples with the substance, at least one of them fresh (known in the `fresh_days` ending today), if its end is at
    most `max_age_days` ago, if the `earlier_days` before it hold at most `strays`, and if at least `min_earlier`
    samples were tested in those; and if chance alone, at the earlier share (x₀ + ½)/(n₀ + 1), would give so many among
    so many tests in at most `max_chance` (`prevalence.window_test`): three among four times as many tests are no news
    after one among few. Of several windows the latest is reported. `substances` is the class filter: ordinary medicines
    make most false novelties, so they are not asked for.
    Raises ValueError for parameters out of bounds.
    """
    p = completed(NOVELTY, parameters)
    k, days, strays, earlier = int(p["findings"]), int(p["days"]), int(p["strays"]), int(p["earlier_days"])
    least = Confirmation.UNSTATED if p["confirmed_only"] else Confirmation.STRIP
    columns = Columns.of(history, substances, places, least)
    today = history.today.toordinal()
    known = history.known.astype(np.int64)
    keep = columns.findings.day <= today
    if not p["count_traces"]:
        keep &= ~columns.trace
    keep &= columns.confirmation[columns.findings.sample] >= least
    kept = np.flatnonzero(keep)
    found = columns.findings.take(keep)
    if not kept.size:
        return ()
    fresh = (known[found.sample] > today - int(p["fresh_days"])).astype(np.int64)
    upto = np.append(0, np.cumsum(fresh))
    ends = np.flatnonzero(found.day >= today - int(p["max_age_days"]))
    series, end = found.series[ends], found.day[ends]
    first = end - days + 1
    start, stop = found.start(series, first), found.start(series, end + 1)
    before = found.count(series, first - earlier, first - 1)
    holds = (stop - start >= k) & (upto[stop] - upto[start] >= 1) & (before <= strays)
    ends, series, first, end, start, stop, before = (a[holds] for a in (ends, series, first, end, start, stop, before))
    tested_before = columns.tested.count(series, first - earlier, first - 1)
    enough = tested_before >= int(p["min_earlier"])
    tested = np.maximum(columns.tested.count(series, first, end), stop - start)
    chance = window_test(stop - start, tested, before, np.maximum(tested_before, before), RHO).probability
    # Of nothing tested before nothing follows: then the count alone decides.
    enough &= (chance <= float(p["max_chance"])) | (tested_before == 0)
    last = np.zeros(series.size, dtype=bool)
    index = np.flatnonzero(enough)
    if index.size:
        last[index[np.append(series[index][1:] != series[index][:-1], True)]] = True
    signals = []
    for i in np.flatnonzero(last):
        mine = kept[start[i] : stop[i]]
        substance, place, kind = columns.named(int(series[i]))
        proof = evidence(columns, mine)
        n1, n0, x0 = int(tested[i]), int(tested_before[i]), int(before[i])
        long_ago = found.start(series[i : i + 1], np.zeros(1, np.int64))[0]
        seen_long_ago = found.count(series[i : i + 1], np.zeros(1, np.int64), first[i : i + 1] - earlier - 1)[0] > 0
        newness = "returned" if seen_long_ago else ("first in place" if long_ago == start[i] else "new in place")
        signals.append(
            Signal(
                method="novelty",
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(int(first[i])), date.fromordinal(int(end[i]))),
                observed=int(mine.size),
                evidence=proof.refs,
                parameters=p,
                tested=n1,
                baseline=Window(date.fromordinal(int(first[i]) - earlier), date.fromordinal(int(first[i]) - 1)),
                baseline_positives=x0,
                baseline_tested=n0,
                expected=(x0 / n0 * n1) if n0 else None,
                smallest=(smallest_count(n1, x0, n0, RHO, float(p["max_chance"]), k) or k) if n0 else k,
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=("novelty", *proof.labels, newness),
            )
        )
    return tuple(signals)


NOVELTY = Method("novelty", VERSION, "Has something appeared here that was not here before?", PARAMETERS, novelty)
