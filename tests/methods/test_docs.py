"""The handbook of methods is kept honest: every method and every figure that a table holds stands in it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectors.described import described
from detectors.methods import tolerance
from detectors.registry import BUILT_IN, methods

PARTS = (
    r"\*\*(Rule|Model)\.\*\*|Two findings in|window_test\(",
    r"\*\*Sources?\.\*\*",
    r"\*\*Assumes\*\*",
    r"\*\*Fails when\*\*",
    r"!\[[^]]+\]\(plots/[^)]+\)",
)
"""What a reader must find of each method: how it decides, from where, on which assumptions, when not to trust it, and a
plot."""
PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods.md"


def test_every_method_of_ours_has_a_section_with_its_question() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for method in (methods()[name] for name in BUILT_IN):
        section = re.search(rf"^## {method.name.capitalize()}$(.*?)(?=^## |\Z)", text, re.M | re.S)
        assert section, method.name
        assert method.question in section[1]
        for part in PARTS:
            assert re.search(part, section[1]), (method.name, part)


def test_the_page_of_parameters_is_what_the_methods_say_of_themselves() -> None:
    """Else: python -m detectors.described > docs/parameters.md"""
    page = (PAGE.parent / "parameters.md").read_text(encoding="utf-8")
    assert page == described(methods()[name] for name in BUILT_IN)
    for name in BUILT_IN:
        for parameter in methods()[name].parameters:
            assert f"| `{parameter.name}` |" in page


def test_the_thresholds_told_are_those_used() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    rates = ", ".join(f"{r:g}" for r in tolerance.RATES[:-1]) + f" and {tolerance.RATES[-1]:g}"
    bars = ", ".join(f"{b:.2f}" for b in tolerance.EMERGENCE[:-1]) + f" and {tolerance.EMERGENCE[-1]:.2f}"
    assert f"{rates} false episodes per series-year at scores of {bars}" in text


def test_every_picture_is_there() -> None:
    for name in re.findall(r"\]\((plots/[^)]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / name).exists(), name


def blocks() -> list[str]:
    part = (
        PAGE.read_text(encoding="utf-8")
        .split("### Every number in R, and the call that gives it")[1]
        .split("\n### ")[0]
    )
    return re.findall(r"```python\n(.*?)```", part, re.S)


@pytest.mark.parametrize("block", blocks(), ids=lambda b: re.findall(r"from detectors\.methods\.(\w+)", b)[-1])
def test_every_call_told_beside_r_runs_as_it_stands(block: str) -> None:
    r = np.random.default_rng(1)
    y_all, n_all = r.binomial(20, 0.1, 320), np.full(320, 20)
    given: dict[str, Any] = {
        "y": y_all[None].astype(float), "n": n_all[None].astype(float),
        "dates": tuple(date(2018, 1, 1) + timedelta(days=7 * i) for i in range(320)),
        "x1": r.integers(0, 5, 9), "n1": np.full(9, 12), "x0": r.integers(0, 5, 9), "n0": np.full(9, 60),
        "p": r.random(200), "recent": r.lognormal(size=12), "before": r.lognormal(size=30),
        "k": np.array([200, 250, 300]), "y_all": y_all, "n_all": n_all,
        "counts": r.poisson(3, (6, 5)), "population": np.full((6, 5), 75.0), "zones": [[0], [1, 2], [3], [0, 4]],
    }  # fmt: skip
    before = set(given)
    exec(compile(block, str(PAGE), "exec"), given)
    made = {name: value for name, value in given.items() if name not in before and not name.startswith("__")}
    assert made
    for name, value in made.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            assert np.isfinite(value).any(), name


def test_every_golden_file_has_its_call() -> None:
    told = "".join(blocks())
    for function in ("ears", "farrington_flexible", "binomial_cusum", "rnssp_ewma", "rnssp_regression", "rnssp_switch",
                     "fisher_tail", "odds_ratio", "hommel", "storey", "rank_sum", "quasibinomial", "expectation_scan",
                     "population_scan", "permutation_scan"):  # fmt: skip
        assert f"{function}(" in told or f"{function})" in told, function
