"""Comparisons of shares, multiple testing, shifts of location and scan statistics beside their references in R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bench.golden_compare import Comparisons
from bench.golden_table import groups, numbers, rows
from detectors.methods.location_shift import hodges_lehmann, kolmogorov_tail, mood_scale, rank_sum, welch_tail
from detectors.methods.multiple_testing import benjamini_hochberg, benjamini_yekutieli, holm, hommel, storey
from detectors.methods.odds_ratio import odds_ratio
from detectors.methods.proportion import (
    binomial_tail,
    fisher_tail,
    poisson_ratio_tail,
    predictive_tail,
    probability_raised,
    score_tail,
)
from detectors.methods.scan import Scan, expectation_scan, permutation_scan, population_scan
from detectors.methods.storey import null_share

NOT_GIVEN = "the reference gives none"
ONE_MINUS = "reference is 1 − P(X < x), whose error of 1e-12 drowns a small tail"
MISSED_PEAK = "R's integrate() missed the narrow peak of a large sample: a thousandth of the true value or less"
EXPECTED_PER_PERSON = 0.04
"""Cases expected per person and week in the expectation-based scan of the reference."""


def proportions_equal(folder: Path) -> Comparisons:
    """Tests of two shares, and the odds ratio of fisher.test."""
    table, result = rows(folder, "proportion_tests.csv.gz"), Comparisons()
    if not table:
        return result
    cells = tuple(numbers(table, column) for column in ("x1", "n1", "x0", "n0"))
    ratio = odds_ratio(*cells, compat="R")
    columns = {
        "fisher_greater": fisher_tail(*cells),
        "binom_plugin_greater": binomial_tail(*cells),
        "poisson_ratio_greater": poisson_ratio_tail(*cells),
        "score_prop_greater": score_tail(*cells),
        "betabinom_pred_sf": predictive_tail(*cells),
        "bayes_p1_gt_p0": probability_raised(*cells),
        "or_mle": ratio.estimate,
        "or_lo": ratio.low,
        "or_hi": ratio.high,
    }
    for column, ours in columns.items():
        known = numbers(table, column)
        excuses = {}
        if column == "betabinom_pred_sf":
            excuses = {NOT_GIVEN: np.isnan(known), ONE_MINUS: np.abs(known - ours) < 1e-11}
        if column == "bayes_p1_gt_p0":
            excuses = {MISSED_PEAK: (known < 1e-9) & (ours > 1e3 * known)}
        result.add(f"share {column}", known, ours, exempt=excuses, absolute=0.0)
    return result


def multiple_testing_equal(folder: Path) -> Comparisons:
    """p.adjust, and qvalue with its smoother or with one lambda."""
    result = Comparisons()
    for (name,), table in groups(rows(folder, "multiple_testing.csv.gz"), "set").items():
        p = numbers(table, "p")
        columns = {
            "BH": benjamini_hochberg(p),
            "BY": benjamini_yekutieli(p),
            "holm": holm(p),
            "hommel": hommel(p),
            "q_smoother": storey(p),
            "q_lambda05": storey(p, threshold=0.5),
            "pi0_smoother": np.full(p.shape, null_share(p)),
            "pi0_lambda05": np.full(p.shape, null_share(p, threshold=0.5)),
        }
        for column, ours in columns.items():
            known = numbers(table, column)
            result.add(f"multiple {column}", known, ours, exempt={NOT_GIVEN: np.isnan(known)}, where=f"set {name}")
    return result


def location_shift_equal(folder: Path) -> Comparisons:
    """wilcox.test, t.test on logs, mood.test and ks.test."""
    result = Comparisons()
    table = rows(folder, "location_shift.csv.gz")
    if not table:
        return result
    samples = {entry["case"][0]: entry for entry in json.loads((folder / "location_shift_inputs.json").read_text())}
    for row in table:
        recent, before = samples[int(row["case"])]["x1"], samples[int(row["case"])]["x0"]
        ranks = rank_sum(recent, before)
        columns = {
            "U": ranks.u,
            "p_greater_cc": ranks.p,
            "hodges_lehmann": hodges_lehmann(recent, before, compat="R"),
            "t_log": welch_tail(np.log(recent), np.log(before)),
            "mood": mood_scale(recent, before, compat="R"),
            "ks": kolmogorov_tail(recent, before, compat="R"),
        }
        for column, ours in columns.items():
            result.add(f"shift {column}", float(row[column]), ours, where=f"case {row['case']}")
    return result


def scans_equal(folder: Path) -> Comparisons:
    """scanstatistics: every zone and duration, the most likely cluster, and the Monte-Carlo p within its own error."""
    result = Comparisons()
    path = folder / "scan_statistics.json"
    if not path.exists():
        return result
    given = json.loads(path.read_text())
    weeks = given["max_duration"]
    counts, people = np.array(given["counts"])[-weeks:], np.array(given["population"])[-weeks:]
    zones = [[place - 1 for place in (zone if isinstance(zone, list) else [zone])] for zone in given["zones"]]
    scans: dict[str, Scan] = {
        "scan_eb_poisson": expectation_scan(counts, people * EXPECTED_PER_PERSON, zones),
        "scan_pb_poisson": population_scan(counts, people, zones),
        "scan_permutation": permutation_scan(counts, zones),
    }
    for name, ours in scans.items():
        known = given[name]
        zone = np.array([entry["zone"] for entry in known["observed"]]) - 1
        duration = np.array([entry["duration"] for entry in known["observed"]]) - 1
        columns = {"score": ours.score, "relrisk": ours.inside, "relrisk_in": ours.inside, "relrisk_out": ours.outside}
        for column, values in columns.items():
            if column in known["observed"][0]:
                reference = [entry[column] for entry in known["observed"]]
                result.add(f"{name} {column}", reference, values[zone, duration], absolute=1e-9)
        cluster = known["MLC"]
        result.add(f"{name} cluster", [cluster["zone_number"], cluster["duration"]], [ours.zone + 1, ours.duration])
        # Both are shares of 999 replicates: four standard errors of their difference.
        error = 4 * np.sqrt(2 * max(known["MC_pvalue"], 1e-3) / 1000)
        result.add(f"{name} Monte-Carlo p", known["MC_pvalue"], ours.p, absolute=float(error))
    return result
