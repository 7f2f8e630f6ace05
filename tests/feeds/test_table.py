"""Tables: what is good is kept, what is bad is put aside with its place and its mend, what is no table is broken."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from detectors.feeds import table
from detectors.feeds.layout import TEXT_METHOD, Layout
from detectors.feeds.presets import preset
from detectors.sample import Abundance, BrokenDocument, Reading, SampleKind, Status
from tests.peers.lab_peer import LOGIN_PAGE
from tests.shared import shared

LONG = Layout(
    key=("id",), tested=("tested",), state=("state",), county=("county",), substance=("substance",),
    method=("method",), abundance=("abundance",), quantity=("amount",), unit=("unit",), status=("status",),
    sold_as=("sold as",),
)  # fmt: skip
CSV = """id,tested,state,county,substance,method,abundance,amount,unit,status,sold as
A1,2024-03-01,NM,Doña Ana,fentanyl,GCMS,,12.5,mg/g,F,heroin; dope
A1,2024-03-01,NM,Doña Ana,xylazine,GCMS,trace,,,F,heroin; dope
A2,2024-03-02,NM,Taos,no compounds of interest detected,FTIR,,,,F,
A3,2024-03-04,NM,Taos,pending identification,GCMS,,,,F,
A4,2024-03-05,NM,Taos,medetomidine,LCMS,,,,P,
"""


def read(
    text: str | bytes, layout: Layout = LONG, content_type: str = "text/csv; charset=utf-8", **more: date
) -> Reading:
    body = text.encode() if isinstance(text, str) else text
    return table.read(body, content_type=content_type, settings=layout, **more)


def test_rows_of_one_key_are_one_sample() -> None:
    got = read(CSV)
    first, negative, preliminary = got.samples
    assert (first.key, first.state, first.county, first.tested, first.line) == (
        "A1",
        "NM",
        "Doña Ana",
        date(2024, 3, 1),
        2,
    )
    assert [(f.named_as, f.abundance, f.quantity, f.unit) for f in first.findings] == [
        ("fentanyl", Abundance.PRIMARY, 12.5, "mg/g"),
        ("xylazine", Abundance.TRACE, None, ""),
    ]
    assert first.sold_as == ("heroin", "dope")
    assert first.methods == ("GCMS",)
    assert (negative.key, negative.findings) == ("A2", ())
    assert preliminary.findings[0].status is Status.PRELIMINARY
    assert "A3" not in [s.key for s in got.samples], "a sample that is not tested yet is no negative"
    assert (got.rows, got.newest, got.quarantined, got.whole) == (5, date(2024, 3, 5), (), True)
    assert any("pending" in note for note in got.notes)


def test_rows_of_one_key_that_stand_apart_are_still_one_sample() -> None:
    lines = CSV.splitlines(keepends=True)
    apart = read("".join([lines[0], lines[1], *lines[3:], lines[2]]))
    assert {s.key: len(s.findings) for s in apart.samples} == {"A1": 2, "A2": 0, "A4": 1}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "nothing at all"),
        (LOGIN_PAGE, "a web page titled 'Sign in'"),
        (b"\xef\xbb\xbf  \n" + LOGIN_PAGE, "a web page"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b'{"error": true, "message": "no such dataset"}', "sent JSON"),
        (b"<?xml version='1.0'?><rss version='2.0'/>", "an RSS or Atom feed"),
        (b"\n \n\n", "only blank lines"),
        (b"PK\x03\x04 xl/ and no more", "workbook is damaged"),
        (bytes(range(256)) * 4, "binary data"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"just a sentence, without any sense", "column 'id' is missing"),
    ],
)
def test_what_is_no_table_is_broken(body: bytes, says: str) -> None:
    with pytest.raises(BrokenDocument, match=says) as broken:
        read(body)
    assert broken.value.mend
    with pytest.raises(BrokenDocument):
        table.redact(body, settings=LONG)


def test_a_header_alone_is_empty_not_broken() -> None:
    got = read(CSV.splitlines()[0])
    assert (got.samples, got.rows, got.newest) == ((), 0, None)


def test_a_renamed_column_is_named_with_the_nearest_one() -> None:
    with pytest.raises(BrokenDocument) as broken:
        read(CSV.replace("id,tested,state,county,substance", "id,tested,state,county,substance_name"))
    assert "'substance' is missing" in broken.value.reason
    assert "'substance_name'" in broken.value.mend
    assert (broken.value.line, broken.value.column) == (1, "substance")


@pytest.mark.parametrize("printed", ["2024-02-30", "31/12/2024", "yesterday", "0203-01-01", "2999-01-01", "2024-03-09"])
def test_a_row_with_an_impossible_date_is_put_aside_and_the_rest_kept(printed: str) -> None:
    got = read(CSV.replace("A2,2024-03-02", f"A2,{printed}"), received=date(2024, 3, 7))
    (bad,) = got.quarantined
    assert (bad.line, bad.column, bad.value) == (4, "tested", printed)
    assert bad.reason
    assert bad.mend
    assert [s.key for s in got.samples] == ["A1", "A4"]
    assert (got.rows, got.whole) == (5, False)


@pytest.mark.parametrize(
    "printed",
    ["2024-03-02", "2024-03-02T00:00:00.000", "02mar2024", "02Mar2024", "3/2/2024", "03/02/2024 12:00:00 AM",
     "March 2, 2024", "2-MAR-2024", "20240302", "2024/3/2", "3/2/24"],
)  # fmt: skip
def test_dates_as_sources_print_them(printed: str) -> None:
    got = read(CSV.replace("A2,2024-03-02", f'A2,"{printed}"'))
    assert {s.key: s.tested for s in got.samples}["A2"] == date(2024, 3, 2)


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_cut_file_never_yields_a_row_that_is_not_whole(cut: int) -> None:
    got = read(CSV.encode()[:-cut])
    whole = read(CSV)
    for sample in got.samples:
        if sample not in whole.samples:
            assert sample.line >= 5, "only the last line may differ"
    if got.quarantined:
        assert not got.whole
    else:
        assert any("no line end" in note for note in got.notes) or CSV.encode()[:-cut].endswith(b"\n")


def test_an_unclosed_quotation_mark_swallows_one_row_only() -> None:
    broken = CSV.replace("A2,2024-03-02,NM,Taos", 'A2,2024-03-02,NM,"Taos')
    got = read(broken)
    assert [s.key for s in got.samples] == ["A1", "A4"]
    assert [(q.line, q.reason) for q in got.quarantined] == [(4, "a quotation mark is opened and never closed")]
    cut = read(CSV + 'A5,2024-03-05,NM,"Ta')
    assert [s.key for s in cut.samples] == ["A1", "A2", "A4"]
    assert cut.quarantined[0].line == 7


def test_a_quoted_cell_may_hold_lines_and_commas() -> None:
    got = read(CSV.replace("NM,Taos,medetomidine", 'NM,"Taos,\nnorth",medetomidine'))
    assert got.samples[-1].county == "Taos, north"
    assert got.quarantined == ()


def test_nul_bytes_spoil_their_row_only() -> None:
    got = read(CSV.encode().replace(b"A4", b"A\x004"))
    assert [s.key for s in got.samples] == ["A1", "A2"]
    assert "NUL" in got.quarantined[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("declared", ["", "; charset=utf-8", "; charset=ISO-8859-1", "; charset=zlib"])
def test_the_true_charset_is_found(encoding: str, declared: str) -> None:
    got = read(CSV.encode(encoding), content_type="text/csv" + declared)
    assert got.samples[0].county == "Doña Ana"
    if encoding == "cp1252" and "8859" not in declared:
        assert any("Windows-1252" in note for note in got.notes)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_delimiters(mark: str) -> None:
    text = CSV.replace("heroin; dope", "heroin").replace(",", mark)
    assert len(read(text).samples) == 3
    assert len(read(f"sep={mark}\n{text}").samples) == 3


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends(end: str) -> None:
    got = read(CSV.replace("\n", end))
    assert [(s.key, s.line) for s in got.samples] == [("A1", 2), ("A2", 4), ("A4", 6)]


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_like_its_csv() -> None:
    rows: list[list[object]] = [list(line.split(",")) for line in CSV.splitlines()]
    for row in rows[1:]:
        row[1] = date.fromisoformat(str(row[1]))
    body = workbook(rows)
    assert read(body).samples == read(CSV).samples
    assert read(table.redact(body, settings=LONG)).samples == read(CSV).samples
    for cut in (100, len(body) // 2, len(body) - 10):
        with pytest.raises(BrokenDocument):
            read(body[:cut])


WIDE = Layout(
    kind=SampleKind.DEATH, key=("case",), collected=("date",), default_state="CT", county=("county",),
    flags={"Xylazine": "xylazine"}, text=("cause",), wide=("drug 1", "drug 2"),
)  # fmt: skip


def test_wide_rows_flags_and_prose() -> None:
    text = (
        "case,date,county,Xylazine,cause,drug 1,drug 2,Decedent Name,Street\n"
        "1,2023-01-02,Hartford,Y,Acute Fentanyl Intoxication,fentanyl,,Jane Roe,1 Elm St\n"
        "2,2023-01-03,Hartford,,Natural,,,John Doe,2 Elm St\n"
        "3,2023-01-04,Hartford,STOLE MEDS,,ethanol,cocaine,Jim Poe,3 Elm St\n"
    )
    got = read(text, WIDE)
    assert [[(f.named_as, f.method) for f in s.findings] for s in got.samples] == [
        [("fentanyl", ""), ("xylazine", ""), ("Acute Fentanyl Intoxication", TEXT_METHOD)],
        [("Natural", TEXT_METHOD)],
        [("ethanol", ""), ("cocaine", "")],
    ]
    assert {s.state for s in got.samples} == {"CT"}
    assert any("'STOLE MEDS' in line 4" in note for note in got.notes)
    redacted = table.redact(text.encode(), settings=WIDE)
    assert not any(word in redacted for word in (b"Roe", b"Elm", b"Decedent"))
    assert read(redacted, WIDE).samples == got.samples


def test_a_torn_row_of_a_file_with_personal_columns_shows_nothing_of_itself() -> None:
    text = "case,date,county,Xylazine,cause,drug 1,drug 2,name\n1,2023-01-02,Hartford,Y,x,a,b,c,Jane Roe,extra\n"
    text += "2,2023-01-03,Hartford,Y,,,,John Doe\n"
    got = read(text, WIDE)
    assert [(q.line, q.value) for q in got.quarantined] == [(2, "")]
    redacted = table.redact(text.encode(), settings=WIDE)
    assert b"Roe" not in redacted
    assert read(redacted, WIDE) == got


def test_a_file_of_nothing_but_bad_rows_is_broken() -> None:
    with pytest.raises(BrokenDocument, match="Not one of 12 rows"):
        read(CSV.splitlines()[0] + "\n" + "1,2\n" * 12)


def test_allegheny_all_of_it() -> None:
    source = preset("allegheny-me")
    got = read(shared("data/allegheny_me/deaths_long.csv").read_bytes(), source.settings)
    assert (got.rows, len(got.samples), got.quarantined, got.newest) == (21350, 7445, (), date(2025, 5, 15))
    assert sum(f.named_as.lower() == "carfentanil" for s in got.samples for f in s.findings) == 49


def test_connecticut_all_of_it() -> None:
    source = preset("connecticut-me")
    body = shared("data/connecticut_me/deaths.csv").read_bytes()
    got = read(body, source.settings)
    assert (got.rows, len(got.samples), got.quarantined) == (12961, 12961, ())
    assert sum(s.collected is None and s.tested is not None for s in got.samples) == 1766, "those dated by report"
    flagged = [s for s in got.samples if any(f.named_as == "xylazine" and not f.method for f in s.findings)]
    assert len(flagged) == 1420
    assert read(table.redact(body, settings=source.settings), source.settings).samples == got.samples
