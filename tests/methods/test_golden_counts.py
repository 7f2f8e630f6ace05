"""Counts and drift equal R's `surveillance` and `glm`, number by number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.golden_compare import Comparisons
from bench.golden_counts import cusum_equal, ears_equal, farrington_equal, quasibinomial_equal
from tests.shared import shared


@pytest.mark.parametrize("family", [ears_equal, cusum_equal, farrington_equal, quasibinomial_equal])
def test_equals_reference(family: Callable[[Path], Comparisons]) -> None:
    entries = list(family(shared("golden")))
    assert sum(entry.values for entry in entries) > 5_000
    assert [str(entry) + str(entry.examples) for entry in entries if entry.unequal] == []
    # No alarm, dispersion or expectation is ever exempt, and of all values hardly any.
    assert all(not entry.exempt for entry in entries if entry.name.endswith(("alarm", "phi", "expected")))
    assert sum(sum(entry.exempt.values()) for entry in entries) < 0.002 * sum(entry.values for entry in entries)
