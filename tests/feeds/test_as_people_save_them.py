"""Tables as people save them: a title above the header, remarks on the first sheet, a total below, results."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.feeds import table
from detectors.feeds.header import header_of
from detectors.feeds.layout import Layout
from detectors.sample import Reading

ROWS = Layout(
    key=("Sample",), collected=("Collected",), county=("County",), default_state="PA", wide=("Drug 1", "Drug 2")
)
HEADER = "Sample,Collected,County,Drug 1,Drug 2"
BODY = f"{HEADER}\nS1,2026-03-02,Allegheny,fentanyl,medetomidine\nS2,2026-03-03,Allegheny,heroin,\n"
LONG = Layout(
    key=("Lab",), collected=("Day",), default_state="CA", substance=("Analyte",), result=("Result",),
    quantity=("Amount",),
)  # fmt: skip


def read(text: str, layout: Layout = ROWS) -> Reading:
    return table.read(text.encode(), content_type="text/csv; charset=utf-8", settings=layout)


def found(reading: Reading) -> list[tuple[str, int, list[str]]]:
    return [(s.key, s.line, [f.named_as for f in s.findings]) for s in reading.samples]


@pytest.mark.parametrize(
    "above",
    [
        "County drug checking programme\n\n",
        "County drug checking, first quarter\nMade on 2026-04-02,by the laboratory\n",
        '"Results\tfor partners; not for the press"\n',
    ],
)
def test_what_stands_above_the_header_is_passed_over_and_said(above: str) -> None:
    lines = above.count("\n")
    got = read(above + BODY)
    assert found(got) == [("S1", lines + 2, ["fentanyl", "medetomidine"]), ("S2", lines + 3, ["heroin"])]
    assert any(f"The header stands in line {lines + 1}" in note for note in got.notes)
    again = table.read(table.redact((above + BODY).encode(), settings=ROWS), settings=ROWS)
    assert again.samples == got.samples
    assert b"programme" not in table.redact((above + BODY).encode(), settings=ROWS)


def test_a_header_with_a_renamed_column_is_still_the_header() -> None:
    with pytest.raises(table.BrokenDocument, match="'Sample' is missing"):
        read(BODY.replace("Sample", "No."))


@given(st.lists(st.lists(st.sampled_from(["", "a", "fentanyl", "xylazine"]), min_size=3, max_size=3), max_size=6))
def test_a_line_with_a_column_that_is_looked_for_is_the_header_whatever_follows(rows: list[list[str]]) -> None:
    lines = [(1, "id,what,where\n"), *((n, ",".join(row) + "\n") for n, row in enumerate(rows, 2))]
    assert header_of(lines, "", ("id", "fentanyl", "xylazine")) == (lines[0], ",")


def test_a_workbook_begins_with_remarks_and_a_title() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Read this first"])
    sheet = book.create_sheet("Results")
    for row in (["First quarter"], [], HEADER.split(","), ["S1", "2026-03-02", "Allegheny", "fentanyl", None]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    got = table.read(out.getvalue(), settings=ROWS)
    assert [key for key, _, _ in found(got)] == ["S1"]


def test_a_total_below_is_no_sample_and_nothing_bad() -> None:
    got = read(BODY + "Total,,,2,1\n")
    assert [key for key, _, _ in found(got)] == ["S1", "S2"]
    assert got.whole
    assert not got.quarantined


def test_a_sample_that_is_called_total_and_has_a_date_is_a_sample() -> None:
    assert [key for key, _, _ in found(read(BODY + "Total,2026-03-04,Allegheny,fentanyl,\n"))] == ["S1", "S2", "Total"]


@pytest.mark.parametrize(
    ("result", "amount", "named", "quantity"),
    [
        ("Positive", "12.5", ["fentanyl"], 12.5),
        ("DETECTED (confirmed)", "", ["fentanyl"], None),
        ("12.5 ng/mL", "", ["fentanyl"], 12.5),
        ("1 ng/mL", "", ["fentanyl"], 1.0),
        ("Negative", "", [], None),
        ("Not detected", "", [], None),
        ("<0.5", "", [], None),
    ],
)
def test_a_row_says_itself_whether_its_substance_was_found(
    result: str, amount: str, named: list[str], quantity: float | None
) -> None:
    got = read(f"Lab,Day,Analyte,Result,Amount\nL1,2026-03-01,fentanyl,{result},{amount}\n", LONG)
    assert [[f.named_as for f in s.findings] for s in got.samples] == [named], "tested, with or without a finding"
    assert [f.quantity for s in got.samples for f in s.findings] == [quantity] * len(named)


def test_a_result_that_is_to_come_makes_no_negative_and_one_nobody_understands_is_said() -> None:
    got = read(
        "Lab,Day,Analyte,Result,Amount\nL1,2026-03-01,fentanyl,Pending,\nL2,2026-03-01,xylazine,see note,\n", LONG
    )
    assert got.samples == ()
    assert any("'see note' in line 3" in note for note in got.notes)


def test_days_as_excel_counts_them() -> None:
    text = BODY.replace("2026-03-02", "46083").replace("2026-03-03", "46084.5")
    assert [s.collected for s in read(text).samples] == [date(2026, 3, 2), date(2026, 3, 3)]
    assert [q.reason for q in read(BODY.replace("2026-03-03", "9999")).quarantined] == [
        "this is not a date in a form we know"
    ]
