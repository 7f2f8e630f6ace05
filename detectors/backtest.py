"""Backtest: what rules would have said over a past span, as known on each day, and how good that would have been."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from detectors.history import History, Tested
from detectors.registry import Method
from detectors.signal import Parameters, Signal


@dataclass(frozen=True, slots=True)
class Rule:
    """A method with what it is asked: parameters, substance ids and FIPS codes."""

    method: Method
    parameters: Parameters
    substances: frozenset[str]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One episode: signals of one substance in one place, with less than `quiet` days between them.

    first, last: days on which it was said first and last. methods: in the order in which they joined. signal: the first
    one.
    """

    substance: str
    place: str
    first: date
    last: date
    methods: tuple[str, ...]
    signal: Signal


def backtest(
    samples: Iterable[Tested],
    rules: Sequence[Rule],
    first: date,
    last: date,
    *,
    every: int = 1,
    quiet: int = 28,
    look_back: int = 1850,
) -> tuple[Happening, ...]:
    """Happenings from `first` to `last`, in the order in which they were first said.

    Each day (or each `every`-th) sees only what was known then: the samples of the `look_back` days before. Days on
    which nothing became known for a week are passed over, for no method speaks without fresh results. Adding samples
    known later changes nothing said earlier. Raises ValueError for every < 1 or parameters out of bounds.
    """
    if every < 1:
        raise ValueError(f"a backtest looks every day or every so many days, not every {every}")
    whole = History.of(samples, date.max)
    open_: dict[tuple[str, str], Happening] = {}
    done: list[Happening] = []
    today = first
    while today <= last:
        now = today.toordinal()
        history = whole.between(date.fromordinal(max(now - look_back, 1)), today)
        if history.samples and history.samples[-1].known > now - 7:
            for rule in rules:
                for signal in rule.method.run(history, rule.parameters, rule.substances, rule.places):
                    _join(open_, done, signal, today, quiet)
        today += timedelta(days=every)
    return tuple(sorted([*done, *open_.values()], key=lambda h: (h.first, h.substance, h.place)))


def _join(
    open_: dict[tuple[str, str], Happening], done: list[Happening], signal: Signal, today: date, quiet: int
) -> None:
    key = signal.substance, signal.place
    current = open_.get(key)
    if current is not None and (today - current.last).days < quiet:
        methods = current.methods if signal.method in current.methods else (*current.methods, signal.method)
        open_[key] = Happening(*key, current.first, today, methods, current.signal)
        return
    if current is not None:
        done.append(current)
    open_[key] = Happening(*key, today, today, (signal.method,), signal)


@dataclass(frozen=True, slots=True)
class Measures:
    """How good the happenings are against marked onsets.

    onsets: how many there were. found: share of them found within 4, 8 and 12 weeks. delay, delay_p90: mean and 90th
    percentile of days from onset to the first word, of those found within 12 weeks; None if none. false_per_month:
    happenings that belong to no onset, per place and month. between_false: mean days between them, None below two.
    precision: share of happenings that belong to an onset, None without happenings.
    """

    onsets: int
    found: tuple[float, float, float]
    delay: float | None
    delay_p90: float | None
    false_per_month: float
    between_false: float | None
    precision: float | None


def measure(
    happenings: Sequence[Happening], onsets: Mapping[tuple[str, str], date], places: int, first: date, last: date
) -> Measures:
    """onsets: (substance, place) → day it began. A happening belongs to an onset if it was first said in the 84 days
    from it, by the day of the onset itself; earlier or later words about the same series are false.
    """
    delays: dict[tuple[str, str], int] = {}
    false: list[int] = []
    for happening in happenings:
        key = happening.substance, happening.place
        wait = (happening.first - onsets[key]).days if key in onsets else -1
        if 0 <= wait <= 84:
            delays[key] = min(wait, delays.get(key, wait))
        else:
            false.append(happening.first.toordinal())
    waits = np.array(sorted(delays.values()), dtype=np.float64)
    total = max(len(onsets), 1)
    months = max(places, 1) * max((last - first).days / 30.4375, 1e-9)
    return Measures(
        onsets=len(onsets),
        found=tuple(float((waits <= weeks * 7).sum()) / total for weeks in (4, 8, 12)),  # type: ignore[arg-type]
        delay=float(waits.mean()) if waits.size else None,
        delay_p90=float(np.quantile(waits, 0.9)) if waits.size else None,
        false_per_month=len(false) / months,
        between_false=float(np.diff(sorted(false)).mean()) if len(false) > 1 else None,
        precision=1 - len(false) / len(happenings) if happenings else None,
    )
