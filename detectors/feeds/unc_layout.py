"""The columns of the two files of the UNC Street Drug Analysis Lab, and which of the two a file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detectors.feeds.cells import RowReader
from detectors.feeds.columns import position
from detectors.feeds.layout import Layout
from detectors.feeds.table import opened
from detectors.sample import BrokenDocument, SampleKind

LAB_DETAIL = Layout(
    kind=SampleKind.DRUG,
    key=("sampleid", "sample_id"),
    substance=("substance",),
    abundance=("abundance",),
    primary=("primary",),
    method=("method",),
    null=("lab_null",),
    tested=("date_complete",),
    separators="",
)
ANALYSIS = Layout(
    kind=SampleKind.DRUG,
    key=("sampleid", "sample_id"),
    collected=("date_collect",),
    tested=("date_complete",),
    state=("state",),
    county=("county",),
    sold_as=("expectedsubstance",),
    flags={
        "lab_fentanyl": "fentanyl",
        "lab_xylazine": "xylazine",
        "lab_meth": "methamphetamine",
        "lab_cocaine": "cocaine",
        "lab_caffeine": "caffeine",
        "lab_gabapentin": "gabapentin",
        "lab_mdma": "MDMA",
        "lab_tramadol": "tramadol",
        "lab_carfentanil": "carfentanil",
        "lab_ketamine": "ketamine",
    },
    separators=";",
    strict_columns=False,
)
ANY: Mapping[str, str] = {
    "lab_fentanyl_any": "fentanyl",
    "lab_xylazine_any": "xylazine",
    "lab_meth_any": "methamphetamine",
    "lab_cocaine_any": "cocaine",
    "lab_levamisole_any": "levamisole",
    "lab_carfentanil_any": "carfentanil",
    "lab_ketamine_any": "ketamine",
}
"""Columns that are 1 for a substance found as trace or more."""
FOUND = ("lab_num_substances_any",)
NULL = ("lab_null",)


@dataclass(frozen=True, slots=True)
class UncSettings:
    """methods: what the laboratory tests by when a row does not say. state, county: for an export without places."""

    methods: tuple[str, ...] = ("GCMS",)
    state: str = ""
    county: str = ""
    lab_detail: Layout = field(default_factory=lambda: LAB_DETAIL)
    analysis: Layout = field(default_factory=lambda: ANALYSIS)


def is_lab_detail(body: bytes, content_type: str, settings: UncSettings) -> bool:
    """False for analysis_dataset. Raises BrokenDocument for anything else."""
    header = opened(body, content_type, settings.lab_detail).header
    if position(header, settings.lab_detail.substance) is not None:
        return True
    if position(header, settings.analysis.collected) is not None:
        return False
    RowReader(header, settings.lab_detail, 1, None)  # raises, naming the column that is missing
    raise BrokenDocument("This is neither lab_detail nor analysis_dataset", "Check that the right file was given.")
