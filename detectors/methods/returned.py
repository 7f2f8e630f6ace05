"""Returned: is something back that was here and had gone?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.evidence import evidence
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal, Window

VERSION = "1"

PARAMETERS = (
    Parameter("findings", 2, "samples", "How many samples must contain it again.", 1, 100),
    Parameter("days", 90, "days", "Within how many days those samples were taken.", 1, 730),
    Parameter("absent_days", 365, "days", "How long it must not have been found.", 30, 3650),
    Parameter("min_absent_tests", 30, "samples", "Tests needed in that time to believe that it was gone.", 1, 100000),
    Parameter("min_before", 3, "samples", "How many samples must have contained it before it went.", 1, 100000),
    Parameter("fresh_days", 7, "days", "A result is news for this many days after it became known.", 1, 60),
    Parameter(
        "max_age_days", 180, "days", "A sample taken longer ago than this is old news and does not alert.", 1, 3650
    ),
    Parameter("confirmed_only", True, "", "Leave out results by test strip, infrared, Raman or reagent alone."),
    Parameter("count_traces", False, "", "Count findings reported as trace only."),
)


def returned(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) that is found again after a long, well-watched absence.

    The window of `days` begins at a finding before which there was none for `absent_days`, and holds at least
    `findings`; at least one is fresh. All windows are of event dates among what is known today.
    Raises ValueError for parameters out of bounds.
    """
    p = completed(RETURNED, parameters)
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
    fresh = np.append(0, np.cumsum(known[found.sample] > today - int(p["fresh_days"])))
    absent = int(p["absent_days"])
    starts = np.flatnonzero(found.day >= today - int(p["max_age_days"]))
    series, first = found.series[starts], found.day[starts]
    last = np.minimum(first + int(p["days"]) - 1, today)
    start, stop = found.start(series, first), found.start(series, last + 1)
    gone = found.count(series, first - absent, first - 1) == 0
    before = found.count(series, np.zeros_like(first), first - absent - 1)
    watched = columns.tested.count(series, first - absent, first - 1)
    says = (
        gone
        & (start == starts)
        & (stop - start >= int(p["findings"]))
        & (fresh[stop] > fresh[start])
        & (before >= int(p["min_before"]))
        & (watched >= int(p["min_absent_tests"]))
    )
    tested = columns.tested.count(series, first, last)
    signals = []
    for i in np.flatnonzero(says):
        mine = kept[start[i] : stop[i]]
        substance, place, kind = columns.named(int(series[i]))
        proof = evidence(columns, mine)
        begin = int(first[i])
        signals.append(
            Signal(
                method="returned",
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(begin), date.fromordinal(int(last[i]))),
                observed=int(mine.size),
                evidence=proof.refs,
                parameters=p,
                tested=max(int(tested[i]), int(mine.size)),
                baseline=Window(date.fromordinal(begin - absent), date.fromordinal(begin - 1)),
                baseline_positives=0,
                baseline_tested=int(watched[i]),
                expected=0.0,
                smallest=int(p["findings"]),
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=("returned", *proof.labels),
            )
        )
    return tuple(signals)


RETURNED = Method("returned", VERSION, "Is something back that had gone?", PARAMETERS, returned)
