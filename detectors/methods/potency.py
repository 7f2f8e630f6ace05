"""Potency: has what is sold become stronger?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from detectors.history import History, Tested
from detectors.methods.confirmation import SAYS, confirmation
from detectors.methods.location_shift import rank_sum
from detectors.methods.prevalence import smallest_count, window_test
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, ParameterValue, Signal, Window

VERSION = "1"
Floats = NDArray[np.float64]

PARAMETERS = (
    Parameter("days", 56, "days", "The recent days that are compared.", 7, 365),
    Parameter("baseline_days", 365, "days", "The earlier days that they are compared with.", 60, 3650),
    Parameter("min_recent", 8, "batches", "Fewest recent batches that were measured.", 3, 1000),
    Parameter("min_baseline", 20, "batches", "Fewest earlier batches that were measured the same way.", 5, 10000),
    Parameter(
        "alpha",
        0.01,
        "share",
        "Chance of an alert when nothing changed, for each substance, place and look.",
        1e-6,
        0.2,
    ),
    Parameter(
        "min_ratio", 1.25, "times", "Least rise of the typical strength, or of the share of strong samples.", 1, 100
    ),
    Parameter(
        "lumpiness", 0.02, "", "How alike samples of one batch are (intra-batch correlation) in the share test.", 0, 0.5
    ),
    Parameter("batch_days", 7, "days", "Samples of the same make-up taken so near to each other are one batch.", 1, 60),
    Parameter("hard_limit", 0.0, "", "A single sample at or above this strength alerts at once; 0 = no limit.", 0, 1e9),
    Parameter("limit_unit", "%", "", "The unit of the hard limit, as the laboratory prints it."),
    Parameter("fresh_days", 7, "days", "A result is news for this many days after it became known.", 1, 60),
)


@dataclass(frozen=True, slots=True)
class _Value:
    """One measured strength: sample, day, logarithm, and what says that two samples may be one batch."""

    sample: Tested
    day: int
    log: float
    make_up: tuple[str, ...]


def potency(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """At most one signal per (substance, place, kind) whose measured strength rose, or passed the hard limit.

    Values of one unit and one way of measuring are compared with each other only, on logarithms (strengths are
    skewed). Samples of a place with the same findings within `batch_days` are one batch and count once, with their
    median. Two tests share `alpha`: Mann-Whitney of all values, and the beta-binomial test of the share above the
    baseline's 90th percentile, which sees a few very strong batches that do not move the middle. The effect is the
    Hodges-Lehmann ratio with 95 % limits. Raises ValueError for parameters out of bounds.
    """
    p = completed(POTENCY, parameters)
    groups: defaultdict[tuple[str, str, str], defaultdict[tuple[str, str], list[_Value]]]
    groups = defaultdict(lambda: defaultdict(list))
    today = history.today.toordinal()
    for sample in history.samples:
        for substance, value, unit, way in sample.quantities:
            if substance in substances and value > 0 and sample.event <= today:
                measured = _Value(sample, sample.event, float(np.log(value)), tuple(sorted(sample.substances)))
                for place in _levels(sample.place, places):
                    groups[substance, place, sample.kind][unit, way].append(measured)
    signals = []
    for (substance, place, kind), by_way in sorted(groups.items()):
        said = [s for (unit, _), found in sorted(by_way.items())
                if (s := _of_way(history.today, p, substance, place, kind, unit, found)) is not None]  # fmt: skip
        if said:
            signals.append(min(said, key=lambda s: (s.probability is not None, s.probability or 0.0)))
    return tuple(signals)


def _levels(place: str, places: tuple[str, ...]) -> list[str]:
    return [p for p in dict.fromkeys((place, place[:2], "US")) if p and p in places]


def _of_way(
    on: date, p: dict[str, ParameterValue], substance: str, place: str, kind: str, unit: str, found: list[_Value]
) -> Signal | None:
    today = on.toordinal()
    first = today - int(p["days"]) + 1
    recent = [v for v in found if v.day >= first]
    earlier = [v for v in found if first - int(p["baseline_days"]) <= v.day < first]
    fresh = [v for v in recent if v.sample.known > today - int(p["fresh_days"])]
    if not fresh:
        return None
    limit = float(p["hard_limit"])
    over = [v for v in fresh if limit > 0 and unit == p["limit_unit"] and v.log >= np.log(limit)]
    if over:
        return _signal(on, p, substance, place, kind, over, ("hard limit", f"at or above {limit:g} {unit}"),
                       tested=len(recent), smallest=1)  # fmt: skip
    x, y = batches(recent, int(p["batch_days"])), batches(earlier, int(p["batch_days"]))
    if x.size < int(p["min_recent"]) or y.size < int(p["min_baseline"]):
        return None
    high = float(np.quantile(y, 0.9))
    x1, x0 = int((x > high).sum()), int((y > high).sum())
    rho = float(p["lumpiness"])
    share = window_test(x1, x.size, x0, y.size, rho)
    ranks = rank_sum(x, y).p
    ratio, low, top = ratio_with_limits(x, y)
    half = float(p["alpha"]) / 2  # two looks at the same values
    middle = not np.isnan(ranks) and ranks <= half and ratio >= float(p["min_ratio"])
    tail = float(share.probability) <= half and float(share.ratio) >= float(p["min_ratio"])
    if not (middle or tail):
        return None
    probability = min(1.0, 2 * min(1.0 if np.isnan(ranks) else ranks, float(share.probability)))
    strong = [v for v in recent if v.log > high] or recent
    labels = ("stronger in the middle",) * middle + ("more very strong samples",) * tail + (f"in {unit}",)
    return _signal(
        on, p, substance, place, kind, strong, labels,
        tested=int(x.size), observed=x1, probability=probability, effect=(ratio, low, top),
        smallest=smallest_count(int(x.size), x0, int(y.size), rho, half), baseline=(x0, int(y.size)),
        expected=float(share.expected),
    )  # fmt: skip


def batches(values: Sequence[_Value], days: int) -> Floats:
    """Logarithms, one for each batch: samples of a place with the same findings, none more than `days` after the
    last."""
    last: dict[tuple[str, tuple[str, ...]], int] = {}
    made: defaultdict[tuple[object, int], list[float]] = defaultdict(list)
    number: dict[tuple[str, tuple[str, ...]], int] = {}
    for v in sorted(values, key=lambda v: (v.day, v.sample.ref)):
        key = v.sample.place, v.make_up
        if key not in last or v.day - last[key] > days:
            number[key] = number.get(key, 0) + 1
        last[key] = v.day
        made[key, number[key]].append(v.log)
    return np.array([float(np.median(logs)) for logs in made.values()], dtype=np.float64)


def ratio_with_limits(recent: Floats, baseline: Floats) -> tuple[float, float, float]:
    """Hodges-Lehmann ratio of strengths given as logarithms, with 95 % limits from the ordered differences (Hollander,
    Wolfe & Chicken 2014, §4.3); no limits can be had from very few values, and the extremes stand in."""
    differences = np.sort(np.subtract.outer(recent, baseline).ravel())
    m, n = recent.size, baseline.size
    reach = ndtri(0.975) * np.sqrt(m * n * (m + n + 1) / 12)
    cut = min(max(int(np.floor(m * n / 2 - reach)), 0), differences.size - 1)
    middle, low, high = np.median(differences), differences[cut], differences[differences.size - 1 - cut]
    return float(np.exp(middle)), float(np.exp(min(low, middle))), float(np.exp(max(high, middle)))


def _signal(
    on: date,
    p: dict[str, ParameterValue],
    substance: str,
    place: str,
    kind: str,
    shown: list[_Value],
    labels: tuple[str, ...],
    *,
    tested: int,
    smallest: int | None,
    observed: int | None = None,
    probability: float | None = None,
    effect: tuple[float, float, float] | None = None,
    baseline: tuple[int, int] | None = None,
    expected: float | None = None,
) -> Signal:
    ordered = sorted(shown, key=lambda v: (v.day, v.sample.ref))
    first = on.toordinal() - int(p["days"]) + 1
    best = max(confirmation(v.sample.methods) for v in ordered)
    span = Window(date.fromordinal(first - int(p["baseline_days"])), date.fromordinal(first - 1))
    return Signal(
        method="potency", version=VERSION, substance=substance, place=place, kind=kind, on=on,
        window=Window(date.fromordinal(first), on), observed=len(ordered) if observed is None else observed,
        evidence=tuple(dict.fromkeys(v.sample.ref for v in ordered)), parameters=p, tested=tested,
        baseline=span if baseline else None, baseline_positives=baseline[0] if baseline else None,
        baseline_tested=baseline[1] if baseline else None, expected=expected, probability=probability, effect=effect,
        smallest=smallest, lag_days=float(np.median([v.sample.known - v.day for v in ordered])),
        first_seen=date.fromordinal(ordered[0].day), last_seen=date.fromordinal(ordered[-1].day),
        labels=("potency", SAYS[best], *labels),
    )  # fmt: skip


POTENCY = Method("potency", VERSION, "Has what is sold become stronger?", PARAMETERS, potency)
