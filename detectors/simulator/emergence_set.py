"""Weekly series with known onsets, for scoring detectors where no other benchmark is to hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VOLUMES = (4, 10, 25, 60)
"""Samples a week at the beginning."""
PREVALENCES = (0.0, 0.002, 0.01, 0.05, 0.15)
"""Share of positives before an onset."""
KINDS = ("none", "step", "ramp", "spike")
FIRST_WATCHED = 190
"""Weeks of history before the first watched one: room for the three years that a Farrington baseline takes."""
SHORTEST = 280
ONSET_FROM_END = (75, 31)
"""The onset lies between so many weeks before the end, so that quiet weeks are watched before and hits after it."""
JUMP_AFTER, JUMP_BEFORE_END = 200, 36
JUMP_SHARE, JUMP_FACTOR = 0.35, 3.0
"""A third of the series gets a new programme: volume times three for good, and nothing else changes."""
RISE = {"step": (0.1, 4.0), "ramp": (0.1, 4.0), "spike": (0.2, 7.0)}
"""After the onset the share is the larger of p + first and p × second."""
HIGHEST = 0.95
RAMP_MIDDLE, RAMP_SCALE, SPIKE_WEEKS = 6.0, 1.5, 3
SEASON, VOLUME_SEASON = 0.155, 0.2
"""Relative amplitudes over the year of the quiet share and of the volume."""
GROWTH = (0.4, 3.0)
"""Lowest and highest factor, even over series, that the volume has changed by after seven years of steady growth."""
WEEK_SHAPE, GAPS = 4.5, 0.04
"""Shape of the gamma that each week's volume is multiplied by; share of weeks without a sample."""
CORRELATION = 0.015
"""Of two samples of one week: positives are beta-binomial, because samples come in batches."""


@dataclass(frozen=True)
class EmergenceSet:
    """positives, tests: (series, weeks) counts. prevalence, volume: (series,) of the quiet weeks and of the first year.
    kind: (series,) index into KINDS. onset, jump: (series,) week of the emergence and of the volume jump, -1 for none.
    """

    positives: NDArray[np.int64]
    tests: NDArray[np.int64]
    prevalence: NDArray[np.float64]
    volume: NDArray[np.int64]
    kind: NDArray[np.int64]
    onset: NDArray[np.int64]
    jump: NDArray[np.int64]

    def arrays(self) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
        """By the benchmark's short names: y, n, prevalence, volume, kind, onset, jump."""
        return {
            "y": self.positives,
            "n": self.tests,
            "prevalence": self.prevalence,
            "volume": self.volume,
            "kind": self.kind,
            "onset": self.onset,
            "jump": self.jump,
        }


def emergence_set(seed: int, series: int, weeks: int = 365) -> EmergenceSet:
    """`series` series that go round the 80 cells of prevalence, volume and kind; a quarter of them has no emergence.

    Raises ValueError below one series or SHORTEST weeks, where no onset would have history before and weeks after it.
    """
    if series < 1:
        raise ValueError(f"series must be 1 or more, not {series}")
    if weeks < SHORTEST:
        raise ValueError(f"weeks must be {SHORTEST} or more, not {weeks}: {FIRST_WATCHED} are history")
    rng = np.random.default_rng(seed)
    cell = np.arange(series) % (len(PREVALENCES) * len(VOLUMES) * len(KINDS))
    kind = cell % len(KINDS)
    volume = np.array(VOLUMES)[cell // len(KINDS) % len(VOLUMES)]
    prevalence = np.array(PREVALENCES)[cell // (len(KINDS) * len(VOLUMES))]
    onset = rng.integers(weeks - ONSET_FROM_END[0], weeks - ONSET_FROM_END[1], series, endpoint=True)
    onset = np.where(kind == 0, -1, np.maximum(onset, FIRST_WATCHED + 10))
    jump = rng.integers(JUMP_AFTER, weeks - JUMP_BEFORE_END, series, endpoint=True)
    jump = np.where(rng.random(series) < JUMP_SHARE, jump, -1)
    tests = _tests(volume, jump, weeks, rng)
    share = _share(prevalence, kind, onset, weeks)
    scale = 1 / CORRELATION - 1
    sure = np.clip(share, 1e-6, HIGHEST)
    chance = np.where(share > 0, rng.beta(sure * scale, (1 - sure) * scale), 0.0)
    return EmergenceSet(rng.binomial(tests, chance), tests, prevalence, volume, kind, onset, jump)


def _tests(
    volume: NDArray[np.int64], jump: NDArray[np.int64], weeks: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    week = np.arange(weeks)
    growth = np.log(rng.uniform(*GROWTH, volume.size)) / 7
    mean = volume[:, None] * np.exp(growth[:, None] * week / 52) * (1 + VOLUME_SEASON * np.sin(2 * np.pi * week / 52))
    mean = np.where((jump[:, None] >= 0) & (week >= jump[:, None]), mean * JUMP_FACTOR, mean)
    mean *= rng.gamma(WEEK_SHAPE, 1 / WEEK_SHAPE, mean.shape) * (rng.random(mean.shape) >= GAPS)
    return rng.poisson(mean)


def _share(
    prevalence: NDArray[np.float64], kind: NDArray[np.int64], onset: NDArray[np.int64], weeks: int
) -> NDArray[np.float64]:
    week = np.arange(weeks)[None, :]
    since = week - onset[:, None]
    share = prevalence[:, None] * (1 + SEASON * np.cos(2 * np.pi * week / 52))
    progress = {
        "step": np.ones(since.shape),
        "ramp": 1 / (1 + np.exp(-(np.maximum(since, 0) - RAMP_MIDDLE) / RAMP_SCALE)),
        "spike": (since < SPIKE_WEEKS).astype(np.float64),
    }
    for name, (added, times) in RISE.items():
        mine = ((kind == KINDS.index(name)) & (onset >= 0))[:, None] & (since >= 0)
        rise = (np.maximum(prevalence + added, prevalence * times) - prevalence)[:, None]
        share = np.where(mine, share + rise * progress[name], share)
    return np.minimum(share, HIGHEST)
