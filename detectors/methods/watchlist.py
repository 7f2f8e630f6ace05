"""Watchlist: has a substance that nobody should have to meet twice been found, even once?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.evidence import evidence
from detectors.methods.rows import Rows
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal, Window

VERSION = "1"

PARAMETERS = (
    Parameter(
        "quiet_days", 30, "days", "Alert again only after this many days without such a finding in the place.", 0, 3650
    ),
    Parameter(
        "min_earlier",
        0,
        "samples",
        "Tests needed in that quiet time: where hardly anything was tested, nothing can be called the first.",
        0,
        100000,
    ),
    Parameter("fresh_days", 7, "days", "A result is news for this many days after it became known.", 1, 60),
    Parameter(
        "max_age_days", 180, "days", "A sample taken longer ago than this is old news and does not alert.", 1, 3650
    ),
    Parameter(
        "confirmed_only",
        True,
        "",
        "Wait for a laboratory: leave out results by test strip, infrared, Raman, reagent or immunoassay alone.",
    ),
    Parameter("count_traces", False, "", "Count findings reported as trace only."),
)


def watchlist(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) with a fresh finding after a quiet time.

    A finding counts if it is not trace only (unless `count_traces`), was confirmed (if asked), and was at most
    `max_age_days` old when it became known. It is fresh if it became known in the `fresh_days` ending today. The time
    before was quiet if no counted finding became known, and none was collected, in the `quiet_days` before the first
    of the fresh ones: by knowledge, so that a slow laboratory does not re-arm the list between two batches; by
    collection too, so that reading in years of history does not announce what has long been everywhere. With
    `min_earlier` it must also have held that many tests, and the signal tells them as its baseline: a quiet time of
    five years with enough tests makes a single finding the first of its kind in the place.
    The window and `tested` are by the day results became known: the list answers to news.
    Raises ValueError for parameters out of bounds.
    """
    p = completed(WATCHLIST, parameters)
    quiet, fresh_days, max_age = int(p["quiet_days"]), int(p["fresh_days"]), int(p["max_age_days"])
    least = Confirmation.UNSTATED if p["confirmed_only"] else Confirmation.STRIP
    columns = Columns.of(history, substances, places, least)
    today = history.today.toordinal()
    known = history.known.astype(np.int64)
    found = columns.findings
    counted = known[found.sample] - found.day <= max_age
    if not p["count_traces"]:
        counted &= ~columns.trace
    counted &= columns.confirmation[found.sample] >= least
    fresh = counted & (known[found.sample] > today - fresh_days) & (found.day >= today - max_age) & (found.day <= today)
    if not fresh.any():
        return ()
    rows = np.flatnonzero(fresh)
    series, starts = np.unique(found.series[rows], return_index=True)
    first_event = np.minimum.reduceat(found.day[rows], starts)
    first_known = np.minimum.reduceat(known[found.sample[rows]], starts)
    by_known = Rows.of(found.series[counted], known[found.sample[counted]], found.sample[counted])
    recent = by_known.count(series, first_known - quiet, first_known - 1)
    by_event = found.take(~columns.trace if not p["count_traces"] else np.ones_like(counted))
    recent += by_event.count(series, first_event - quiet, first_event - 1)
    tested = columns.tested_by(known).count(
        series, np.full_like(series, today - fresh_days + 1), np.full_like(series, today)
    )
    ends = np.append(starts[1:], rows.size)
    enough = int(p["min_earlier"])
    tested_before = columns.tested.count(series, first_event - quiet, first_event - 1)
    signals = []
    for i in np.flatnonzero((recent == 0) & (tested_before >= enough)):
        mine = rows[starts[i] : ends[i]]
        substance, place, kind = columns.named(int(series[i]))
        proof = evidence(columns, mine)
        earlier = found.start(series[i : i + 1], np.zeros(1, np.int64))[0] < mine[0]
        signals.append(
            Signal(
                method="watchlist",
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(today - fresh_days + 1), history.today),
                observed=int(mine.size),
                evidence=proof.refs,
                parameters=p,
                tested=max(int(tested[i]), int(mine.size)),
                baseline=_span(int(first_event[i]), quiet) if enough else None,
                baseline_positives=0 if enough else None,
                baseline_tested=int(tested_before[i]) if enough else None,
                expected=0.0 if enough else None,
                smallest=1,
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=("watchlist", *proof.labels, "seen before in place" if earlier else "first in place"),
            )
        )
    return tuple(signals)


def _span(first: int, quiet: int) -> Window:
    """The quiet time before a finding (ordinal of its date)."""
    return Window(date.fromordinal(max(first - quiet, 1)), date.fromordinal(first - 1))


WATCHLIST = Method("watchlist", VERSION, "Was a substance on the list found here, even once?", PARAMETERS, watchlist)
