"""Simulated weekly series of positives among samples, with known onsets, of the project's own making and seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WEEKS = 365
FIRST_WATCHED = 190


@dataclass(frozen=True)
class EmergenceSet:
    """y, n: (series, weeks). onset, jump: (series,) week or −1. prevalence, volume: (series,) as set at first."""

    y: Ints
    n: Ints
    onset: Ints
    jump: Ints
    prevalence: Floats
    volume: Ints


@dataclass(frozen=True)
class Truth:
    """What the simulation knew. before: (series, weeks) share without an emergence, with its season. reached: (series,
    kinds) share that a step, a ramp or a spike goes to. rho: (series,)."""

    before: Floats
    reached: Floats
    rho: Floats


def risen(before: Floats, reached: Floats, kind: int, age: int) -> Floats:
    """Share in the week that is `age` weeks after an onset. kind: 1 step, 2 ramp over ten weeks, 3 spike of three."""
    part = (1.0, min((age + 1) / 10, 1.0), 1.0 * (age < 3))[kind - 1]
    return np.asarray(np.clip(before + part * np.maximum(reached[:, None] - before, 0), 0, 0.98))


def simulate(
    seed: int,
    each: int = 60,
    volumes: tuple[int, ...] = (3, 8, 20, 80),
    prevalences: tuple[float, ...] = (0.0, 0.003, 0.02, 0.08, 0.2),
) -> EmergenceSet:
    """The set of `simulate_with_truth` alone, as detectors see it."""
    return simulate_with_truth(seed, each, volumes, prevalences)[0]


def simulate_with_truth(
    seed: int, each: int, volumes: tuple[int, ...], prevalences: tuple[float, ...]
) -> tuple[EmergenceSet, Truth]:
    """`each` series per cell and kind (none, step, ramp over ten weeks, spike of three); a third has a volume jump.

    Volumes are negative binomial, grow by a few per cent a year, and miss a week now and then; prevalence has a season
    in some series; samples are alike within a week (beta-binomial) in most, not in all.
    """
    r = np.random.default_rng(seed)
    cells = [(p, v, k) for p in prevalences for v in volumes for k in range(4) for _ in range(each)]
    share = np.array([c[0] for c in cells])
    volume = np.array([c[1] for c in cells])
    kind = np.array([c[2] for c in cells])
    size = len(cells)
    t = np.arange(WEEKS)
    onset = np.where(kind > 0, r.integers(280, 336, size), -1)
    jump = np.where(r.random(size) < 1 / 3, r.integers(200, 330, size), -1)
    growth = 1 + r.uniform(0, 0.08, size)[:, None] * t / 52
    level = (
        volume[:, None]
        * growth
        * np.where((jump[:, None] >= 0) & (t >= jump[:, None]), r.uniform(2, 4, size)[:, None], 1)
    )
    n = r.poisson(level * r.gamma(4, 1 / 4, level.shape)) * (r.random(level.shape) > 0.04)
    season = r.choice([0.0, 0.25], size)[:, None] * np.cos(2 * np.pi * (t / 52.18 - r.random(size)[:, None]))
    p = before = share[:, None] * (1 + season)
    after = np.maximum(share * 4, share + 0.1)
    age = t - onset[:, None]
    shape = np.select(
        [kind[:, None] == 1, kind[:, None] == 2, kind[:, None] == 3],
        [(age >= 0) * 1.0, np.clip((age + 1) / 10, 0, 1), (age >= 0) & (age < 3)],
        0.0,
    ) * (onset[:, None] >= 0)
    reach = np.where(kind == 3, np.minimum(after * 1.7, 0.95), np.minimum(after, 0.95))
    p = np.clip(p + shape * np.maximum(reach[:, None] - p, 0), 0, 0.98)
    rho = r.choice([0.0005, 0.01, 0.02, 0.04], size)[:, None]
    c = 1 / rho - 1
    batch = np.where(p > 0, r.beta(np.maximum(p * c, 1e-6), (1 - p) * c), 0.0)
    made = EmergenceSet(r.binomial(n, batch).astype(np.int64), n.astype(np.int64), onset, jump, share, volume)
    reached = np.minimum(after[:, None] * np.array([1.0, 1.0, 1.7]), 0.95)
    return made, Truth(before, reached, rho[:, 0])


def load(path: str) -> EmergenceSet:
    """A set kept as .npz with arrays of the same names."""
    with np.load(path) as z:
        return EmergenceSet(
            z["y"].astype(np.int64),
            z["n"].astype(np.int64),
            z["onset"].astype(np.int64),
            z["jump"].astype(np.int64),
            z["prevalence"].astype(np.float64),
            z["volume"].astype(np.int64),
        )
