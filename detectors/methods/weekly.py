"""Weekly positives and tests per series, ending where results have come in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.methods.columns import Columns
from detectors.methods.rows import Ints, Rows

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weekly:
    """y, n: (series, weeks) positives and samples that could have shown it, oldest week first.

    series: (series,) numbers as in Columns. end: (series,) ordinal of the last day of the last week.
    """

    series: Ints
    y: Floats
    n: Floats
    end: Ints


def ends(columns: Columns, part: float = 0.1) -> Ints:
    """(strata,) the last day worth asking about: today less the lag of the fastest tenth (or `part`) of recent results.

    A laboratory that takes 60 days leaves the last 60 days empty; a window of four weeks ending today would never hold
    anything. Lags are of the results of the last 90 days; where there are none, of the newest result there is.
    """
    today = columns.history.today.toordinal()
    out = np.full(columns.strata, today, dtype=np.int64)
    known = columns.history.known[columns.tests.sample].astype(np.int64)
    lag = np.maximum(known - columns.tests.day, 0)
    recent = known > today - 90
    strata, starts = np.unique(columns.tests.series, return_index=True)
    for stratum, start, stop in zip(strata, starts, np.append(starts[1:], lag.size), strict=True):
        late = lag[start:stop][recent[start:stop]]
        if late.size:
            out[stratum] = today - int(np.quantile(late, part, method="lower"))
        else:
            out[stratum] = min(int(columns.tests.day[stop - 1]), today)
    return out


def weekly(columns: Columns, found: Rows, series: Ints, end: Ints, weeks: int, *, newer: bool = True) -> Weekly:
    """The `weeks` weeks of each series up to its `end` (ordinals). found: the findings that count, sorted.

    newer: the few results newer than the last week's end are counted in it, so that nothing known is left out; a share
    bears that, a count does not.
    """
    edges = end[:, None] + 1 - 7 * np.arange(weeks, -1, -1)
    if newer:
        edges[:, -1] = columns.history.today.toordinal() + 1
    y = np.diff(found.start(np.broadcast_to(series[:, None], edges.shape), edges), axis=1)
    n = np.diff(columns.tested.start(np.broadcast_to(series[:, None], edges.shape), edges), axis=1)
    return Weekly(series, y.astype(np.float64), n.astype(np.float64), end)


MATURE = 0.8
"""Part of the results of a window that must be in, as its laboratory usually reports, for its counts to be told as
they are."""


def completeness(columns: Columns, stratum: int, first: int, last: int) -> float | None:
    """The part of a window's tests that is probably known by today; None where nothing is known of the lag.

    first, last: ordinals of the window. With Fₖ the share of results known within k days, it is the mean of F over the
    window's days (the reporting triangle's column; Lawless 1994).
    """
    lag = _settled_lags(columns, stratum)
    if not lag.size or last < first:
        return None
    return float(_known_within(lag, columns.history.today.toordinal() - np.arange(first, last + 1)).mean())


def completeness_by_week(columns: Columns, stratum: Ints, end: Ints, weeks: int) -> Floats:
    """(series, weeks) the part of each week's tests that is probably known by today, oldest week first.

    stratum, end: (series,) as in `weekly`. 1 where nothing is known of the lag.
    """
    out = np.ones((stratum.size, weeks), dtype=np.float64)
    today = columns.history.today.toordinal()
    for one in np.unique(stratum).tolist():
        lag = _settled_lags(columns, one)
        if lag.size:
            mine = stratum == one
            age = today - (end[mine][:, None] - np.arange(7 * weeks - 1, -1, -1))
            out[mine] = _known_within(lag, age).reshape(-1, weeks, 7).mean(axis=2)
    return out


def _settled_lags(columns: Columns, stratum: int) -> Ints:
    """Sorted lags of the samples taken half a year to eighteen months ago, nearly all of which are known by now; of all
    known ones where these are fewer than 20."""
    today = columns.history.today.toordinal()
    rows = columns.tests
    start, stop = np.searchsorted(rows.series, [stratum, stratum + 1])
    day = rows.day[start:stop]
    lag = np.maximum(columns.history.known[rows.sample[start:stop]].astype(np.int64) - day, 0)
    settled = (day <= today - 180) & (day > today - 545)
    return np.sort(lag[settled] if settled.sum() >= 20 else lag)


def _known_within(lag: Ints, age: Ints) -> Floats:
    return np.searchsorted(lag, age, side="right") / lag.size


def corrected(share: float) -> tuple[str, ...]:
    """A label that says for which part of its results a count was corrected; none where all are in."""
    said = f"{share:.0%}".replace("%", " %")
    return () if said == "100 %" else (f"corrected for lag: {said} of results are in",)


def maturity(columns: Columns, stratum: int, first: int, last: int) -> tuple[str, ...]:
    """A label that says so where the last weeks are immature: ("immature: 45 % of results are in",); else none."""
    share = completeness(columns, stratum, first, last)
    return () if share is None or share >= MATURE else (f"immature: {share:.0%} of results are in".replace("%", " %"),)
