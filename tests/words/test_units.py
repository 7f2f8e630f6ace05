"""Quantities as laboratories print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.words.units import Quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "quantity"),
    [
        ("12.5 %", "", Quantity(125.0, "mg/g")),
        ("3 mg/g", "", Quantity(3.0, "mg/g")),
        ("<0.1 ng/mL", "", Quantity(0.1, "ng/mL", "<")),
        ("≥ 2 µg/mL", "", Quantity(2000.0, "ng/mL", ">")),
        ("1,250", "ng/mL", Quantity(1250.0, "ng/mL")),
        ("0,5 %", "", Quantity(5.0, "mg/g")),
        ("4.2 ± 0.3 % w/w", "", Quantity(42.0, "mg/g")),
        ("100 mg", "", Quantity(100.0, "mg")),
        ("7 drops", "", Quantity(7.0, "drops")),
    ],
)
def test_a_quantity(text: str, unit: str, quantity: Quantity) -> None:
    found = parse_quantity(text, unit)
    assert found is not None
    assert (found.unit, found.bound) == (quantity.unit, quantity.bound)
    assert found.value == pytest.approx(quantity.value)


@pytest.mark.parametrize("text", ["", "trace", "present", "1-2 %", "%", "12..5"])
def test_no_quantity(text: str) -> None:
    assert parse_quantity(text) is None


@given(st.floats(0, 1e6, allow_nan=False))
def test_percent_is_ten_per_mille(value: float) -> None:
    found = parse_quantity(f"{value:.4f} %")
    assert found is not None
    assert found.value == pytest.approx(round(value, 4) * 10, abs=1e-3)
