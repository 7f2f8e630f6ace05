from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from detectors.simulator.counties import CALIFORNIA, PROGRAMMES, CountyVolume
from detectors.simulator.sample import SimulatedSample
from detectors.simulator.settings import CountyFactor, Emergence, Shape, SimulationSettings
from detectors.simulator.simulate import simulate
from detectors.simulator.simulation import Simulation
from tests.shared import shared

HALF_YEAR = SimulationSettings(seed=3, first=date(2026, 1, 1), last=date(2026, 6, 30))
LARGE = tuple(CountyVolume(c.name, c.fips, c.weekly * 3) for c in CALIFORNIA)


@pytest.fixture(scope="module")
def three_years() -> Simulation:
    return simulate(SimulationSettings(5, date(2022, 1, 1), date(2024, 12, 31), counties=LARGE, growth=0.0))


def test_equal_settings_give_equal_samples_and_another_seed_others() -> None:
    assert simulate(HALF_YEAR) == simulate(HALF_YEAR)
    assert simulate(HALF_YEAR).samples != simulate(replace(HALF_YEAR, seed=4)).samples


def test_eighteen_months_take_less_than_two_seconds() -> None:
    began = time.process_time()
    simulation = simulate(SimulationSettings(1, date(2025, 1, 1), date(2026, 6, 30)))
    assert time.process_time() - began < 2
    assert 5_000 < len(simulation.samples) < 8_000


def test_monthly_shares_follow_the_published_ones(three_years: Simulation) -> None:
    with shared("data/unc_monthly/unc_monthly_selected.csv").open() as file:
        published = [row for row in csv.DictReader(file) if int(row["samples_total"]) >= 100]
    assert len(published) > 20
    tested: Counter[str] = Counter()
    positive: Counter[tuple[str, str]] = Counter()
    for sample in three_years.samples:
        month = f"{sample.collected:%Y-%m}"
        tested[month] += 1
        positive.update((month, substance) for substance in sample.substances)
    names = {"p_fluorofentanyl": "p-fluorofentanyl"}
    for column in set(published[0]) - {"month", "samples_total"}:
        gaps, weights = [], []
        for row in published:
            month, n = row["month"], int(row["samples_total"])
            real = int(row[column]) / n
            made = positive[month, names.get(column, column)] / tested[month]
            # Three standard errors of both sides (batches widen ours), and what smoothing over three months moves.
            error = 3 * np.sqrt(max(real, 0.005) * (1 - real) * (1 / n + 1.7 / tested[month])) + 0.025
            assert abs(made - real) <= error, (column, month, made, real)
            gaps.append(made - real)
            weights.append(n)
        assert abs(np.average(gaps, weights=weights)) < 0.015, column


def test_the_lag_is_the_laboratorys(three_years: Simulation) -> None:
    with shared("data/unc_lab_detail_fixture/collect_to_complete_lag.csv").open() as file:
        real = [int(row["lag_days"]) for row in csv.DictReader(file)]
    made = [(s.completed - s.collected).days for s in three_years.samples]
    for q in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert abs(np.quantile(made, q) - np.quantile(real, q)) <= 3, q
    assert min(made) > 0
    assert max(made) < 60
    assert all(s.completed.weekday() < 5 for s in three_years.samples)


def test_only_what_is_completed_is_published() -> None:
    simulation = simulate(HALF_YEAR)
    day = date(2026, 3, 15)
    seen = simulation.published_by(day)
    assert {s.key for s in seen} == {s.key for s in simulation.samples if s.completed <= day}
    assert simulation.published_by(date(2025, 12, 31)) == ()
    assert simulation.published_by(date(2027, 1, 1)) == simulation.samples


def test_everything_says_that_it_is_simulated() -> None:
    samples = simulate(HALF_YEAR).samples
    assert len({s.key for s in samples}) == len(samples)
    assert all(s.key.startswith("SIM") for s in samples)
    assert all(s.location.startswith(PROGRAMMES) and s.location.startswith("Simulated program") for s in samples)
    assert all(s.sensations.startswith("simulated-note ") for s in samples if s.sensations)
    assert any(s.sensations for s in samples)


def test_reports_have_the_usual_debris(three_years: Simulation) -> None:
    rows = [f for s in three_years.samples for f in s.findings]
    share = Counter(f.substance for f in rows)
    for pseudo in ("unknown", "pending identification", "sample damaged in transit", "non-specific sugars"):
        assert 0 < share[pseudo] / len(three_years.samples) < 0.06
    assert share["no compounds of interest detected"] > 0
    misspelled = Counter(f.printed for f in rows if f.printed != f.substance)
    assert {"xylxazine", "xylaine", "bromazelam"} <= set(misspelled)
    assert sum(misspelled.values()) / len(rows) < 0.02
    twice = sum(any(f.method == "Derivatized GCMS" for f in s.findings) for s in three_years.samples)
    assert 0.02 < twice / len(three_years.samples) < 0.08


def test_companions_come_only_with_their_substance(three_years: Simulation) -> None:
    with_fentanyl = [s.substances for s in three_years.samples if "fentanyl" in s.substances]
    assert 0.65 < np.mean(["4-ANPP" in s for s in with_fentanyl]) < 0.8
    assert all("fentanyl" in s.substances for s in three_years.samples if "4-ANPP" in s.substances)
    assert all("fentanyl" in s.substances for s in three_years.samples if "xylazine" in s.substances)


def test_samples_of_one_batch_share_their_substances_and_so_positives_scatter() -> None:
    settings = replace(HALF_YEAR, last=date(2027, 12, 31), counties=(CountyVolume("Alameda", "06001", 60.0),))
    samples = simulate(settings).samples
    batches: defaultdict[int, list[SimulatedSample]] = defaultdict(list)
    for sample in samples:
        if "sample damaged in transit" not in {f.substance for f in sample.findings}:
            batches[sample.batch].append(sample)
    several = [b for b in batches.values() if len(b) > 1]
    assert len(several) > 200
    assert all(len({s.substances for s in b}) == 1 for b in several)
    weeks: defaultdict[int, list[bool]] = defaultdict(list)
    for sample in samples:
        weeks[sample.collected.toordinal() // 7].append("acetaminophen" in sample.substances)
    share = np.mean([x for w in weeks.values() for x in w])
    counts = [(sum(w), len(w)) for w in weeks.values() if len(w) >= 10]
    pearson = np.mean([(y - n * share) ** 2 / (n * share * (1 - share)) for y, n in counts])
    assert 1.15 < pearson < 3


def share_by_week(samples: Iterable[SimulatedSample], substance: str, onset: date) -> dict[int, float]:
    found: defaultdict[int, list[bool]] = defaultdict(list)
    for sample in samples:
        found[(sample.collected - onset).days // 7].append(substance in sample.substances)
    return {week: float(np.mean(x)) for week, x in found.items()}


@pytest.mark.parametrize("shape", list(Shape))
def test_an_emergence_comes_in_its_county_from_its_onset_in_its_shape(shape: Shape) -> None:
    onset = date(2026, 3, 2)
    arrival = Emergence("n-pyrrolidino-protonitazene", "Alameda", onset, shape, 0.3)
    counties = (CountyVolume("Alameda", "06001", 300.0), CountyVolume("Kern", "06029", 50.0))
    samples = simulate(replace(HALF_YEAR, counties=counties, emergences=(arrival,))).samples
    holding = [s for s in samples if arrival.substance in s.substances]
    assert holding
    assert {s.county for s in holding} == {"Alameda"}
    assert min(s.collected for s in holding) >= onset
    share = share_by_week((s for s in samples if s.county == "Alameda"), arrival.substance, onset)
    early, late = share[0], np.mean([share[w] for w in range(13, 17)])
    expected = {
        Shape.NEW: (0.0, 0.1, 0.3),
        Shape.STEP: (0.2, 0.4, 0.3),
        Shape.RAMP: (0.0, 0.05, 0.3),
        Shape.SPIKE: (0.2, 0.4, 0.0),
    }[shape]
    assert expected[0] <= early <= expected[1]
    assert late == pytest.approx(expected[2], abs=0.05)


def test_a_substance_is_rarer_where_a_factor_says_so() -> None:
    factors = (CountyFactor("xylazine", "", 0.0), CountyFactor("xylazine", "Kern", 0.5))
    counties = (CountyVolume("Alameda", "06001", 150.0), CountyVolume("Kern", "06029", 150.0))
    samples = simulate(replace(HALF_YEAR, counties=counties, factors=factors)).samples
    share = {c: np.mean(["xylazine" in s.substances for s in samples if s.county == c]) for c in ("Alameda", "Kern")}
    assert share["Alameda"] == 0
    assert 0.07 < share["Kern"] < 0.13


def test_beyond_the_published_months_the_supply_drifts_slowly() -> None:
    long = simulate(replace(HALF_YEAR, first=date(2025, 1, 1), last=date(2027, 12, 31), counties=LARGE)).samples
    years = [[s for s in long if s.collected.year == year] for year in (2025, 2026, 2027)]
    shares = [np.mean(["fentanyl" in s.substances for s in year]) for year in years]
    assert all(abs(share - 0.495) < 0.08 for share in shares)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"last": date(2025, 1, 1)}, "is before first"),
        ({"counties": ()}, "name at least one"),
        ({"counties": (CountyVolume("Reno", "32031", 2.0),)}, "county Reno: FIPS 32031"),
        ({"counties": (CountyVolume("Kern", "06029", 0.0),)}, "county Kern: weekly must be above 0"),
        ({"emergences": (Emergence("xylazine", "Atlantis", date(2026, 2, 1), Shape.STEP, 0.1),)}, "'Atlantis'"),
        ({"emergences": (Emergence("xylazine", "", date(2026, 2, 1), Shape.STEP, 1.5),)}, "final_share"),
        ({"factors": (CountyFactor("xylazine", "", -1.0),)}, "0 or more"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(HALF_YEAR, **change)  # type: ignore[arg-type]


def test_an_unknown_substance_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"unobtainium is not in supply/chemicals\.toml"):
        simulate(replace(HALF_YEAR, emergences=(Emergence("unobtainium", "", date(2026, 2, 1), Shape.STEP, 0.1),)))


def test_a_single_day_and_an_empty_one_work() -> None:
    few = replace(HALF_YEAR, last=HALF_YEAR.first, counties=(CountyVolume("Kern", "06029", 1e-6),))
    assert simulate(few).samples == ()
    day = replace(HALF_YEAR, last=HALF_YEAR.first, counties=(CountyVolume("Kern", "06029", 500.0),))
    assert {s.collected for s in simulate(day).samples} <= {HALF_YEAR.first}
    assert HALF_YEAR.first + timedelta(days=60) > max(s.completed for s in simulate(day).samples)
