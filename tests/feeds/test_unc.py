"""The laboratory's two files, with the traps they are known for."""

from __future__ import annotations

from datetime import date

import pytest

from detectors.batch import one_by_one
from detectors.feeds import unc
from detectors.sample import Abundance, BrokenDocument, Reading, Sample
from tests.shared import shared

NEW = """sampleid,substance,pubchemcid,cas,unii,abundance,method,date_complete,card,primary,trace,lab_null,_merge
"700001","fentanyl",3345,"437-38-7","UF599785JZ","","GCMS",16apr2023,1,1,0,,"Matched (3)"
"700001","xylazine",5707,"7361-61-7","2KFG9TP5V8","trace","GCMS",16apr2023,1,0,1,,"Matched (3)"
"700001","fentanyl",3345,"437-38-7","UF599785JZ","","Derivatized GCMS",18apr2023,1,1,0,,"Matched (3)"
"700002","no compounds of interest detected",,,,"","GCMS",03Mar2024,2,0,0,1,"Matched (3)"
"700003","sample damaged in transit",,,,"","GCMS",04Mar2024,3,0,0,,"Matched (3)"
"700004","pending identification",,,,"","GCMS",05Mar2024,4,0,0,,"Matched (3)"
"700005","unknown",,,,"","GCMS",06Mar2024,5,0,0,,"Matched (3)"
"700006","medetomidine",,,,"trace","GCMS",07Mar2024,6,1,0,,"Matched (3)"
"""
OLD = """sampleid,substance,abundance,method,date_complete
700001,fentanyl,,GCMS,16apr2023
700001,xylazine,trace,GCMS,16apr2023
"""
COLUMNS = (
    "sampleid location county state date_collect expectedsubstance sensations overdose_notes program lat lon "
    "date_complete lab_null lab_num_substances_any lab_fentanyl lab_fentanyl_any lab_xylazine lab_xylazine_any"
)
ANALYSIS = (
    COLUMNS.replace(" ", ",")
    + """
"700001","Site A","Pierce County","WA",01Apr2023,"fentanyl; xylazine","strange","","MARK",1,-122.4,16Apr2023,,2,1,1,0,1
"700002","Site A","Pierce County","WA",20Feb2024,"cocaine","","","MARKERPROGRAM",47.1,-122.4,03Mar2024,1,0,0,0,0,0
"700007","Site A","King County","WA",21Feb2024,"heroin","","","MARKERPROGRAM",47.1,-122.4,,,,,,,
"700008","Site A","King County","WA",22Feb2024,"heroin","","","MARKERPROGRAM",47.1,-122.4,05Mar2024,1,0,0,0,0,0
"700009","Site A","King County","WA",23Feb2024,"heroin","","","MARKERPROGRAM",47.1,-122.4,05Mar2024,,3,1,1,0,0
"""
)


def by_key(reading: Reading) -> dict[str, Sample]:
    return {sample.key: sample for sample in reading.samples}


def test_lab_detail_alone() -> None:
    got = unc.read(NEW.encode())
    samples = by_key(got)
    assert set(samples) == {"700001", "700002", "700005", "700006"}
    first = samples["700001"]
    assert [(f.named_as, f.method, f.abundance) for f in first.findings] == [
        ("fentanyl", "GCMS", Abundance.PRIMARY),
        ("xylazine", "GCMS", Abundance.TRACE),
        ("fentanyl", "Derivatized GCMS", Abundance.PRIMARY),
    ]
    assert first.tested == date(2023, 4, 18), "known when its last result is"
    assert first.methods == ("GCMS", "Derivatized GCMS")
    assert samples["700002"].findings == samples["700005"].findings == ()
    assert samples["700002"].methods == ("GCMS",)
    assert samples["700006"].findings[0].abundance is Abundance.PRIMARY, "primary=1 outweighs 'trace'"
    assert any("both trace and primary" in note for note in got.notes)


def test_old_headers() -> None:
    (sample,) = unc.read(OLD.encode()).samples
    assert [f.abundance for f in sample.findings] == [Abundance.PRIMARY, Abundance.TRACE]


def test_the_pair_in_either_order() -> None:
    got = unc.read_pair(NEW.encode(), ANALYSIS.encode())
    samples = by_key(got)
    assert (samples["700001"].county, samples["700001"].state) == ("Pierce County", "WA")
    assert samples["700001"].collected == date(2023, 4, 1)
    assert samples["700001"].sold_as == ("fentanyl", "xylazine")
    assert samples["700008"].findings == ()
    assert samples["700008"].tested == date(2024, 3, 5)
    assert "700007" not in samples, "not tested yet"
    assert "700009" not in samples, "it has results that did not come: no negative"
    assert not got.whole
    assert unc.read_pair(ANALYSIS.encode(), NEW.encode()).samples == got.samples
    for body in (NEW, ANALYSIS):
        with pytest.raises(BrokenDocument, match="Both files are"):
            unc.read_pair(body.encode(), body.encode())


def test_a_result_put_aside_does_not_make_its_sample_negative() -> None:
    damaged = NEW.replace("16apr2023", "16zzz2023").replace("18apr2023", "18zzz2023")
    got = unc.read_pair(damaged.encode(), ANALYSIS.encode())
    assert "700001" not in by_key(got)
    assert len(got.quarantined) == 3


def test_analysis_alone_says_what_its_columns_say() -> None:
    samples = by_key(unc.read(ANALYSIS.encode()))
    assert [(f.named_as, f.abundance) for f in samples["700001"].findings] == [
        ("fentanyl", Abundance.PRIMARY),
        ("xylazine", Abundance.TRACE),
    ]
    assert samples["700008"].findings == ()


def test_what_people_wrote_is_neither_read_nor_archived() -> None:
    for kept in (repr(unc.read_pair(NEW.encode(), ANALYSIS.encode())).encode(), unc.redact(ANALYSIS.encode())):
        assert not any(word in kept for word in (b"MARK", b"47.1", b"Site A", b"strange"))
    assert unc.read(unc.redact(ANALYSIS.encode())) == unc.read(ANALYSIS.encode())
    assert unc.read(unc.redact(NEW.encode())) == unc.read(NEW.encode())


def test_neither_of_the_two() -> None:
    with pytest.raises(BrokenDocument, match="'substance' is missing"):
        unc.read(b"sampleid,name\n1,fentanyl\n")


def test_the_real_layout() -> None:
    folder = shared("data/unc_lab_detail_fixture")
    lab = (folder / "lab_detail_excerpt.csv").read_bytes()
    analysis = (folder / "analysis_dataset_excerpt.csv").read_bytes()
    samples = by_key(unc.read(lab))
    assert {key: len(s.findings) for key, s in samples.items()} == {
        "400224": 8, "400230": 2, "400277": 1, "500005": 1, "500091": 3, "600309": 1,
    }  # fmt: skip
    joined = by_key(unc.read_pair(lab, analysis))
    assert joined["600309"].county == "Allegheny County"
    assert len(unc.read(analysis).samples) == 5
    assert b"nice" not in unc.redact(analysis)


def test_a_long_file_is_streamed_in_order() -> None:
    rows = b"".join(b"%d,fentanyl,,GCMS,0%dapr2023\n" % (i // 4, i % 9 + 1) for i in range(20_000))
    items = list(one_by_one(unc.iter_samples(b"sampleid,substance,abundance,method,date_complete\n" + rows)))
    assert isinstance(items[-1], Reading)
    assert (items[-1].rows, items[-1].samples, len(items)) == (20_000, (), 5001)


def test_a_sample_of_which_a_row_was_lost_is_left_out_and_not_read_as_changed() -> None:
    """Also in the form that is kept: the count of what was found must survive the redaction."""
    rows = "".join(
        f'"{key}","{name}",1,"a","b","","GCMS",{day},1,1,0,,"Matched (3)"\n'
        for key, name, day in [
            ("700001", "fentanyl", "16apr2023"), ("700001", "xylazine", "31feb2023"), ("700008", "heroin", "05Mar2024"),
        ]
    )  # fmt: skip
    lab = (NEW.splitlines(keepends=True)[0] + rows).encode()
    places = ANALYSIS.replace("16Apr2023,,2,1,1,0,1", "16Apr2023,,2,2,1,0,1").encode()
    for pair in ((lab, places), (unc.redact(lab), unc.redact(places))):
        got = unc.read_pair(*pair)
        assert "700001" not in by_key(got), "xylazine is not known to be gone"
        assert "700008" in by_key(got)
        assert "700009" not in by_key(got), "three substances were found in it, and their rows are not here yet"
        assert not got.whole
        assert any("left out until they are" in note for note in got.notes)
