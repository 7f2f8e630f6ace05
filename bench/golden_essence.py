"""EWMA, regression and switch beside the CDC's Rnssp."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.golden_compare import Comparisons
from bench.golden_table import Series, groups, inputs, numbers, rows
from detectors.methods.rnssp_ewma import rnssp_ewma
from detectors.methods.rnssp_regression import rnssp_regression
from detectors.methods.rnssp_switch import rnssp_switch

COLOURS = {"grey": 0, "blue": 1, "yellow": 2, "red": 3}
UNDERFLOW = "EWMA's statistic where both p-values underflow"


def ewma_equal(folder: Path) -> Comparisons:
    """alert_ewma."""
    columns = {"baseline_expected": "expected", "test_statistic": "statistic", "p_value": "p"}

    def run(one: Series, y: Any, baseline: int, guard: int) -> Any:
        return rnssp_ewma(y, baseline=baseline, guard=guard, compat="rnssp")

    return _equal(folder, "EWMA", "rnssp_ewma.csv.gz", columns, run)


def regression_equal(folder: Path) -> Comparisons:
    """alert_regression."""
    columns = {
        "baseline_expected": "expected",
        "test_statistic": "statistic",
        "p_value": "p",
        "sigma": "sigma",
        "adj_r2": "adjusted_r2",
    }

    def run(one: Series, y: Any, baseline: int, guard: int) -> Any:
        return rnssp_regression(y, first_weekday=one.dates[0].weekday(), baseline=baseline, guard=guard, compat="rnssp")

    return _equal(folder, "regression", "rnssp_regression.csv.gz", columns, run)


def switch_equal(folder: Path) -> Comparisons:
    """alert_switch."""
    columns = {"baseline_expected": "expected", "test_statistic": "statistic", "p_value": "p"}

    def run(one: Series, y: Any, baseline: int, guard: int) -> Any:
        return rnssp_switch(y, first_weekday=one.dates[0].weekday(), baseline=baseline, guard=guard, compat="rnssp")

    return _equal(folder, "switch", "rnssp_switch.csv.gz", columns, run)


def _equal(
    folder: Path,
    label: str,
    file: str,
    columns: dict[str, str],
    run: Callable[[Series, Any, int, int], Any],
) -> Comparisons:
    series, result = inputs(folder), Comparisons()
    for (variant, name), table in groups(rows(folder, file), "variant", "series_id").items():
        baseline, guard = (int(part[1:]) for part in variant.split("_"))
        ours = run(series[name], numbers(table, "y")[None], baseline, guard)
        p = numbers(table, "p_value")
        for column, attribute in columns.items():
            result.add(
                f"{label} {variant} {column}",
                numbers(table, column),
                getattr(ours, attribute)[0],
                exempt={UNDERFLOW: p < 1e-15} if column == "test_statistic" else None,
                # R's p is 1 − pt(T), exact to the spacing of numbers below 1 only.
                absolute=1e-15 if column == "p_value" else 1e-12,
                where=name,
            )
        colour = [COLOURS[row["alert"]] for row in table]
        result.add(f"{label} {variant} alert", colour, ours.colour[0], where=name)
        if "detector" in table[0]:
            chosen = np.array([row["detector"] == "Adaptive Multiple Regression" for row in table])
            result.add(f"{label} {variant} detector", chosen, ours.by_regression[0], where=name)
    return result
