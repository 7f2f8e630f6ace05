"""Tests of shares, many tests, shifts and scans equal R, number by number; exceptions are exempt by name and few."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bench.golden_compare import Comparisons
from bench.golden_tests import location_shift_equal, multiple_testing_equal, proportions_equal, scans_equal
from detectors.methods.beta_binomial import beta_binomial_tail
from detectors.methods.zones import nearest_zones
from tests.shared import shared


@pytest.mark.parametrize("family", [proportions_equal, multiple_testing_equal, location_shift_equal, scans_equal])
def test_equals_reference(family: Callable[[Path], Comparisons]) -> None:
    entries = list(family(shared("golden")))
    assert sum(entry.values for entry in entries) > 100
    assert [str(entry) + str(entry.examples) for entry in entries if entry.unequal] == []


def test_zones_are_those_of_the_reference() -> None:
    import json

    given = json.loads(shared("golden/scan_statistics.json").read_text())
    known = {tuple(i - 1 for i in (zone if isinstance(zone, list) else [zone])) for zone in given["zones"]}
    assert set(nearest_zones(given["geo"], 8)) == known


@pytest.mark.parametrize(
    ("x", "n", "a", "b"), [(25, 287, 0.5, 3724.5), (3, 40, 2.5, 300.5), (1, 5, 0.5, 0.5), (60, 60, 3.5, 9.5)]
)
def test_beta_binomial_tail_is_right_where_one_minus_is_rounding_error(x: int, n: int, a: float, b: float) -> None:
    first, second = Fraction(a), Fraction(b)
    mass = Fraction(1)
    for j in range(n):
        mass *= (second + j) / (first + second + j)
    below = Fraction(0)
    for k in range(x):
        below += mass
        mass *= Fraction(n - k) * (k + first) / ((k + 1) * (n - k - 1 + second))
    assert beta_binomial_tail(x, n, a, b) == pytest.approx(float(1 - below), rel=1e-9)
    assert np.isfinite(beta_binomial_tail(x, n, a, b))
