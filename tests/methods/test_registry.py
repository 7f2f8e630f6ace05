"""Methods enter by name; parameters are checked by their own description; thresholds follow from tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.methods import tolerance
from detectors.methods.confirmation import Confirmation, confirmation
from detectors.registry import BUILT_IN, completed, methods


def test_ours_are_there_without_being_installed() -> None:
    found = methods()
    assert set(BUILT_IN) <= set(found)
    for name in BUILT_IN:
        assert found[name].name == name
        assert found[name].question.endswith("?")
        assert completed(found[name], {}) == {p.name: p.default for p in found[name].parameters}


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_parameter_has_bounds_that_hold_its_default_and_a_sentence(name: str) -> None:
    for p in methods()[name].parameters:
        assert p.sentence.endswith(".")
        if isinstance(p.default, bool | str):
            continue
        assert p.low is not None
        assert p.high is not None
        assert p.low <= p.default <= p.high
        with pytest.raises(ValueError, match=p.name):
            completed(methods()[name], {p.name: p.high + 1})


def test_fewer_false_alerts_need_a_higher_threshold() -> None:
    rates = np.geomspace(1e-4, 5, 40)
    bars = [tolerance.threshold(float(r)) for r in rates]
    assert bars == sorted(bars, reverse=True)
    assert tolerance.threshold(0.1) == pytest.approx(tolerance.EMERGENCE[2])
    with pytest.raises(ValueError, match="above 0"):
        tolerance.threshold(0)


@pytest.mark.parametrize(
    ("printed", "grade"),
    [
        (("GCMS",), Confirmation.CONFIRMED),
        (("Derivatized GCMS",), Confirmation.CONFIRMED),
        (("FTIR", "LC-MS/MS"), Confirmation.CONFIRMED),
        (("lc-qtof",), Confirmation.CONFIRMED),
        (("FTIR", "fentanyl test strip"), Confirmation.SCREENING),
        (("Fentanyl strips",), Confirmation.STRIP),
        (("programs",), Confirmation.UNSTATED),
        ((), Confirmation.UNSTATED),
    ],
)
def test_how_far_a_result_is_confirmed(printed: tuple[str, ...], grade: Confirmation) -> None:
    assert confirmation(printed) is grade
