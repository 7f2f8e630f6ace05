"""Lone spikes in years of nothing: the fit's trend runs away past them, and the bounds must still stand."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_settings import Farrington


def test_a_fit_that_runs_away_past_a_spike_gives_bounds_without_a_warning() -> None:
    random = np.random.default_rng(0)
    counts = np.zeros((300, 420))
    for row in counts:
        weeks = random.integers(0, row.size, random.integers(1, 4))
        row[weeks] = random.integers(1, 2000, weeks.size)
    # Warnings are errors here: a 0/0 in one week of a fit used to hide the other unusual weeks of it.
    seen = farrington_flexible(counts, Farrington(p_threshold_trend=0.05))
    assert seen.alarm.any()
    assert not seen.alarm[counts == 0].any()


@pytest.mark.parametrize("compat", [None, "surveillance"])
def test_a_spike_that_brings_its_own_tests_leaves_nothing_to_weigh_against(compat: str | None) -> None:
    """A laboratory that sends nothing but one enormous week: the volume is as large as the count, and 0 elsewhere."""
    counts = np.zeros((1, 420))
    counts[0, 200] = 1e7
    seen = farrington_flexible(counts, population=counts + (counts == 0) * 1e-9, compat=compat)
    also = farrington_flexible(counts, population=counts, compat=compat)
    assert not np.isnan(seen.alarm).any()
    assert not also.alarm[counts == 0].any()
