"""Combine: many signals become one episode per substance family and place, with a level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from detectors.episode import Episode, Level
from detectors.methods.hierarchical import hierarchical
from detectors.methods.mention import ELSEWHERE
from detectors.methods.multiple_testing import benjamini_hochberg
from detectors.sample import SampleKind
from detectors.signal import Signal

# What a method rests on. Two methods with one ground are one witness: emergence and prevalence read the same counts.
GROUNDS: dict[str, str] = {
    "watchlist": "finding",
    "novelty": "finding",
    "returned": "finding",
    "emergence": "share",
    "prevalence": "share",
    "drift": "share",
    "counts": "count",
    "tree": "finding",
    "combination": "pair",
    "potency": "strength",
    "cluster": "space",
    "mention": "word",
}


def ground_of(method: str) -> str:
    """What a method rests on; a method that is not ours rests on itself."""
    return GROUNDS.get(method, method)


ORDER: tuple[str, ...] = (
    "watchlist", "novelty", "tree", "emergence", "prevalence", "drift", "cluster", "potency", "combination", "counts",
    "mention", "returned", "panel", "gone", "silence",
)  # fmt: skip
CALIBRATED: frozenset[str] = frozenset({"emergence", "prevalence"})
"""Methods whose p-values allow for samples that come in batches."""
DIGEST_ONLY: frozenset[str] = frozenset({"returned", "gone", "silence"})
QUIET: dict[str, str] = {
    "mention": "spoken of elsewhere, not found here",
    "gone": "no longer found, which is no all-clear",
    "silence": "nothing has come in, which says nothing of the supply",
}
SURE: frozenset[str] = frozenset({"lab-confirmed", "method not stated"})


def combine(
    signals: Iterable[Signal],
    families: Mapping[str, str] | None = None,
    *,
    series_tested: int | Mapping[str, int] = 0,
    false_discovery: float = 0.1,
) -> tuple[Episode, ...]:
    """One episode per (family, place), sorted by level, family and place. The order of the signals does not matter.

    families: substance → family (itself where missing). A signal of a wider place whose samples are all in the evidence
    of one narrower place says nothing new and is left out, so that a county's finding is not told three times.
    Levels: a panel change is for review, whatever else is said, because it is not a spread. Act now: a confirmed
    watchlist finding; or methods on two grounds (GROUNDS), or two kinds of evidence (a powder and a death), agree; or a
    p-value inside the false-discovery set. Digest: only a return, only traces, or only what is
    said of elsewhere, of silence or of absence. Else review.
    series_tested: how many series were tested for p-values today; with 0 no false-discovery set is made. A number:
    Benjamini & Hochberg 1995 at `false_discovery` over all of them. Family → number of places it was tested in:
    hierarchical control, families first and then places (`hierarchical`). Only p-values of methods that allow for
    batches count (CALIBRATED): without them nearly all discoveries are false.
    """
    roll = families or {}
    unique = sorted(set(map(_Key, signals)), key=lambda k: k.key)
    kept = narrowest([k.signal for k in unique], roll)
    inside = _discoveries(kept, roll, series_tested, false_discovery)
    groups: defaultdict[tuple[str, str], list[Signal]] = defaultdict(list)
    for signal in kept:
        groups[roll.get(signal.substance, signal.substance), signal.place].append(signal)
    episodes = []
    for (family, place), group in groups.items():
        level, reasons = _level(group, inside)
        ranked = sorted(group, key=lambda s: (ORDER.index(s.method) if s.method in ORDER else len(ORDER), _Key(s).key))
        episodes.append(Episode(family, place, level, reasons, tuple(ranked)))
    rank = list(Level)
    return tuple(sorted(episodes, key=lambda e: (rank.index(e.level), e.family, e.place)))


class _Key:
    """A signal by value, for sets and sorting: its parameters are a mapping and cannot be hashed."""

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self.key = (
            signal.method,
            signal.substance,
            signal.place,
            signal.kind,
            signal.on,
            signal.window.first,
            signal.window.last,
            signal.evidence,
            repr(sorted(signal.parameters.items())),
        )

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.key == other.key


def _within(narrow: str, wide: str) -> bool:
    return narrow != wide and (wide == "US" or (len(wide) < len(narrow) and narrow.startswith(wide)))


def narrowest(signals: list[Signal], roll: Mapping[str, str]) -> list[Signal]:
    """The signals without those of a wider place whose samples are all in the evidence of narrower places within it:
    what two counties say is not the state's news too.

    roll: substance → family (itself where missing).
    """
    seen: defaultdict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        seen[roll.get(signal.substance, signal.substance)].append(signal)
    kept = []
    for s in signals:
        narrower = [o for o in seen[roll.get(s.substance, s.substance)] if _within(o.place, s.place)]
        if not narrower or not set(s.evidence) <= {ref for o in narrower for ref in o.evidence}:
            kept.append(s)
    return kept


def _discoveries(
    signals: list[Signal], roll: Mapping[str, str], tested: int | Mapping[str, int], rate: float
) -> frozenset[int]:
    """Ids (`id`) of the signals inside the false-discovery set."""
    best: dict[tuple[str, str], tuple[float, Signal]] = {}
    for s in signals:
        key = roll.get(s.substance, s.substance), s.place
        if s.probability is not None and s.method in CALIBRATED and (key not in best or s.probability < best[key][0]):
            best[key] = s.probability, s
    if not best:
        return frozenset()
    names = sorted({family for family, _ in best})
    label = [names.index(family) for family, _ in best]
    if isinstance(tested, int):
        if tested < len(best):
            return frozenset()
        padded = [p for p, _ in best.values()] + [1.0] * (tested - len(best))
        inside = benjamini_hochberg(padded)[: len(best)] <= rate
    else:
        given = [label.count(i) for i in range(len(names))]
        # A family that nobody counted was tested at least where it spoke.
        each = [max(tested.get(name, 0), n) for name, n in zip(names, given, strict=True)]
        every = len(set(tested) | set(names))
        inside = hierarchical([p for p, _ in best.values()], label, rate=rate, tested=each, families=every).inside
    return frozenset(id(s) for (_, s), yes in zip(best.values(), inside.tolist(), strict=True) if yes)


def _level(group: list[Signal], inside: frozenset[int]) -> tuple[Level, tuple[str, ...]]:
    if any(s.method == "panel" for s in group):
        return Level.REVIEW, ("the laboratory may have begun to look for it: a panel change, not a spread",)
    telling = [
        s for s in group if s.method not in DIGEST_ONLY and "trace only" not in s.labels and ELSEWHERE not in s.labels
    ]
    reasons = []
    if any(s.method == "watchlist" and SURE.intersection(s.labels) for s in telling):
        reasons.append("a substance on the watchlist was found")
    grounds = {ground_of(s.method) for s in telling}
    if len(grounds) > 1:
        reasons.append(f"{len(grounds)} independent methods agree")
    kinds = {s.kind for s in telling if s.kind != SampleKind.NOTICE}
    if len(kinds) > 1:
        reasons.append(f"seen in {' and '.join(sorted(kinds))} samples alike")
    if any(id(s) in inside for s in telling):
        reasons.append("inside the false-discovery set of all series")
    if reasons:
        return Level.ACT_NOW, tuple(reasons)
    if telling:
        return Level.REVIEW, ("one method alone says so",)
    if any("trace only" in s.labels for s in group):
        return Level.DIGEST, ("traces only",)
    first = next(s for s in group)
    return Level.DIGEST, (QUIET.get(first.method, "back after an absence"),)
