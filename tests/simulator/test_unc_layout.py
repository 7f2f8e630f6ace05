from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date

import pytest

from detectors.simulator.settings import SimulationSettings
from detectors.simulator.simulate import simulate
from detectors.simulator.supply_tables import supply_tables
from detectors.simulator.unc_columns import ANALYSIS_DATASET, LAB_DETAIL, indicators
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv
from tests.shared import shared

SETTINGS = SimulationSettings(seed=11, first=date(2026, 1, 1), last=date(2026, 3, 31))


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def test_equal_settings_give_byte_identical_files() -> None:
    one, two = simulate(SETTINGS).samples, simulate(SETTINGS).samples
    assert lab_detail_csv(one) == lab_detail_csv(two)
    assert analysis_dataset_csv(one) == analysis_dataset_csv(two)


def masked(line: str) -> list[str]:
    """Which cells are quoted, bare numbers, bare dates or missing."""
    cells = re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', line)
    return [
        "quoted" if c.startswith('"') else "date" if re.fullmatch(r"\d\d[A-Za-z]{3}\d{4}", c) else "bare" for c in cells
    ]


@pytest.mark.parametrize(
    ("name", "write", "header"),
    [
        ("lab_detail_excerpt.csv", lab_detail_csv, LAB_DETAIL),
        ("analysis_dataset_excerpt.csv", analysis_dataset_csv, ANALYSIS_DATASET),
    ],
)
def test_header_quoting_and_dates_are_those_of_a_real_export(name, write, header) -> None:  # type: ignore[no-untyped-def]
    real = shared(f"data/unc_lab_detail_fixture/{name}").read_text().splitlines()
    made = write(simulate(SETTINGS).samples).decode().splitlines()
    assert made[0] == real[0] == ",".join(header)
    # `od` is a labelled number in the source: quoted where there is a word, bare where it is missing.
    patterns = {tuple(masked(line)) for line in made[1:]}
    optional = {header.index(c) for c in ("od",) if c in header}
    for line in real[1:]:
        kept = [k for i, k in enumerate(masked(line)) if i not in optional]
        assert any([k for i, k in enumerate(p) if i not in optional] == kept for p in patterns), line
    date_column = "date_complete"
    sample = rows(write(simulate(SETTINGS).samples))[0][date_column]
    wanted = r"\d\d[a-z]{3}2026" if name.startswith("lab") else r"\d\d[A-Z][a-z]{2}2026"
    assert re.fullmatch(wanted, sample)


def test_indicators_equal_those_of_real_rows() -> None:
    with shared("data/unc_lab_detail_fixture/lab_detail_excerpt.csv").open() as file:
        real = list(csv.DictReader(file))
    chemicals = supply_tables().chemicals
    compared = 0
    for row in real:
        if row["substance"] not in chemicals:
            continue
        chemical = chemicals[row["substance"]]
        made = indicators([(chemical.columns, row["abundance"] == "trace")])
        assert made == {name: int(row[name]) for name in made}, row["substance"]
        assert (str(chemical.pubchem or ""), chemical.cas, chemical.unii) == (
            row["pubchemcid"],
            row["cas"],
            row["unii"],
        )
        compared += 1
    assert compared >= 12


def test_every_stem_of_the_chemicals_is_a_column() -> None:
    for chemical in supply_tables().chemicals.values():
        assert sum(indicators([(chemical.columns, False)]).values()) >= len(chemical.columns)


def test_both_files_tell_of_the_same_samples() -> None:
    samples = simulate(SETTINGS).samples
    lab, about = rows(lab_detail_csv(samples)), rows(analysis_dataset_csv(samples))
    assert [r["sampleid"] for r in about] == [s.key for s in samples]
    assert {r["sampleid"] for r in lab} == {s.key for s in samples}
    per_sample = Counter(r["sampleid"] for r in lab)
    by_key = {r["sampleid"]: r for r in about}
    for sample in samples:
        row = by_key[sample.key]
        assert per_sample[sample.key] == len(sample.findings)
        assert row["lab_fentanyl_any"] == str(int("fentanyl" in sample.substances))
        assert row["lab_num_substances_any"] == str(len(sample.substances))
        assert (row["county"], row["countyfips"]) == (f"{sample.county} County", sample.fips)
        assert row["countyfips"] == row["statefips"] + row["countyfips_3"]
    for row in lab:
        assert (row["abundance"], row["primary"], row["trace"]) in {("", "1", "0"), ("trace", "0", "1")}


def test_no_sample_is_a_header_alone() -> None:
    assert lab_detail_csv(()).decode() == ",".join(LAB_DETAIL) + "\n"
    assert analysis_dataset_csv(()).decode() == ",".join(ANALYSIS_DATASET) + "\n"
