"""Cluster: counties and their neighbours are scanned together; batches do not make clusters; a hopeless scan stops."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.explain import codes_in, explain
from detectors.methods.cluster import cluster, cluster_counties
from detectors.methods.cluster_scan import SCANS
from detectors.methods.scan import bernoulli_scan
from detectors.methods.zones import on_the_globe, round_zones
from detectors.words.county_places import county_places
from tests.methods.told import Story, known_on, sample

BAY = ("06001", "06013")  # Alameda and Contra Costa
CALIFORNIA = (*BAY, "06029", "06037", "06067", "06073", "06085", "06019", "06107", "06023")
XYLAZINE = frozenset({"xylazine"})
PLACES = (*CALIFORNIA, "06")


def state(seed: int, hot: tuple[str, ...] = (), share: float = 0.04, high: float = 0.3) -> Story:
    """A year of ten counties, each with a sample every other day; the hot ones rise together in the last four weeks."""
    r = random.Random(seed)
    return [
        sample(
            f"{place}.{d}",
            d,
            *(["xylazine"] if r.random() < (high if place in hot and d >= 336 else share) else []),
            place=place,
        )
        for place in CALIFORNIA
        for d in range(0, 364, 2)
    ]


def test_two_neighbours_that_rise_together_are_one_cluster() -> None:
    (signal,) = cluster(known_on(state(3, BAY), 364), {}, XYLAZINE, PLACES)
    assert set(cluster_counties(signal)) >= set(BAY)
    assert len(cluster_counties(signal)) <= 4
    assert signal.place == "06"
    assert signal.probability is not None
    assert signal.probability <= 1 / 52
    assert codes_in(signal)[0] == "06"
    sentence = explain(signal, {}, {"06001": "Alameda County", "06013": "Contra Costa County", "06": "California"})
    assert "Alameda County" in sentence
    assert "Contra Costa County" in sentence
    assert cluster(known_on(state(3, BAY), 364), {}, XYLAZINE, PLACES) == (signal,)


def test_neighbours_are_found_where_neither_alone_would_be() -> None:
    """At a share that one county cannot bear out, the two together do; seen over several years of chance."""
    both = alone = 0
    for seed in range(8):
        said = cluster(known_on(state(seed, BAY, high=0.26), 364), {"replicates": 499}, XYLAZINE, PLACES)
        both += any(set(cluster_counties(s)) & set(BAY) for s in said)
        one = cluster(
            known_on(state(seed, BAY, high=0.26), 364), {"replicates": 499, "most_counties": 1}, XYLAZINE, PLACES
        )
        alone += any(set(cluster_counties(s)) & set(BAY) for s in one)
    assert both > alone
    assert both >= 4


@pytest.mark.parametrize("algorithm", SCANS)
def test_each_scan_finds_the_two_and_tells_the_least_count_that_would_have_done(algorithm: str) -> None:
    rule = {"algorithm": algorithm}
    story = state(3, BAY, high=0.5)
    (signal,) = cluster(known_on(story, 364), rule, XYLAZINE, PLACES)
    assert set(cluster_counties(signal)) >= set(BAY)
    assert signal.smallest is not None
    assert 3 <= signal.smallest < signal.observed
    assert signal.expected is not None
    assert signal.expected < signal.observed
    assert (f"{algorithm} scan" in explain(signal)) == (algorithm != "bernoulli")
    # Count again from the samples: the newest positives of the cluster turn into negatives, place by place.
    counties, weeks = cluster_counties(signal), [364 - 7 * k for k in range(1, 13)]
    inside = sorted(
        (i for i, s in enumerate(story) if s.ref.removeprefix("lab/") in {r.removeprefix("lab/") for r in
         signal.evidence}), key=lambda i: (sum(story[i].event - known_on([], 0).today.toordinal() <= w for w in weeks),
                                           counties.index(story[i].place)),
    )  # fmt: skip
    for missing in (signal.observed - signal.smallest, signal.observed - signal.smallest + 1):
        gone = set(inside[:missing])
        fewer = [replace(s, substances=()) if i in gone else s for i, s in enumerate(story)]
        said = cluster(known_on(fewer, 364), {**rule, "fresh_days": 60}, XYLAZINE, PLACES)
        near = [s for s in said if set(cluster_counties(s)) & set(counties)]
        assert bool(near) == (missing == signal.observed - signal.smallest)


def test_a_feed_of_findings_alone_can_be_scanned_by_permutation_only() -> None:
    story = [s for s in state(3, BAY, high=0.5) if s.substances]
    assert cluster(known_on(story, 364), {}, XYLAZINE, PLACES) == ()
    (signal,) = cluster(known_on(story, 364), {"algorithm": "permutation"}, XYLAZINE, PLACES)
    assert set(cluster_counties(signal)) >= set(BAY)


def test_a_rise_everywhere_is_a_cluster_to_expectation_and_not_to_permutation() -> None:
    story = state(6, CALIFORNIA, high=0.25)
    (signal,) = cluster(known_on(story, 364), {"algorithm": "expectation"}, XYLAZINE, PLACES)
    assert signal.expected is not None
    assert signal.observed > 3 * signal.expected
    assert cluster(known_on(story, 364), {"algorithm": "permutation"}, XYLAZINE, PLACES) == ()


NITAZENES = ("isotonitazene", "metonitazene", "protonitazene", "etonitazene", "n-pyrrolidino-etonitazene")


def test_different_nitazenes_of_neighbours_are_one_cluster_of_their_class() -> None:
    """Ten samples in five weeks, of five nitazenes, two each: no member clusters, the class does."""
    quiet = [replace(s, substances=()) for s in state(3)]
    each = [
        sample(f"n{i}", 334 + 3 * i, NITAZENES[i % 5], place=BAY[i % 2])
        for i in range(10)
    ]  # fmt: skip
    asked, rule = frozenset(NITAZENES), {"min_positives": 3}
    assert cluster(known_on([*quiet, *each], 364), rule, asked, PLACES) == ()
    (signal,) = cluster(known_on([*quiet, *each], 364), {**rule, "whole_classes": True}, asked, PLACES)
    assert (signal.substance, signal.observed) == ("nitazene", 10)
    assert set(cluster_counties(signal)) == set(BAY)
    assert "members: etonitazene, isotonitazene" in explain(signal)
    # One member that clusters by itself says it better.
    same = [replace(s, substances=("isotonitazene",)) if i > 5 else s for i, s in enumerate(each)]
    said = cluster(known_on([*quiet, *same], 364), {**rule, "whole_classes": True}, asked, PLACES)
    assert [s.substance for s in said] == ["isotonitazene"]


def test_a_scan_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="algorithm"):
        cluster(known_on(state(3), 364), {"algorithm": "loud"}, XYLAZINE, PLACES)


def test_a_rise_that_goes_with_nobody_near_is_one_county() -> None:
    (signal,) = cluster(known_on(state(5, ("06023",), high=0.6), 364), {}, XYLAZINE, PLACES)
    assert signal.place == "06023"
    assert cluster_counties(signal) == ("06023",)


def test_zones_grow_around_each_place_up_to_their_share() -> None:
    zones = round_zones([[0.0], [1.0], [3.0], [9.0]], [1, 1, 1, 1], largest=0.5)
    assert zones == ((0,), (0, 1), (1,), (2,), (1, 2), (3,), (2, 3))
    assert round_zones([[0.0], [1.0], [3.0]], [1, 0, 1], largest=1.0) == ((0,), (0, 2), (2,))
    assert round_zones([[np.nan], [1.0], [3.0]], [1, 1, 1], largest=1.0) == ((0,), (1,), (1, 2), (2,))
    assert round_zones([[0.0], [1.0]], [0, 0]) == ()
    with pytest.raises(ValueError, match="weights"):
        round_zones([[0.0]], [1, 2])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), largest=st.sampled_from([0.1, 0.5, 0.9]), most=st.integers(1, 6))
def test_no_zone_is_larger_than_allowed(seed: int, largest: float, most: int) -> None:
    random_ = np.random.default_rng(seed)
    weights = random_.poisson(3, 12).astype(float)
    zones = round_zones(random_.random((12, 2)), weights, largest=largest, most=most)
    for zone in zones:
        assert weights[list(zone)].sum() <= largest * weights.sum()
        assert 1 <= len(zone) <= most
        assert all(weights[i] > 0 for i in zone)
    assert len(set(zones)) == len(zones)


def test_neighbours_on_the_map_are_near_on_the_globe() -> None:
    table = county_places()
    here, next_door, far = (table[c] for c in ("06001", "06013", "06073"))
    points = on_the_globe([c.latitude for c in (here, next_door, far)], [c.longitude for c in (here, next_door, far)])  # type: ignore[arg-type]
    assert np.sum((points[0] - points[1]) ** 2) < np.sum((points[0] - points[2]) ** 2)
    east, west = on_the_globe([0, 0, 0], [179.9, -179.9, 170.0])[:2]
    assert np.sum((east - west) ** 2) < 1e-4


def test_batches_do_not_make_clusters() -> None:
    """Positives that come in batches of one week and county: with rho the scan is calm, without it cries wolf."""
    r = np.random.default_rng(11)
    calm = wolf = 0
    zones = round_zones(r.random((10, 2)), np.ones(10))
    for _ in range(40):
        tests = np.full((13, 10), 8.0)
        tests[0] = 8 * 40
        each = r.beta(0.05 * 19, 0.95 * 19, (13, 10))  # rho = 0.05
        cases = r.binomial(tests.astype(int), each)
        cases[0] = r.binomial(8, r.beta(0.05 * 19, 0.95 * 19, (40, 10))).sum(axis=0)
        alike = np.full(tests.shape, 0.05)
        alike[0] = 7 * 0.05 / (8 * 40 - 1)
        calm += bernoulli_scan(cases, tests, zones, replicates=99, rho=alike).p <= 0.05
        wolf += bernoulli_scan(cases, tests, zones, replicates=99).p <= 0.05
    assert calm <= 6
    assert wolf >= calm + 4


def test_a_hopeless_scan_stops_and_a_hopeful_one_is_unchanged() -> None:
    r = np.random.default_rng(2)
    tests = np.full((6, 30), 50.0)
    cases = r.binomial(50, 0.1, tests.shape)
    zones = round_zones(r.random((30, 2)), np.ones(30))
    stopped = bernoulli_scan(cases, tests, zones, replicates=9999, hopeless=0.01)
    assert stopped.highest.size < 9999
    assert stopped.p > 0.01
    cases[-2:, :3] += 20
    whole = bernoulli_scan(cases, tests, zones, replicates=499)
    assert bernoulli_scan(cases, tests, zones, replicates=499, hopeless=1 / 52).p == whole.p


def test_rho_must_be_a_share() -> None:
    with pytest.raises(ValueError, match="rho"):
        bernoulli_scan([[1.0]], [[2.0]], [[0]], rho=1.5)


def test_scores_do_not_depend_on_the_order_of_places() -> None:
    r = np.random.default_rng(4)
    tests = r.poisson(5, (5, 6)).astype(float)
    cases = r.binomial(tests.astype(int), 0.3)
    points = r.random((6, 2))
    order = r.permutation(6)
    first = bernoulli_scan(cases, tests, round_zones(points, tests.sum(axis=0)), replicates=0)
    second = bernoulli_scan(
        cases[:, order], tests[:, order], round_zones(points[order], tests[:, order].sum(axis=0)), replicates=0
    )
    assert sorted(first.score.ravel()) == pytest.approx(sorted(second.score.ravel()))
    assert all(a <= b + 1e-9 for a, b in pairwise(sorted(first.score.ravel())))
