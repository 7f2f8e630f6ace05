from __future__ import annotations

import numpy as np
import pytest

from detectors.simulator.emergence_set import FIRST_WATCHED, KINDS, EmergenceSet, emergence_set
from tests.shared import shared


@pytest.fixture(scope="module")
def made() -> EmergenceSet:
    return emergence_set(7, 4000, 365)


def test_it_has_the_arrays_of_the_reference_set(made: EmergenceSet) -> None:
    with np.load(shared("golden/emergence_sim.npz")) as reference:
        assert set(made.arrays()) == set(reference.files)
        for name, array in made.arrays().items():
            assert array.ndim == reference[name].ndim, name
        y, n = reference["y"].astype(int), reference["n"].astype(int)
        onset, jump, kind = (reference[k].astype(int) for k in ("onset", "jump", "kind"))
        prevalence, volume = reference["prevalence"], reference["volume"].astype(int)
    theirs = EmergenceSet(y, n, prevalence, volume, kind, onset, jump)
    for value in np.unique(volume):
        for before in (True, False):
            pairs = []
            for one in (theirs, made):
                mine = (one.volume == value) & (one.jump < 0)
                part = one.tests[mine][:, :52] if before else one.tests[mine][:, -52:]
                pairs.append((part.mean(), part.var() / part.mean(), (part == 0).mean()))
            assert pairs[1] == pytest.approx(pairs[0], rel=0.2, abs=0.01)
    for value in np.unique(prevalence):
        for k in range(1, len(KINDS)):
            for week in (-8, 0, 2, 4, 8, 16):
                shares = []
                for one in (theirs, made):
                    mine = np.flatnonzero((one.prevalence == value) & (one.kind == k))
                    at = one.onset[mine] + week
                    shares.append(one.positives[mine, at].sum() / one.tests[mine, at].sum())
                assert shares[1] == pytest.approx(shares[0], abs=0.045), (value, KINDS[k], week)


def test_positives_scatter_as_in_the_reference_set(made: EmergenceSet) -> None:
    quiet = (made.kind == 0) & (made.prevalence == 0.15) & (made.volume == 60)
    y, n = made.positives[quiet], made.tests[quiet]
    share = 0.15 * (1 + 0.155 * np.cos(2 * np.pi * np.arange(y.shape[1]) / 52))
    kept = n > 20
    pearson = ((y - n * share) ** 2 / np.maximum(n * share * (1 - share), 1e-9))[kept]
    assert (pearson - 1).mean() / (n[kept] - 1).mean() == pytest.approx(0.015, abs=0.004)


def test_onsets_are_known_and_watched(made: EmergenceSet) -> None:
    assert np.array_equal(made.onset < 0, made.kind == 0)
    known = made.onset[made.onset >= 0]
    assert known.min() > FIRST_WATCHED
    assert known.max() < 365 - 9
    assert (made.positives <= made.tests).all()
    new = (made.prevalence == 0) & (made.kind > 0)
    weeks = np.arange(365)
    assert made.positives[new][weeks < made.onset[new][:, None]].sum() == 0


def test_a_jump_in_volume_changes_nothing_else(made: EmergenceSet) -> None:
    jumped = np.flatnonzero((made.jump >= 0) & (made.kind == 0) & (made.prevalence == 0.15))
    after = np.arange(365) >= made.jump[jumped][:, None]
    y, n = made.positives[jumped], made.tests[jumped]
    assert y[after].sum() / n[after].sum() == pytest.approx(y[~after].sum() / n[~after].sum(), abs=0.01)
    assert n[after].mean() > 2.5 * n[~after].mean()


def test_equal_seeds_give_equal_sets() -> None:
    assert np.array_equal(emergence_set(1, 80, 300).positives, emergence_set(1, 80, 300).positives)
    assert not np.array_equal(emergence_set(1, 80, 300).positives, emergence_set(2, 80, 300).positives)


@pytest.mark.parametrize(("series", "weeks", "message"), [(0, 365, "series must"), (80, 100, "weeks must")])
def test_too_small_a_set_is_refused(series: int, weeks: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        emergence_set(1, series, weeks)
