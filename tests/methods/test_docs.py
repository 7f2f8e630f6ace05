"""The handbook of methods is kept honest: every method and every figure that a table holds stands in it."""

from __future__ import annotations

import re
from pathlib import Path

from detectors.methods import tolerance
from detectors.registry import BUILT_IN, methods

PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods.md"


def test_every_method_of_ours_has_a_section_with_its_question() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for method in (methods()[name] for name in BUILT_IN):
        section = re.search(rf"^## {method.name.capitalize()}$(.*?)(?=^## |\Z)", text, re.M | re.S)
        assert section, method.name
        assert method.question in section[1]


def test_the_thresholds_told_are_those_used() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    rates = ", ".join(f"{r:g}" for r in tolerance.RATES[:-1]) + f" and {tolerance.RATES[-1]:g}"
    bars = ", ".join(f"{b:.2f}" for b in tolerance.EMERGENCE[:-1]) + f" and {tolerance.EMERGENCE[-1]:.2f}"
    assert f"{rates} false episodes per series-year at scores of {bars}" in text


def test_every_picture_is_there() -> None:
    for name in re.findall(r"\]\((plots/[^)]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / name).exists(), name
