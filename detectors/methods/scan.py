"""Prospective space-time scan statistics: is there a group of neighbouring places with too many cases in the latest
weeks?

Source: Kulldorff (2001), JRSS A 164 (prospective scan); Neill, Moore, Sabhnani, Daniel (2005) for the
expectation-based Poisson score; Kulldorff, Heffernan, Hartman et al. (2005), PLoS Medicine 2(3), for the permutation
scan; Allévius (2018), JOSS 3, whose R package `scanstatistics` is the reference. Every zone is tried over every
duration that ends now. With C cases and B expected in it, and N cases in all:

    expectation-based Poisson      C log(C/B) + B − C                                 when C > B, else 0
    population-based Poisson       C log(C/B) + (N − C) log((N − C)/(N − B))          when C > B, else 0
    permutation                    the same with B = (cases of the place) · (cases of the week) / N
    Bernoulli                      log-likelihood ratio of two shares of positives, inside and outside, against one,
                                   when the share inside is the higher, else 0

The most likely cluster has the highest score. Its p-value counts how many replicates of the whole scan, made under
"nothing has happened", reach it: (1 + reached) / (1 + replicates), which allows for all zones and durations tried.
Runs every week have p · weeks false clusters; the recurrence interval says how long one would wait for such a one by
chance: 1 / p weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]
CASES_AT_ONCE = 2_000_000
"""Replicates are made in blocks of so many numbers, so that memory stays bounded."""
FIRST_BLOCK = 8
"""Replicates that are made at first where a scan may stop early."""


@dataclass(frozen=True)
class Scan:
    """score, inside, outside: (zones, durations) score and risk relative to expectation in and outside; column d is
    the latest d + 1 weeks.

    zone, duration: of the most likely cluster: index into the zones, and weeks from 1. p: Monte-Carlo p-value, NaN
    without replicates. highest: (replicates,) highest score of each replicate that was made.
    """

    score: Floats
    inside: Floats
    outside: Floats
    zone: int
    duration: int
    p: float
    highest: Floats

    @property
    def recurrence_interval(self) -> float:
        """Weeks one would wait for such a cluster by chance, if the scan runs weekly; NaN without replicates."""
        return 1 / self.p


def expectation_scan(
    counts: ArrayLike,
    expected: ArrayLike,
    zones: Sequence[Sequence[int]],
    *,
    replicates: int = 999,
    rng: np.random.Generator | None = None,
    hopeless: float | None = None,
) -> Scan:
    """Expectation-based Poisson scan, for when a trusted forecast exists of each place and week.

    counts, expected: (weeks, places), oldest first; all weeks given are scanned. zones: place numbers from 0. rng: for
    the replicates; a fixed one if None, so that a signal can be recomputed. hopeless: stop making replicates once p
    cannot come down to this; p is then only known to be above it (Besag & Clifford 1991). Raises ValueError for shapes
    that differ, negative numbers or an empty zone.
    """
    cases, forecast = _grids(counts, expected)
    member = _membership(zones, cases.shape[1])

    def draw(random: np.random.Generator, size: int) -> Floats:
        return random.poisson(forecast, size=(size, *forecast.shape)).astype(np.float64)

    below = _recent(forecast) @ member

    def judge(inside: Floats, _: Floats) -> Floats:
        return np.where(inside > below, xlogy(inside, inside) - xlogy(inside, below) + below - inside, 0.0)

    inside = _recent(cases) @ member
    ratio = np.maximum(1.0, _ratio(inside, below))
    return _scan(cases, member, judge, draw, ratio, np.ones_like(ratio), replicates, rng, hopeless)


def population_scan(
    counts: ArrayLike,
    population: ArrayLike,
    zones: Sequence[Sequence[int]],
    *,
    replicates: int = 999,
    rng: np.random.Generator | None = None,
    hopeless: float | None = None,
) -> Scan:
    """Population-based Poisson scan: cases against the share of the population (or of all samples) in a zone.

    Arguments as `expectation_scan`.
    """
    cases, people = _grids(counts, population)
    total, everyone = cases.sum(), people.sum()
    share = people / everyone if everyone > 0 else np.full(people.shape, 1 / max(people.size, 1))

    def draw(random: np.random.Generator, size: int) -> Floats:
        return random.multinomial(int(total), share.ravel(), size=size).reshape(size, *share.shape).astype(np.float64)

    return _proportional(cases, share * total, zones, draw, replicates, rng, hopeless)


def permutation_scan(
    counts: ArrayLike,
    zones: Sequence[Sequence[int]],
    *,
    replicates: int = 999,
    rng: np.random.Generator | None = None,
    hopeless: float | None = None,
) -> Scan:
    """Space-time permutation scan: needs cases only, no population; finds what is unusual in place *and* time together.

    A rise everywhere at once, or a place that is always busy, is not a cluster to it. Arguments as `expectation_scan`;
    counts must be whole numbers.
    """
    cases, _ = _grids(counts, counts)
    total = cases.sum()
    forecast = np.outer(cases.sum(axis=1), cases.sum(axis=0)) / max(total, 1.0)
    week, place = np.nonzero(cases)
    many = cases[week, place].astype(np.int64)
    weeks, places = np.repeat(week, many), np.repeat(place, many)

    def draw(random: np.random.Generator, size: int) -> Floats:
        shuffled = random.permuted(np.broadcast_to(weeks, (size, weeks.size)), axis=1)
        cell = (np.arange(size)[:, None] * cases.shape[0] + shuffled) * cases.shape[1] + places
        return np.bincount(cell.ravel(), minlength=size * cases.size).reshape(size, *cases.shape).astype(np.float64)

    return _proportional(cases, forecast, zones, draw, replicates, rng, hopeless)


def bernoulli_scan(
    positives: ArrayLike,
    tested: ArrayLike,
    zones: Sequence[Sequence[int]],
    *,
    replicates: int = 999,
    rng: np.random.Generator | None = None,
    rho: ArrayLike = 0.0,
    hopeless: float | None = None,
) -> Scan:
    """Bernoulli scan: is the share of positives in a zone's latest weeks above that of all other tests? Arguments as
    `expectation_scan`.

    positives, tested: (weeks, places) whole numbers; positives above tested are taken as tested. Replicates shuffle
    the positives over all tests. rho: how alike samples of one week and place are, because several come from a batch,
    for all cells or (weeks, places); where it is above 0, replicates are beta-binomial draws with the overall share
    instead, for a shuffle of single samples makes p far too small then (Zhang, Zhang & Lin 2012). `inside`, `outside`:
    share of positives relative to the overall share.
    """
    cases, tests = _grids(positives, tested)
    cases = np.minimum(cases, tests)
    member = _membership(zones, cases.shape[1])
    total, everyone = float(cases.sum()), float(tests.sum())
    within = _recent(tests) @ member

    def judge(inside: Floats, all_positive: Floats) -> Floats:
        n = all_positive
        whole = xlogy(n, n) + xlogy(everyone - n, everyone - n) - xlogy(everyone, everyone)
        rest, others = n - inside, everyone - within
        ratio = xlogy(inside, inside) + xlogy(within - inside, within - inside) - xlogy(within, within)
        ratio += xlogy(rest, rest) + xlogy(others - rest, others - rest) - xlogy(others, others) - whole
        return np.where(inside * others > rest * within, np.maximum(ratio, 0.0), 0.0)

    alike = np.broadcast_to(np.asarray(rho, dtype=np.float64), tests.shape)
    if not bool(np.all((alike >= 0) & (alike < 1))):
        raise ValueError("rho must be from 0 to below 1")
    share = total / everyone if everyone > 0 else 0.0
    worth = np.where(alike > 0, 1 / np.where(alike > 0, alike, 1.0) - 1, np.inf)

    def lumpy(random: np.random.Generator, size: int) -> Floats:
        shape = (size, *tests.shape)
        spread = np.isfinite(worth) & (0 < share < 1)
        a, b = np.where(spread, share * worth, 1.0), np.where(spread, (1 - share) * worth, 1.0)
        each = np.where(spread, random.beta(np.maximum(a, 1e-9), np.maximum(b, 1e-9), size=shape), share)
        return random.binomial(tests.astype(np.int64), each).astype(np.float64)

    def draw(random: np.random.Generator, size: int) -> Floats:
        if alike.any():
            return lumpy(random, size)
        sample = random.multivariate_hypergeometric(
            tests.ravel().astype(np.int64), int(total), size=size, method="marginals"
        )
        return np.asarray(sample, dtype=np.float64).reshape(size, *tests.shape)

    inside = _recent(cases) @ member
    high = _ratio(inside, within * share)
    low = _ratio(total - inside, (everyone - within) * share)
    return _scan(cases, member, judge, draw, high, low, replicates, rng, hopeless)


def _proportional(
    cases: Floats,
    forecast: Floats,
    zones: Sequence[Sequence[int]],
    draw: Callable[[np.random.Generator, int], Floats],
    replicates: int,
    rng: np.random.Generator | None,
    hopeless: float | None,
) -> Scan:
    member = _membership(zones, cases.shape[1])
    total = cases.sum()
    below = _recent(forecast) @ member
    outer = np.maximum(total - below, 0.0)

    def judge(inside: Floats, _: Floats) -> Floats:
        rest = total - inside
        ratio = xlogy(inside, _ratio(inside, below)) + xlogy(rest, _ratio(rest, outer))
        return np.where(inside > below, ratio, 0.0)

    inside = _recent(cases) @ member
    outside = np.where(total > below, _ratio(total - inside, outer), 1.0)
    return _scan(cases, member, judge, draw, _ratio(inside, below), outside, replicates, rng, hopeless)


def _scan(
    cases: Floats,
    member: Floats,
    judge: Callable[[Floats, Floats], Floats],
    draw: Callable[[np.random.Generator, int], Floats],
    inside: Floats,
    outside: Floats,
    replicates: int,
    rng: np.random.Generator | None,
    hopeless: float | None = None,
) -> Scan:
    def scores(grids: Floats) -> Floats:
        recent = _recent(grids)
        inside = (recent.reshape(-1, member.shape[0]) @ member).reshape(*recent.shape[:-1], member.shape[1])
        return judge(inside, grids.sum(axis=(-2, -1), keepdims=True))

    with np.errstate(divide="ignore", invalid="ignore"):
        score = scores(cases).T
        zone, duration = np.unravel_index(int(np.argmax(score)), score.shape)
        top = float(score[zone, duration])
        random = rng or np.random.default_rng(0)
        at_once = max(1, CASES_AT_ONCE // max(cases.size, int(cases.sum()), member.shape[1] * cases.shape[0]))
        highest = np.empty(0)
        reached = 0
        # Most scans are hopeless after a few replicates: begin with few.
        size = at_once if hopeless is None else min(at_once, FIRST_BLOCK)
        while highest.size < replicates:
            if hopeless is not None and (1 + reached) / (1 + replicates) > hopeless:
                break
            grids = draw(random, min(size, replicates - highest.size))
            size = min(2 * size, at_once)
            highest = np.concatenate([highest, scores(grids).max(axis=(1, 2))])
            # Rounding must not decide whether an equal replicate reached the score.
            reached = int(np.sum(highest >= top * (1 - 1e-12)))
    p = (1 + reached) / (1 + highest.size) if replicates else float("nan")
    return Scan(score, inside.T, outside.T, int(zone), int(duration) + 1, p, highest)


def _grids(counts: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(counts, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if first.ndim != 2 or first.shape != second.shape or not first.size:
        raise ValueError(f"a scan needs two grids (weeks, places) of one shape, not {first.shape} and {second.shape}")
    if not bool(np.all(first >= 0) and np.all(second >= 0)):
        raise ValueError("a scan needs numbers of 0 or more, with none missing")
    return first, second


def _membership(zones: Sequence[Sequence[int]], places: int) -> Floats:
    """(places, zones) 1 where a place belongs to a zone."""
    if not zones or any(len(zone) == 0 for zone in zones):
        raise ValueError("a scan needs at least one zone, and no empty one")
    sizes = np.array([len(zone) for zone in zones])
    members = np.fromiter((place for zone in zones for place in zone), np.int64, int(sizes.sum()))
    column = np.repeat(np.arange(len(zones)), sizes)
    wrong = np.flatnonzero((members < 0) | (members >= places))
    if wrong.size:
        raise ValueError(f"zone {column[wrong[0]]} names a place outside 0 … {places - 1}")
    member = np.zeros((places, len(zones)))
    member[members, column] = 1.0
    return member


def _recent(grid: Floats) -> Floats:
    """(…, weeks, places) → sums over the latest 1, 2 … weeks."""
    # In one piece, else each product with the zones is taken number by number.
    return np.ascontiguousarray(np.cumsum(grid[..., ::-1, :], axis=-2))


def _ratio(a: Floats, b: Floats) -> Floats:
    return np.divide(a, b, out=np.where(a > 0, np.inf, 1.0), where=b > 0)
