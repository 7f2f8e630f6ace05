"""Combination: do two things newly go together that did not, or is a pill not what it is sold as?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from math import log2

import numpy as np

from detectors.history import History, Tested
from detectors.methods.confirmation import SAYS, Confirmation, confirmation
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, ParameterValue, Signal, Window
from detectors.words.tables import read_tables

VERSION = "1"

PARAMETERS = (
    Parameter("findings", 3, "samples", "How many samples must hold the pair.", 2, 1000),
    Parameter("days", 90, "days", "Within how many days those samples were taken.", 7, 730),
    Parameter("earlier_days", 365, "days", "How far back the pair must have been (nearly) absent.", 30, 3650),
    Parameter("strays", 1, "samples", "How many earlier samples may hold the pair and it still counts as new.", 0, 100),
    Parameter("min_earlier", 30, "samples", "Tests needed in that earlier time to call a pair new.", 0, 100000),
    Parameter(
        "min_information",
        0.0,
        "bits",
        "The pair must surely (97.5 %) be more frequent than chance by this much; 1 bit is twice as frequent.",
        0,
        10,
    ),
    Parameter("pills", True, "", "Alert at once when a benzodiazepine or oxycodone pill holds another opioid."),
    Parameter("fresh_days", 7, "days", "A result is news for this many days after it became known.", 1, 60),
)

Pair = tuple[str, str]
"""(what it goes with, substance found); the first is "sold as X" or an id."""
SOLD = "sold as "


def combination(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (pair, place, kind) that is new, and one per (substance, place, kind) of mis-sold pills.

    A pair is a substance asked for with another one asked for, or with what the sample was sold as. It is new with
    `findings` samples in the last `days`, one of them fresh, after at most `strays` in `earlier_days` with at least
    `min_earlier` tests; and the lower limit of its shrunken information component over all that time must be above
    `min_information`, for two common things meet by chance. The signal's substance is the one found, the label says
    with what. Pills: a fresh confirmed sample sold as a benzodiazepine or as oxycodone that holds an opioid other than
    those it was sold as. Findings by test strip alone are left out. Raises ValueError for parameters out of bounds.
    """
    p = completed(COMBINATION, parameters)
    today = history.today.toordinal()
    strata: defaultdict[tuple[str, str], list[Tested]] = defaultdict(list)
    for sample in history.samples:
        if sample.event <= today and confirmation(sample.methods) > Confirmation.STRIP:
            for place in dict.fromkeys((sample.place, sample.place[:2], "US")):
                if place and place in places:
                    strata[place, sample.kind].append(sample)
    signals: list[Signal] = []
    for (place, kind), samples in sorted(strata.items()):
        told = _pills(history.today, p, substances, place, kind, samples) if p["pills"] else []
        at_once = {s.substance for s in told}
        pairs = _pairs(history.today, p, substances, place, kind, samples)
        signals += told + [s for s in pairs if not (s.substance in at_once and SOLD in s.labels[2])]
    return tuple(signals)


def information(together: int, one: int, other: int, everyone: int) -> tuple[float, float]:
    """(shrunken information component, its lower 97.5 % limit) in bits of seeing `together` samples with both among
    `everyone`, with `one` and `other` holding either. IC = log2((O + ½)/(E + ½)), E = one · other / everyone; the limit
    is IC − 3.3 (O + ½)^−½ − 2 (O + ½)^−3/2 (Norén, Hopstadius & Bate 2013)."""
    expected = one * other / everyone if everyone else 0.0
    seen = together + 0.5
    component = log2(seen / (expected + 0.5))
    return component, component - 3.3 * seen**-0.5 - 2 * seen**-1.5


def _pairs(
    on: date, p: dict[str, ParameterValue], substances: frozenset[str], place: str, kind: str, samples: list[Tested]
) -> list[Signal]:
    today = on.toordinal()
    begin, fresh_from = today - int(p["days"]) + 1, today - int(p["fresh_days"])
    earliest = begin - int(p["earlier_days"])
    spanned = [s for s in samples if s.event >= earliest]
    recent = [s for s in spanned if s.event >= begin]
    tested_before = len(spanned) - len(recent)
    if tested_before < int(p["min_earlier"]):
        return []
    fresh = {pair for s in recent if s.known > fresh_from for pair in _held(s, substances)}
    if not fresh:
        return []
    now = Counter(pair for s in recent for pair in _held(s, substances) & fresh)
    ever = Counter(pair for s in spanned for pair in _held(s, substances) & fresh)
    single = Counter(item for s in spanned for item in _items(s))
    signals = []
    for pair in sorted(fresh):
        before = ever[pair] - now[pair]
        if now[pair] < int(p["findings"]) or before > int(p["strays"]):
            continue
        component, low = information(ever[pair], single[pair[0]], single[pair[1]], len(spanned))
        if low <= float(p["min_information"]):
            continue
        mine = [s for s in recent if pair in _held(s, substances)]
        expected = single[pair[0]] * single[pair[1]] / len(spanned) * len(recent) / len(spanned)
        word = pair[0] if pair[0].startswith(SOLD) else f"with {pair[0]}"
        signals.append(
            _signal(on, p, pair[1], place, kind, mine, (word, f"{component:.1f} bits, at least {low:.1f}"),
                    first=begin, tested=len(recent), baseline=(earliest, before, tested_before), expected=expected,
                    smallest=int(p["findings"]))
        )  # fmt: skip
    return signals


def _pills(
    on: date, p: dict[str, ParameterValue], substances: frozenset[str], place: str, kind: str, samples: list[Tested]
) -> list[Signal]:
    today = on.toordinal()
    begin = today - int(p["fresh_days"]) + 1
    by_substance: defaultdict[str, list[Tested]] = defaultdict(list)
    for sample in samples:
        sold = set(sample.sold_as)
        trusted = confirmation(sample.methods) >= Confirmation.UNSTATED
        if sample.known >= begin and trusted and sold and all(map(_pressed, sold)):
            for found in set(sample.substances) & _opioids() & substances - sold:
                by_substance[found].append(sample)
    tested = sum(s.known >= begin for s in samples)
    return [
        _signal(
            on, p, found, place, kind, mine, (SOLD + " or ".join(sorted({w for s in mine for w in s.sold_as})), "pill"),
            first=begin, tested=tested, smallest=1,
        )
        for found, mine in sorted(by_substance.items())
    ]  # fmt: skip


def _items(sample: Tested) -> set[str]:
    return set(sample.substances) | {SOLD + word for word in sample.sold_as}


def _held(sample: Tested, substances: frozenset[str]) -> set[Pair]:
    found = sorted(set(sample.substances) & substances)
    pairs = {(a, b) for i, a in enumerate(found) for b in found[i + 1 :]}
    # What it was sold as and is no surprise to find.
    return pairs | {(SOLD + word, b) for word in sample.sold_as for b in found if word != b}


@cache
def _opioids() -> frozenset[str]:
    return frozenset(s.id for s in read_tables().substances if s.action == "opioid" and s.role != "marker")


@cache
def _benzodiazepines() -> frozenset[str]:
    return frozenset(
        s.id for s in read_tables().substances if s.category in ("benzodiazepine", "designer-benzodiazepine")
    )


def _pressed(word: str) -> bool:
    """Sold as oxycodone or a benzodiazepine, by id or by the usual names of their tablets."""
    return word == "oxycodone" or word in _benzodiazepines() or any(name in word for name in TABLETS)


TABLETS = ("oxy", "percocet", "perc 30", "m30", "xanax", "benzo", "valium", "klonopin", "ativan", "restoril")
"""Names in daily use for oxycodone and benzodiazepine tablets."""


def _signal(
    on: date,
    p: dict[str, ParameterValue],
    substance: str,
    place: str,
    kind: str,
    samples: Iterable[Tested],
    labels: tuple[str, ...],
    *,
    first: int,
    tested: int,
    smallest: int,
    baseline: tuple[int, int, int] | None = None,
    expected: float | None = None,
) -> Signal:
    mine = sorted(samples, key=lambda s: (s.event, s.ref))
    best = max(confirmation(s.methods) for s in mine)
    start, positives, earlier = baseline or (0, None, None)
    return Signal(
        method="combination", version=VERSION, substance=substance, place=place, kind=kind, on=on,
        window=Window(date.fromordinal(first), on), observed=len(mine), evidence=tuple(s.ref for s in mine),
        parameters=p, tested=tested,
        baseline=Window(date.fromordinal(start), date.fromordinal(first - 1)) if baseline else None,
        baseline_positives=positives, baseline_tested=earlier, expected=expected, smallest=smallest,
        lag_days=float(np.median([s.known - s.event for s in mine])), first_seen=date.fromordinal(mine[0].event),
        last_seen=date.fromordinal(mine[-1].event), labels=("combination", SAYS[best], *labels),
    )  # fmt: skip


COMBINATION = Method(
    "combination",
    VERSION,
    "Do two things newly go together, or is a pill not what it is sold as?",
    PARAMETERS,
    combination,
)
