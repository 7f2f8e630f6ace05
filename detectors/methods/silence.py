"""Silence: has a place or a source from which results used to come fallen silent?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from detectors.history import History
from detectors.methods.rows import Ints
from detectors.methods.zones import holds
from detectors.registry import Method, Parameter, completed
from detectors.sample import SampleKind
from detectors.signal import Parameters, Signal, Window

Floats = NDArray[np.float64]
VERSION = "1"

PARAMETERS = (
    Parameter("baseline_days", 365, "days", "The time before its last result, which tells its habit.", 60, 1825),
    Parameter("min_reports", 8, "days", "Days with results in that time; below this nothing is expected.", 3, 1000),
    Parameter(
        "false_per_year", 0.1, "", "False alarms that you can live with, per place (or source) and year.", 0.001, 12
    ),
    Parameter("least_days", 7, "days", "No silence shorter than this is told.", 1, 365),
    Parameter("longest_days", 365, "days", "A silence longer than this is known by now.", 7, 3650),
)  # fmt: skip
PRIOR_GAPS = 4.0
"""Weight, in gaps, of the belief that results come at random (a shape of 1) against what a source's own gaps show."""
LARGEST_SHAPE = 25.0
"""A source that has been as regular as a clock may still be a fifth of its gap late."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How surprising the present wait for a result is. All (series,).

    p: chance of so long a wait, or a longer one, if the source reports as it did; NaN below 2 gaps. mean, longest: days
    between two reports before. shape: regularity of the gaps (1 at random, large for a clock). gaps: how many.
    """

    p: Floats
    mean: Floats
    longest: Floats
    shape: Floats
    gaps: Ints


def wait(reports: ArrayLike, since: ArrayLike) -> Wait:
    """The chance of so long a wait, for each series of days on which results came.

    reports: (series, days) True or a count where results came in, oldest day first; the last report ends the baseline.
    since: (series,) days that have gone by since the last report. Gaps are taken as a gamma renewal process (Cox 1962)
    of shape k: with m gaps that sum to T, the next gap w obeys w/(w + T) ~ Beta(k, m·k) (the predictive distribution
    for an unknown rate), so that p = 1 − I(w/(w + T); k, m·k). k is the inverse squared coefficient of variation of
    the gaps, limited to LARGEST_SHAPE, drawn towards 1 with the weight of PRIOR_GAPS gaps, and then lowered by one
    standard error of its logarithm, √(2/m). Missing counts (NaN) are no report.
    Raises ValueError for shapes that do not fit.
    """
    came = np.nan_to_num(np.atleast_2d(np.asarray(reports, dtype=np.float64))) > 0
    waited = np.asarray(since, dtype=np.float64).reshape(-1)
    if came.ndim != 2 or waited.size != came.shape[0]:
        raise ValueError(f"{came.shape[0]} series of reports need as many waits, not {waited.size}")
    many = came.sum(axis=1)
    gaps = np.maximum(many - 1, 0)
    day = np.arange(came.shape[1], dtype=np.float64)
    if not came.shape[1]:
        nothing = np.full(waited.size, np.nan)
        return Wait(nothing, nothing, nothing, np.ones(waited.size), gaps.astype(np.int64))
    latest = np.maximum.accumulate(np.where(came, day, -1.0), axis=1)
    before = np.concatenate([np.full((came.shape[0], 1), -1.0), latest[:, :-1]], axis=1)
    gap = np.where(came & (before >= 0), day - before, 0.0)
    total = gap.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(gaps > 0, total / gaps, np.nan)
        spread = np.where(came & (before >= 0), np.square(gap - mean[:, None]), 0.0).sum(axis=1) / np.maximum(
            gaps - 1, 1
        )
        own = np.minimum(np.where(spread > 0, np.square(mean) / spread, LARGEST_SHAPE), LARGEST_SHAPE)
        drawn = (gaps * own + PRIOR_GAPS) / (gaps + PRIOR_GAPS)
        # The least regular habit that the gaps leave plausible: a shape guessed too high would cry wolf.
        shape = np.where(gaps >= 2, drawn * np.exp(-np.sqrt(2 / np.maximum(gaps, 1))), 1.0)
        part = np.maximum(waited, 0) / (np.maximum(waited, 0) + total)
        p = np.where(gaps >= 2, 1.0 - betainc(shape, gaps * shape, np.where(gaps >= 2, part, 0.0)), np.nan)
    longest = np.where(gaps > 0, gap.max(axis=1), np.nan)
    return Wait(p, mean, longest, shape, gaps.astype(np.int64))


def silence(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (place, kind), or per source within them, from which results used to come and come no more.

    It is about no substance: `substance` is "". Days are those on which results became known. A series is expected if
    results came on at least `min_reports` days in the `baseline_days` that end with the last one; it is silent if the
    wait since then is longer than every gap in that time, at least `least_days`, and so rare (see `wait`) that a source
    like it would give `false_per_year` such waits a year. Where several sources report from a place each is judged as
    well, and named in a label; where the whole place is silent its sources are not told one by one.
    `observed` is 0 and `expected` the reports that so long a time would have brought; `evidence` are the last results.
    Nothing is said where no substance is asked for. Raises ValueError for parameters out of bounds.
    """
    p = completed(SILENCE, parameters)
    if not substances or not places or not history.samples:
        return ()
    today, span = history.today.toordinal(), int(p["baseline_days"])
    kinds = tuple(sorted(history.kinds[i] for i in np.unique(history.kind).tolist()))
    stratum, row = _spread(history, kinds, places)
    if not row.size:
        return ()
    known = history.known.astype(np.int64)[row]
    feeds = sorted({s.feed for s in history.samples})
    number_of = {name: i for i, name in enumerate(feeds)}
    feed_of = np.fromiter((number_of[s.feed] for s in history.samples), np.int64, len(history.samples))
    strata, feed = len(places) * len(kinds), feed_of[row]
    sources = np.bincount(np.unique(stratum * len(feeds) + feed) // len(feeds), minlength=strata)
    several = sources[stratum] > 1
    # Series 0 … strata − 1 are whole places; each source of a place that has several follows.
    series = np.concatenate([stratum, strata + (stratum * len(feeds) + feed)[several]])
    when = np.concatenate([known, known[several]])
    row = np.concatenate([row, row[several]])
    numbers, index = np.unique(series, return_inverse=True)
    last = np.zeros(numbers.size, dtype=np.int64)
    np.maximum.at(last, index, when)
    reports = np.zeros((numbers.size, span + 1), dtype=bool)
    inside = when >= last[index] - span
    reports[index[inside], (when - last[index] + span)[inside]] = True
    waited = today - last
    judged = wait(reports, waited)
    with np.errstate(invalid="ignore"):
        often = 365.0 / judged.mean
        silent = (
            (reports.sum(axis=1) >= int(p["min_reports"]))
            & (waited > judged.longest)
            & (waited >= int(p["least_days"]))
            & (waited <= int(p["longest_days"]))
            & (judged.p <= float(p["false_per_year"]) / often)
        )
    quiet_places = set(numbers[silent & (numbers < strata)].tolist())
    signals = []
    for i in np.flatnonzero(silent).tolist():
        number = int(numbers[i])
        source = ""
        if number >= strata:
            number, f = divmod(number - strata, len(feeds))
            if number in quiet_places:
                continue
            source = feeds[f]
        place, kind = divmod(number, len(kinds))
        newest = np.unique(row[(index == i) & (when == last[i])])
        ended = date.fromordinal(int(last[i]))
        labels = [
            "silence",
            f"source: {source}" if source else "the whole place",
            f"results on {int(reports[i].sum())} days of the {span} before, at most {judged.longest[i]:.0f} days apart",
        ]
        signals.append(
            Signal(
                method="silence",
                version=VERSION,
                substance="",
                place=places[place],
                kind=kinds[kind],
                on=history.today,
                window=Window(date.fromordinal(int(last[i]) + 1), history.today),
                observed=0,
                evidence=tuple(sorted(history.samples[k].ref for k in newest)),
                parameters=p,
                baseline=Window(date.fromordinal(int(last[i]) - span), ended),
                expected=float(waited[i] / judged.mean[i]),
                probability=float(judged.p[i]),
                last_seen=ended,
                labels=tuple(labels),
            )
        )
    return tuple(signals)


def _spread(history: History, kinds: tuple[str, ...], places: tuple[str, ...]) -> tuple[Ints, Ints]:
    """(stratum, sample) of every result, once for each place asked for that it lies in. Any test counts, also a strip:
    the question is who reports. Who writes notices does so when there is something to write."""
    to = np.array([kinds.index(k) if k in kinds else -1 for k in history.kinds], dtype=np.int64)
    kind = to[history.kind]
    tested = np.array([k != SampleKind.NOTICE for k in history.kinds], dtype=bool)[history.kind]
    strata, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for a, asked in enumerate(places):
        inside = np.array([c == asked or holds(asked, c) for c in history.places], dtype=bool)[history.place]
        mine = np.flatnonzero(inside & tested)
        strata.append(a * len(kinds) + kind[mine])
        rows.append(mine)
    return np.concatenate(strata), np.concatenate(rows)


SILENCE = Method(
    "silence", VERSION, "Has a place or source that used to report fallen silent?", PARAMETERS, silence, for_staff=True
)
