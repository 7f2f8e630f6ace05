"""Small histories told in words, for the tests of the methods."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

from detectors.history import History, Tested

START = date(2020, 1, 1)

Story = list[Tested]


def day(n: int) -> date:
    """The n-th day of the story."""
    return START + timedelta(days=n)


def sample(
    ref: str,
    event: int,
    *found: str,
    known: int | None = None,
    place: str = "42003",
    kind: str = "drug",
    traces: tuple[str, ...] = (),
    methods: tuple[str, ...] = ("GCMS",),
) -> Tested:
    """One sample taken on day `event` of the story and known on day `known` (the same day if left out)."""
    return Tested(
        ref=f"lab/{ref}",
        kind=kind,
        place=place,
        known=day(event if known is None else known).toordinal(),
        event=day(event).toordinal(),
        substances=tuple(found),
        traces=traces,
        methods=methods,
    )


def negatives(first: int, last: int, step: int = 3, **also: object) -> list[Tested]:
    """A sample without findings every `step` days."""
    return [sample(f"n{also.get('place', '')}{n}", n, **also) for n in range(first, last, step)]  # type: ignore[arg-type]


def known_on(samples: Iterable[Tested], n: int) -> History:
    """The history as known on day n of the story."""
    return History.of(samples, day(n))


def crowd(seed: int, days: int = 900, per_day: float = 1.5) -> list[Tested]:
    """A lively, random history of three counties in two states with lags from 0 to 90 days."""
    r = random.Random(seed)
    out = []
    for i in range(int(days * per_day)):
        event = r.randrange(days)
        place = r.choice(["42003", "42003", "42101", "09001"])
        late = event > days * 0.7
        found = [s for s, share in (("fentanyl", 0.6), ("xylazine", 0.3 if late else 0.01)) if r.random() < share]
        found += ["carfentanil"] if r.random() < 0.01 else []
        found += ["bromazolam"] if event > days * 0.75 and r.random() < 0.1 else []
        out.append(
            sample(
                f"s{i}",
                event,
                *found,
                known=event + r.choice([0, 7, 20, 60, 90]),
                place=place,
                kind=r.choice(["drug", "death"]),
                traces=("medetomidine",) if r.random() < 0.05 else (),
                methods=r.choice([("GCMS",), ("FTIR", "strip"), ("fentanyl test strip",), ()]),
            )
        )
    return out
