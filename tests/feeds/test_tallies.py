"""Sources that publish only totals, and restate them."""

from __future__ import annotations

from datetime import date

import pytest

from bench.fuzz_documents import NFLIS, NYC
from detectors.feeds import nflis, nyc
from detectors.feeds.nflis import NflisSettings
from detectors.sample import BrokenDocument
from tests.shared import shared


def test_a_month_of_new_york() -> None:
    got = nyc.read(NYC)
    tally = got.tallies[-1]
    assert (tally.key, tally.positives, tally.tested) == ("New York City|medetomidine|2026-01", 2, 16)
    assert (tally.first, tally.last) == (date(2026, 1, 1), date(2026, 1, 31))
    assert (got.rows, len(got.tallies), got.whole) == (2, 6, False)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("Smarch 2026,1,1,1,2", "yr_mo"),
        ("Feb 2026,3,1,1,2", "Total_Lab_Fent_Pos"),
        ("Feb 2026,1,1,1,many", "Total_Lab"),
        ("Feb 2026,1,x,1,2", "Total_Lab_Xyl_Pos"),
        ("Feb 2031,1,1,1,2", "yr_mo"),
        ("Jan 2026,1,1,1,2", "Total_Lab_Fent_Pos"),
    ],
)
def test_a_bad_figure_is_put_aside(row: str, column: str) -> None:
    got = nyc.read(NYC + row.encode(), received=date(2026, 3, 1))
    assert (got.quarantined[0].line, got.quarantined[0].column) == (4, column)
    assert len(got.tallies) >= 6


def test_a_lost_column_of_new_york() -> None:
    with pytest.raises(BrokenDocument, match="'Total_Lab' is missing"):
        nyc.read(NYC.replace(b"Total_Lab\n", b"Total\n"))
    less = nyc.read(NYC.replace(b"Total_Lab_Med_Pos", b"Total_Lab_Medet_Pos"))
    assert len(less.tallies) == 4
    assert any("Total_Lab_Med_Pos" in note for note in less.notes)


def test_the_real_restatement() -> None:
    folder = shared("data/nyc_drugchecking")
    key = "New York City|medetomidine|2026-01"
    said: list[tuple[int, int | None]] = []
    for edition in ("data_multipanel_positivity_firstpub_Jan2026.csv", "data_multipanel_positivity.csv"):
        got = nyc.read((folder / edition).read_bytes())
        said.extend((t.positives, t.tested) for t in got.tallies if t.key == key)
    assert said == [(2, 16), (5, 18)]
    for other in ("data_counts_per_month.csv", "data_fent_pos_by_substance_class.csv"):
        with pytest.raises(BrokenDocument):
            nyc.read((folder / other).read_bytes())


def test_nflis() -> None:
    first, second = nflis.read(NFLIS).tallies
    assert (first.state, first.named_as, first.positives, first.tested) == ("WI", "FENTANYL", 74, None)
    assert (first.first, first.last) == (date(2022, 7, 1), date(2022, 12, 31))
    assert (second.first, second.last) == (date(2017, 1, 1), date(2017, 6, 30))
    assert [t.state for t in nflis.read(NFLIS, settings=NflisSettings(states=("IL",))).tallies] == ["IL"]
    bad = nflis.read(NFLIS.replace(b"SA1 (JAN - JUN)", b"SA3"))
    assert (len(bad.tallies), bad.quarantined[0].column) == (1, "PERIOD")
    with pytest.raises(BrokenDocument, match="DRUG_REPORTS"):
        nflis.read(NFLIS.replace(b"DRUG_REPORTS", b"REPORTS"))


def test_nflis_all_of_it() -> None:
    got = nflis.read(shared("data/nflis_dqs/nflis_dqs_export_2023-06-06.csv").read_bytes())
    assert (got.rows, len(got.tallies), got.quarantined) == (14002, 14002, ())
    by_base = nflis.read(
        shared("data/nflis_dqs/nflis_dqs_export_2023-06-06.csv").read_bytes(), settings=NflisSettings(by_base=True)
    )
    assert len(by_base.tallies) < len(got.tallies)
    assert sum(t.positives for t in by_base.tallies) == sum(t.positives for t in got.tallies)
