"""EARS, Farrington flexible, binomial CUSUM and quasi-binomial regression beside R's `surveillance` and `glm`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bench.golden_compare import Comparisons
from bench.golden_table import groups, inputs, numbers, rows
from detectors.methods.cusum import binomial_cusum
from detectors.methods.ears import ears
from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_settings import Farrington
from detectors.methods.quasibinomial import quasibinomial

MUAN_UNUSABLE = "muan where R's bound is missing, infinite or above 1e4"
DEGENERATE = "degenerate trend: a slope that is zero in exact arithmetic, so that p < 1 is decided by rounding"
FARRINGTON_COLUMNS = {
    "upperbound": "upper",
    "expected": "expected",
    "score": "score",
    "pvalue": "p",
    "mu0": "mu0",
    "phi": "phi",
    "trend": "trend",
    "trend_coef": "trend_coefficient",
}


def ears_equal(folder: Path) -> Comparisons:
    """EARS C1, C2, C3 beside earsC."""
    series, result = inputs(folder), Comparisons()
    controls = json.loads((folder / "params_surveillance.json").read_text())["ears"]
    for (variant, name), table in groups(rows(folder, "ears.csv.gz"), "variant", "series_id").items():
        control = controls[variant]
        ours = ears(
            series[name].y,
            control["method"],
            baseline=control.get("baseline", 7),
            min_sigma=control.get("minSigma", 0),
            alpha=control.get("alpha"),
        )
        t = numbers(table, "t").astype(int) - 1
        result.add(f"EARS {variant} upper bound", numbers(table, "upperbound"), ours.upper[0, t], where=name)
        alarm = np.nan_to_num(numbers(table, "alarm"))
        result.add(f"EARS {variant} alarm", alarm, ours.alarm[0, t], where=name)
    return result


def cusum_equal(folder: Path) -> Comparisons:
    """Binomial (and beta-binomial) CUSUM beside categoricalCUSUM."""
    result = Comparisons()
    for (variant, name), table in groups(rows(folder, "categorical_cusum.csv.gz"), "variant", "series_id").items():
        ours = binomial_cusum(
            numbers(table, "y")[None],
            numbers(table, "n")[None],
            float(table[0]["pi0"]),
            pi1=float(table[0]["pi1"]),
            h=4.0,
            dispersion=0.02 if "beta" in variant else 0.0,
        )
        result.add(f"CUSUM {variant} statistic", numbers(table, "stat"), ours.statistic[0], absolute=1e-10, where=name)
        result.add(f"CUSUM {variant} alarm", numbers(table, "alarm"), ours.alarm[0], where=name)
    return result


def farrington_equal(folder: Path) -> Comparisons:
    """All variants of Farrington flexible beside farringtonFlexible."""
    series, result = inputs(folder), Comparisons()
    controls = json.loads((folder / "params_surveillance.json").read_text())["farrington_flexible"]
    table = rows(folder, "farrington_flexible.csv.gz")
    for (variant, mode, name), part in groups(table, "variant", "mode", "series_id").items():
        control, one = controls[variant], series[name]
        settings = Farrington(
            b=control["b"],
            w=control["w"],
            no_periods=control.get("noPeriods", 1),
            past_weeks_not_included=control.get("pastWeeksNotIncluded", control["w"]),
            alpha=control["alpha"],
            threshold_method=control["thresholdMethod"],
            p_threshold_trend=control.get("pThresholdTrend", 0.05),
            limit54=tuple(control.get("limit54", (5, 4))),
            frequency=one.frequency,
        )
        ours = farrington_flexible(
            one.y,
            settings,
            population=np.maximum(one.n, 1)[None] if control.get("populationOffset") else None,
            dates=one.dates if mode == "date" else None,
            compat="surveillance",
        )
        t = numbers(part, "t").astype(int) - 1
        flat = np.fmin(np.abs(numbers(part, "trend_coef")), np.abs(ours.trend_coefficient[0, t])) < 1e-12
        bound = numbers(part, "upperbound")
        unusable = (control["thresholdMethod"] == "muan") & ~(np.isfinite(bound) & (bound <= 1e4))
        label = f"Farrington {variant} {mode}"
        result.add(f"{label} alarm", numbers(part, "alarm"), ours.alarm[0, t], where=name)
        for column, attribute in FARRINGTON_COLUMNS.items():
            excuses = {DEGENERATE: flat} if column in ("trend", "trend_coef") else {}
            if column in ("upperbound", "score", "pvalue", "mu0"):
                excuses[MUAN_UNUSABLE] = np.asarray(unusable)
                # Only muan's limit rests on the standard error, which the trend widens.
                excuses[DEGENERATE] = flat & (control["thresholdMethod"] == "muan")
            result.add(
                f"{label} {column}",
                numbers(part, column),
                getattr(ours, attribute)[0, t],
                exempt=excuses,
                absolute=1e-9 if column == "score" else 1e-12,
                where=name,
            )
    return result


def quasibinomial_equal(folder: Path) -> Comparisons:
    """Quasi-binomial fits on the Farrington reference weeks (b = 3, w = 3) beside glm."""
    series, result = inputs(folder), Comparisons()
    table = rows(folder, "quasibinomial_farrington.csv.gz")
    if not table:
        return result
    around = np.concatenate([np.arange(-52 * year - 3, -52 * year + 4) for year in (3, 2, 1)])
    at = numbers(table, "k").astype(int)
    weeks = at[:, None] + around
    y = np.array([series[row["series_id"]].y[week - 1] for row, week in zip(table, weeks, strict=True)])
    n = np.array([series[row["series_id"]].n[week - 1] for row, week in zip(table, weeks, strict=True)])
    line = quasibinomial(y, n, weeks, at)
    level = quasibinomial(y, n, weeks, at, trend=False)
    columns = {
        "n_ref": line.weeks,
        "b0": line.intercept,
        "b_t": line.slope,
        "p_t": line.slope_p,
        "phi": line.phi,
        "eta": line.eta,
        "se_eta": line.eta_error,
        "b0_null": level.intercept,
        "phi_null": level.phi,
        "se_null": level.eta_error,
    }
    for column, ours in columns.items():
        result.add(f"quasi-binomial {column}", numbers(table, column), ours, absolute=0.0)
    settled = np.array([row["converged"] == "TRUE" for row in table])
    result.add("quasi-binomial converged", settled, line.converged)
    return result
