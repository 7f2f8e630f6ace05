"""The detectors of ESSENCE equal the CDC's Rnssp, number by number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.golden_compare import Comparisons
from bench.golden_essence import ewma_equal, regression_equal, switch_equal
from tests.shared import shared


@pytest.mark.parametrize("family", [ewma_equal, regression_equal, switch_equal])
def test_equals_reference(family: Callable[[Path], Comparisons]) -> None:
    entries = list(family(shared("golden")))
    assert sum(entry.values for entry in entries) > 5_000
    assert [str(entry) + str(entry.examples) for entry in entries if entry.unequal] == []
