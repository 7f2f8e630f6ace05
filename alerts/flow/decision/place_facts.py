"""What is known of each place within an alert, out of signals and from one edition to the next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alerts.model.alert import PlaceFacts
from alerts.model.intent import StoredSignal


def places_of(signals: Sequence[StoredSignal]) -> tuple[PlaceFacts, ...]:
    """Facts by place out of signals, the place with the newest finding first. Samples that two signals share count
    once."""
    by_place: dict[str, list[StoredSignal]] = {}
    for stored in signals:
        by_place.setdefault(stored.signal.place, []).append(stored)
    facts = []
    for place, group in by_place.items():
        evidence = tuple(dict.fromkeys(ref for s in group for ref in s.signal.evidence))
        firsts = [s.signal.first_seen for s in group if s.signal.first_seen is not None]
        tested = [s.signal.tested for s in group if s.signal.tested is not None]
        facts.append(
            PlaceFacts(
                place=place, findings=len(evidence), first=min(firsts, default=None),
                last=max((s.signal.last_seen or s.signal.window.last for s in group), default=None), evidence=evidence,
                tested=max(tested, default=None),
            )
        )  # fmt: skip
    return tuple(sorted(facts, key=lambda f: (-(f.last or date.min).toordinal(), f.place)))


def without_wider(facts: Sequence[PlaceFacts], region: str) -> tuple[PlaceFacts, ...]:
    """Without the state, where its counties say all that it says: "California and Kern County" tells nobody more, and
    would page every county for the news of one."""
    counties = {ref for f in facts if f.place != region for ref in f.evidence}
    return tuple(f for f in facts if f.place != region or not set(f.evidence) <= counties)


def merge(fresh: Sequence[PlaceFacts], before: Sequence[PlaceFacts], first: Sequence[str]) -> tuple[PlaceFacts, ...]:
    """Facts of an alert after new signals: new places first, then the others; evidence is united, never lost."""
    united: dict[str, PlaceFacts] = {f.place: f for f in before}
    for f in fresh:
        old = united.get(f.place)
        if old is None:
            united[f.place] = f
            continue
        evidence = tuple(dict.fromkeys((*old.evidence, *f.evidence)))
        united[f.place] = PlaceFacts(
            place=f.place, findings=len(evidence), evidence=evidence,
            tested=f.tested if f.tested is not None else old.tested,
            first=min((d for d in (old.first, f.first) if d is not None), default=None),
            last=max((d for d in (old.last, f.last) if d is not None), default=None),
        )  # fmt: skip
    return tuple(
        sorted(united.values(), key=lambda f: (f.place not in first, -(f.last or date.min).toordinal(), f.place))
    )
