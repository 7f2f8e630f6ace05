"""Simulated samples as the two files that a UNC partner programme receives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from detectors.simulator.sample import PSEUDO, SimulatedSample
from detectors.simulator.supply_tables import Chemical, supply_tables
from detectors.simulator.unc_columns import (
    ANALYSIS_DATASET,
    EXPECTED_FLAGS,
    LAB_DETAIL,
    SENSATION_FLAGS,
    TEXTURE_FLAGS,
    indicators,
)

Cell = str | int | None
"""A quoted string, a bare number or a Stata missing value (nothing at all)."""

_EXPECTED = {
    "fentanyl": ("opioid", "fentanyl"),
    "heroin": ("opioid",),
    "dope": ("opioid",),
    "oxycodone": ("opioid",),
    "percocet": ("opioid",),
    "xylazine": ("xylazine",),
    "methamphetamine": ("stimulant", "meth"),
    "crystal meth": ("stimulant", "meth"),
    "cocaine": ("stimulant", "cocaine"),
    "crack": ("stimulant", "cocaine"),
    "MDMA": ("stimulant",),
    "molly": ("stimulant",),
    "ecstasy": ("stimulant",),
    "alprazolam": ("benzo",),
    "xanax": ("benzo",),
    "benzodiazepine": ("benzo",),
}
_SENSATIONS = {"strong": "strength", "nice": "nice", "weird": "weird", "burns": "burn", "sleepy": "down"}
_OVERDOSE = {"involved in OD": "Overdose reported", "not overdose related": "not involved"}
_BRIGHT = {"purple", "pink", "blue", "yellow"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNKNOWN = Chemical("", None, "", "", (), ())


def lab_detail_csv(samples: Iterable[SimulatedSample]) -> bytes:
    """UTF-8 file with one row per sample, substance and method, dates like 16apr2023.

    Header, quoting and missing values are those of the public exports of opioiddatalab/drugchecking, 2023–2024.
    """
    return _csv(LAB_DETAIL, (row for s in samples for row in _lab_rows(s)), lambda day: _stata(day).lower())


def analysis_dataset_csv(samples: Iterable[SimulatedSample]) -> bytes:
    """UTF-8 file with one row per sample, dates like 03Mar2024; the same source as `lab_detail_csv`."""
    return _csv(ANALYSIS_DATASET, map(_sample_row, samples), _stata)


def _lab_rows(sample: SimulatedSample) -> Iterable[Mapping[str, Cell | date]]:
    counts = _counts(sample)
    chemicals = supply_tables().chemicals
    for finding in sample.findings:
        chemical = chemicals.get(finding.substance, _UNKNOWN)
        yield {
            **counts,
            **indicators([(chemical.columns, finding.trace)]),
            "sampleid": sample.key,
            "substance": finding.printed,
            "pubchemcid": chemical.pubchem,
            "cas": chemical.cas,
            "unii": chemical.unii,
            "abundance": "trace" if finding.trace else "",
            "method": finding.method,
            "date_complete": sample.completed,
            "card": sample.card,
            "primary": int(not finding.trace),
            "trace": int(finding.trace),
            "_merge": "Matched (3)",
        }


def _sample_row(sample: SimulatedSample) -> Mapping[str, Cell | date]:
    chemicals = supply_tables().chemicals
    expected = {flag for word in sample.sold_as for flag in _EXPECTED.get(word, ())}
    note = sample.sensations.rpartition(" ")[2]
    return {
        **_counts(sample),
        **indicators((chemicals.get(f.substance, _UNKNOWN).columns, f.trace) for f in sample.findings),
        **{flag: int(flag.removeprefix("expect_") in expected) for flag in EXPECTED_FLAGS},
        **{flag: 1 if flag in sample.texture.split("; ") else None for flag in TEXTURE_FLAGS},
        **{flag: 1 if flag == f"sen_{_SENSATIONS.get(note)}" else None for flag in SENSATION_FLAGS},
        "sampleid": sample.key,
        "location": sample.location,
        "county": f"{sample.county} County",
        "state": sample.state,
        "full_state": sample.state_name,
        "date_collect": sample.collected,
        "sampletype": sample.collection,
        "collection": sample.collection,
        "consumed": int(sample.consumed),
        "expectedsubstance": "; ".join(sample.sold_as),
        "color": sample.color,
        "bright_color": int(sample.color in _BRIGHT),
        "texture": sample.texture,
        "lustre": None,
        "sensations": sample.sensations,
        "overdose": sample.overdose,
        "od": _OVERDOSE.get(sample.overdose),
        "fatal_od": None,
        "date_complete": sample.completed,
        "primary": int(any(not f.trace for f in sample.findings if f.substance not in PSEUDO)),
        "trace": int(any(f.trace for f in sample.findings)),
        "state_county": f"{sample.state} | {sample.county.upper()}",
        "statefips": sample.fips[:2],
        "countyfips_3": sample.fips[2:],
        "countyfips": sample.fips,
    }


def _counts(sample: SimulatedSample) -> dict[str, Cell | date]:
    real = {(f.substance, f.trace) for f in sample.findings if f.substance not in PSEUDO}
    above = {name for name, trace in real if not trace}
    return {
        "lab_null": None if real else 1,
        "lab_num_substances_any": len({name for name, _ in real}),
        "lab_num_substances": len(above),
        "confirmatory": int(any(f.method != "GCMS" for f in sample.findings)),
    }


def _csv(header: Sequence[str], rows: Iterable[Mapping[str, Cell | date]], dated: Callable[[date], str]) -> bytes:
    """The csv module of Python 3.11 cannot quote every string and still leave missing values and dates bare."""

    def cell(value: Cell | date) -> str:
        if isinstance(value, str):
            return '"' + value.replace('"', '""') + '"'
        if isinstance(value, date):
            return dated(value)
        return "" if value is None else str(value)

    lines = [",".join(header), *(",".join(cell(row[name]) for name in header) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def _stata(day: date) -> str:
    return f"{day.day:02d}{_MONTHS[day.month - 1]}{day.year}"
