"""Panel: did the laboratory change, rather than the supply?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.evidence import evidence
from detectors.methods.rows import Ints
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal, Window

VERSION = "1"

PARAMETERS = (
    Parameter(
        "within_days", 45, "days", "How soon after its first samples it must be common to look like a panel.", 7, 180
    ),
    Parameter("often", 0.1, "share", "Common means surely (95 %) above this share of samples.", 0.01, 1),
    Parameter("findings", 5, "samples", "Fewest samples with it in that time.", 2, 1000),
    Parameter("absent_days", 180, "days", "How long it must have been (nearly) absent before.", 30, 3650),
    Parameter("strays", 1, "samples", "How many samples may contain it in that time.", 0, 100),
    Parameter("min_earlier", 60, "samples", "Fewest tests in that time.", 10, 100000),
    Parameter("fresh_days", 7, "days", "A result is news for this many days after it became known.", 1, 60),
)


def panel(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place, kind) that went from (almost) never to often at once.

    A supply changes sample by sample; a laboratory changes overnight, and then finds what was there all along. The
    signal says so and does not say that anything spread. It is given while the first `within_days` after the first
    sample (by event date) last; in them at least `findings` samples contain the substance, and their share's lower
    95 % limit (Clopper & Pearson 1934) is above `often`; in the `absent_days` before, at most `strays` among at least
    `min_earlier` tests; and before that the same feed had not found it more often either, in any place, for then it did
    look for it. Labels add what makes it likelier: "new method" where most of the samples were tested in a way
    not used before, "renamed: ID" where another substance went from often to almost never on the same days, as when an
    isomer gets another name. Raises ValueError for parameters out of bounds.
    """
    p = completed(PANEL, parameters)
    within, absent = int(p["within_days"]), int(p["absent_days"])
    columns = Columns.of(history, substances, places, Confirmation.STRIP)
    today = history.today.toordinal()
    known = history.known.astype(np.int64)
    kept = np.flatnonzero((columns.findings.day <= today) & ~columns.trace)
    found = columns.findings.take((columns.findings.day <= today) & ~columns.trace)
    fresh = np.append(0, np.cumsum(known[found.sample] > today - int(p["fresh_days"])))
    starts = np.flatnonzero(found.day >= today - 180 - within)
    series, first = found.series[starts], found.day[starts]
    last = np.minimum(first + within - 1, today)
    start, stop = found.start(series, first), found.start(series, last + 1)
    before = found.count(series, first - absent, first - 1)
    stratum = columns.stratum(series)
    n0, n1 = columns.tested.count(series, first - absent, first - 1), columns.tested.count(series, first, last)
    x1 = np.minimum(stop - start, n1)
    could = (
        (start == starts)
        & (x1 >= int(p["findings"]))
        & (fresh[stop] > fresh[start])
        & (before <= int(p["strays"]))
        & (n0 >= int(p["min_earlier"]))
    )
    chosen = np.flatnonzero(could)
    least = betaincinv(x1[chosen], n1[chosen] - x1[chosen] + 1, 0.05)
    signals = []
    told: set[int] = set()
    for i in chosen[least > float(p["often"])].tolist():
        if int(series[i]) in told:  # the earliest start is the day the laboratory changed
            continue
        told.add(int(series[i]))
        mine = kept[start[i] : stop[i]]
        substance, place, kind = columns.named(int(series[i]))
        if _found_before(columns, mine, substance, place, int(first[i]), absent) > int(p["strays"]):
            continue
        proof = evidence(columns, mine)
        begin = int(first[i])
        labels = ["panel change", *proof.labels]
        if _new_way(columns, mine, int(stratum[i]), begin):
            labels.append("new method")
        labels += [
            f"renamed: {name}"
            for name in _fallen(columns, int(series[i]), begin, int(last[i]), absent, found.sample[start[i] : stop[i]])
        ]
        signals.append(
            Signal(
                method="panel",
                version=VERSION,
                substance=substance,
                place=place,
                kind=kind,
                on=history.today,
                window=Window(date.fromordinal(begin), date.fromordinal(int(last[i]))),
                observed=int(mine.size),
                evidence=proof.refs,
                parameters=p,
                tested=max(int(n1[i]), int(mine.size)),
                baseline=Window(date.fromordinal(begin - absent), date.fromordinal(begin - 1)),
                baseline_positives=int(before[i]),
                baseline_tested=int(n0[i]),
                expected=float(before[i] / n0[i] * n1[i]),
                smallest=_smallest(int(n1[i]), int(p["findings"]), float(p["often"])),
                lag_days=proof.lag_days,
                first_seen=proof.first_seen,
                last_seen=proof.last_seen,
                labels=tuple(labels),
            )
        )
    return tuple(signals)


def _smallest(tested: int, least: int, often: float) -> int | None:
    """Fewest findings among so many samples that are surely (95 %) above the share."""
    counts = np.arange(least, tested + 1)
    enough = counts[betaincinv(counts, tested - counts + 1, 0.05) > often]
    return int(enough[0]) if enough.size else None


def _found_before(columns: Columns, rows: Ints, substance: str, place: str, begin: int, absent: int) -> int:
    """How often the same feeds found it earlier, elsewhere or here long ago: then they did look for it."""
    history = columns.history
    positives = [history.samples[s] for s in columns.findings.sample[rows]]
    sources = {(s.feed, s.kind) for s in positives}
    owners = history.finding_sample[history.finding_substance == history.substances.index(substance)]
    count = 0
    for sample in (history.samples[s] for s in owners):
        here = place == "US" or sample.place.startswith(place)
        count += (sample.feed, sample.kind) in sources and sample.event < begin - (absent if here else 0)
    return count


def _new_way(columns: Columns, rows: Ints, stratum: int, begin: int) -> bool:
    """Whether most of the samples were tested by a set of methods that the stratum's earlier samples never had."""
    samples = columns.history.samples
    mine = columns.tests.series == stratum
    earlier = {samples[s].methods for s in columns.tests.sample[mine & (columns.tests.day < begin)]}
    ways = [samples[s].methods for s in columns.findings.sample[rows]]
    return sum(bool(way) and way not in earlier for way in ways) * 2 > len(ways)


def _fallen(columns: Columns, series: int, begin: int, last: int, absent: int, positives: Ints) -> list[str]:
    """Substances that were as common before as this one is now, and are now almost gone."""
    span = last - begin + 1
    others = np.arange(len(columns.substances), dtype=np.int64) * columns.strata + series % columns.strata
    same = np.ones_like(others)
    then = columns.findings.count(others, same * (begin - absent), same * (begin - 1)) * (span / absent)
    now = columns.findings.count(others, same * begin, same * last)
    fell: NDArray[np.bool_] = (then >= 0.5 * positives.size) & (now <= 0.2 * then) & (others != series)
    return [columns.substances[i] for i in np.flatnonzero(fell)]


PANEL = Method("panel", VERSION, "Did the laboratory change, rather than the supply?", PARAMETERS, panel)
