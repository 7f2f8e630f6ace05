"""When and where samples are handed in, and how long the laboratory takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detectors.simulator.settings import SimulationSettings

LAG_QUANTILES = (
    (0.0, 3.0),
    (0.10, 8.0),
    (0.14, 14.5),
    (0.25, 15.5),
    (0.50, 20.0),
    (0.75, 29.0),
    (0.90, 38.0),
    (1.0, 56.0),
)
"""(probability, days) from collection to completion: 54 public UNC results, median 20, p10 8, p90 38. Parcels leave
when they are full and the laboratory works in batches, so few take 9 to 14 days; a lognormal would miss that step."""
WEEKDAY = (1.2, 1.3, 1.3, 1.2, 1.2, 0.5, 0.3)
"""Relative volume from Monday to Sunday: most programmes are closed at the weekend."""
SEASON = 0.1
"""Relative amplitude of the volume over the year; highest in spring."""
WEEK_SHAPE = 6.0
"""Shape of the gamma that each county's week is multiplied by: an outreach day, a week without a courier."""
CLOSED = 0.03
"""Share of county weeks without any sample: a programme on holiday."""


@dataclass(frozen=True)
class Visits:
    """Columns over samples in order of collection: index into settings.counties, ordinals of the two days."""

    county: NDArray[np.int64]
    collected: NDArray[np.int64]
    completed: NDArray[np.int64]


def visits(settings: SimulationSettings, rng: np.random.Generator) -> Visits:
    """All samples of the period; volumes are gamma-Poisson by county and week, with growth, season and closed weeks."""
    first = settings.first.toordinal()
    day = np.arange(first, settings.last.toordinal() + 1)
    elapsed = (day - first) / 365.25
    weekday = (day - 1) % 7  # ordinal 1 was a Monday
    year_day = np.array([date.fromordinal(int(d)).timetuple().tm_yday for d in day])
    calendar = np.array(WEEKDAY)[weekday] / 7 * (1 + SEASON * np.sin(2 * np.pi * year_day / 365.25))
    calendar *= (1 + settings.growth) ** elapsed
    week = (day - first + (first - 1) % 7) // 7
    size = (len(settings.counties), int(week[-1]) + 1)
    mood = rng.gamma(WEEK_SHAPE, 1 / WEEK_SHAPE, size) * (rng.random(size) >= CLOSED) / (1 - CLOSED)
    weekly = np.array([c.weekly for c in settings.counties])
    counts = rng.poisson(weekly[:, None] * calendar * mood[:, week])
    at_day, county = np.nonzero(counts.T)
    times = counts.T[at_day, county]
    county, collected = np.repeat(county, times), np.repeat(day[at_day], times)
    return Visits(county=county, collected=collected, completed=collected + lag_days(len(collected), rng, collected))


def lag_days(count: int, rng: np.random.Generator, collected: NDArray[np.int64]) -> NDArray[np.int64]:
    """(count,) whole days from collection to completion; completion falls on Monday to Friday."""
    probability, days = zip(*LAG_QUANTILES, strict=True)
    completed = collected + np.rint(np.interp(rng.random(count), probability, days)).astype(np.int64)
    weekday = (completed - 1) % 7
    return np.asarray(completed - (weekday == 5) + (weekday == 6) - collected)
