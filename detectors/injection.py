"""Changes put into a history: what detectors must find, and what must not make them speak."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from detectors.history import Tested


@dataclass(frozen=True, slots=True)
class Injection:
    """One change from `onset` on, in the samples of one place (a prefix counts: a state's code means all its counties).

    shape: a key of SHAPES. substance: id concerned. share: prevalence reached, or k for a batch, or the factor of a
    volume jump. days: how long it takes (ramp), lasts (spike, missing, backlog) or holds the batch. was: the id that a
    renaming takes away. onset: by event date.
    """

    shape: str
    substance: str
    place: str
    onset: date
    share: float = 0.1
    days: int = 70
    was: str = ""


def inject(samples: Iterable[Tested], change: Injection, seed: int) -> tuple[Tested, ...]:
    """The samples with the change, drawn with the seed. Raises ValueError for a shape that is not in SHAPES."""
    if change.shape not in SHAPES:
        raise ValueError(f"'{change.shape}' is not a shape of injection; there are {', '.join(SHAPES)}")
    ordered = sorted(samples, key=lambda s: (s.known, s.event, s.ref))
    return tuple(SHAPES[change.shape](ordered, change, random.Random(seed)))  # noqa: S311 - a simulation, no secret


def _mine(sample: Tested, change: Injection) -> bool:
    return change.place == "US" or sample.place.startswith(change.place)


def _with(sample: Tested, substance: str) -> Tested:
    if substance in sample.substances:
        return sample
    return replace(sample, substances=(*sample.substances, substance))


def _raised(level: Callable[[int, Injection], float]) -> Shape:
    def shape(samples: list[Tested], change: Injection, r: random.Random) -> list[Tested]:
        start = change.onset.toordinal()
        # One draw a sample, in or out of the place, so that two shapes with one seed differ only by their shape.
        draws = [r.random() for _ in samples]
        return [
            _with(s, change.substance)
            if _mine(s, change) and s.event >= start and draw < level(s.event - start, change)
            else s
            for s, draw in zip(samples, draws, strict=True)
        ]

    return shape


def _new(samples: list[Tested], change: Injection, r: random.Random) -> list[Tested]:
    """A step of something that nobody had met: what the background held of it before is taken out."""
    start = change.onset.toordinal()
    clean = [
        replace(
            s,
            substances=tuple(n for n in s.substances if n != change.substance),
            traces=tuple(n for n in s.traces if n != change.substance),
        )
        if _mine(s, change) and s.event < start
        else s
        for s in samples
    ]
    return SHAPES["step"](clean, change, r)


def _batch(samples: list[Tested], change: Injection, r: random.Random) -> list[Tested]:
    """One batch brought in again and again: k samples within `days` share the substance; nothing else changes."""
    start = change.onset.toordinal()
    near = [i for i, s in enumerate(samples) if _mine(s, change) and 0 <= s.event - start < change.days]
    chosen = set(r.sample(near, min(int(change.share), len(near))))
    return [_with(s, change.substance) if i in chosen else s for i, s in enumerate(samples)]


def _volume(samples: list[Tested], change: Injection, r: random.Random) -> list[Tested]:
    """`share` times as many samples of the same mixture: each as one of the place's year before it, on the day of one
    that there is. Were it drawn from all that came later, a real background would meet what it met years after."""
    start = change.onset.toordinal()
    mine = sorted((s for s in samples if _mine(s, change)), key=lambda s: (s.event, s.ref))
    days = [s.event for s in mine]
    first = bisect_left(days, start)
    more = []
    for copy in range(round((change.share - 1) * (len(mine) - first))):
        when = mine[r.randrange(first, len(mine))]
        like = mine[r.randrange(bisect_left(days, when.event - YEAR), bisect_right(days, when.event))]
        more.append(replace(like, ref=f"{like.ref}~{copy}", event=when.event, known=when.known))
    return samples + more


def _backlog(samples: list[Tested], change: Injection, r: random.Random) -> list[Tested]:
    """Results of `days` are held back and all come out on the last of them."""
    start = change.onset.toordinal()
    end = start + change.days
    return [replace(s, known=end) if _mine(s, change) and start <= s.known < end else s for s in samples]


def _missing(samples: list[Tested], change: Injection, r: random.Random) -> list[Tested]:
    start = change.onset.toordinal()
    return [s for s in samples if not (_mine(s, change) and start <= s.event < start + change.days)]


def _renamed(samples: list[Tested], change: Injection, r: random.Random) -> list[Tested]:
    start = change.onset.toordinal()
    return [
        replace(s, substances=tuple(change.substance if n == change.was else n for n in s.substances))
        if _mine(s, change) and s.event >= start
        else s
        for s in samples
    ]


YEAR = 365
Shape = Callable[[list[Tested], Injection, random.Random], list[Tested]]

SHAPES: dict[str, Shape] = {
    # To be found:
    "new": _new,
    "step": _raised(lambda age, c: c.share),
    "ramp": _raised(lambda age, c: c.share * min((age + 1) / c.days, 1.0)),
    "spike": _raised(lambda age, c: c.share if age < c.days else 0.0),
    # To be flagged, not told as a spread:
    "panel": _raised(lambda age, c: c.share),
    "renaming": _renamed,
    # Not to be told at all:
    "batch": _batch,
    "volume": _volume,
    "backlog": _backlog,
    "missing": _missing,
}
"""What can be injected. A panel is a step in the laboratory: told apart only by being often at once."""
