"""`supplywatch feeds try`: an unknown table, a suggested map, and what that map makes of it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.peers.lab_peer import Laboratory

UNKNOWN = (
    "Specimen ID,Client name,Zip,Parish of collection,Sampled on,Report date,Sold as,Drug 1,Drug 2,Technique,Conc\n"
    "S-1,A. B.,70112,Orleans Parish,14/01/2025,20/01/2025,heroin,fentanyl,xylazine,GC-MS,1.5\n"
    "S-2,C. D.,70113,Orleans Parish,15/01/2025,20/01/2025,heroin,fentanyl,,GC-MS,0.5\n"
    "S-3,E. F.,70001,Jefferson Parish,16/01/2025,21/01/2025,cocaine,cocaine,levamisole,GC-MS,2\n"
)


def test_a_map_is_suggested_and_fits_what_it_was_suggested_for(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "parish.csv"
    file.write_text(UNKNOWN)
    said = run("feeds", "try", str(file))
    assert said.code == 1
    assert "No preset fits" in said.out
    for line in (
        'reader = "table"', 'key = "Specimen ID"', 'collected = "Sampled on"', 'tested = "Report date"',
        'county = "Parish of collection"', 'sold_as = "Sold as"', 'wide = ["Drug 1", "Drug 2"]', 'method = "Technique"',
        'quantity = "Conc"', "day_first = true",
    ):  # fmt: skip
        assert line in said.out, said.out
    assert "concern persons: Client name, Zip." in said.out
    columns = tmp_path / "map.toml"
    suggested, _, tried = said.out.partition("[feeds.my-table.columns]")[2].partition("\nRead by this map")
    assert "S-1  2025-01-14" in tried, "what it would become is shown with the suggestion"
    columns.write_text(suggested)
    again = run("feeds", "try", str(file), "--columns", str(columns))
    assert again.code == 0, again.all
    assert "S-1  2025-01-14" in again.out
    assert "xylazine = xylazine" in again.out
    assert "3 rows, 3 samples" in again.out


def test_flags_and_prose_are_told_apart(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "deaths.csv"
    file.write_text(
        "Case number,Date of death,Age,Cause of death,Xylazine,Fentanyl\n"
        "D1,2025-01-03,44,Acute intoxication by the combined effects of fentanyl and xylazine,Y,Y\n"
        "D2,2025-01-09,31,Acute fentanyl toxicity and nothing else of note,N,Y\n"
    )
    said = run("feeds", "try", str(file))
    assert '[feeds.my-table.columns.flags]\n"Xylazine" = "Xylazine"\n"Fentanyl" = "Fentanyl"' in said.out
    assert 'collected = "Date of death"' in said.out
    assert 'text = "Cause of death"' in said.out
    assert "persons: Age." in said.out
    assert "No column holds counties" in said.out


def test_mistakes_of_a_map_are_said_in_the_operators_words(run: Run, tmp_path: Path) -> None:
    file, columns = tmp_path / "parish.csv", tmp_path / "map.toml"
    file.write_text(UNKNOWN)
    columns.write_text('kee = "Specimen ID"\ntested = "Report date"\n')
    said = run("feeds", "try", str(file), "--columns", str(columns))
    assert said.code == 2
    assert "map.toml: columns.kee: there is no such key. Did you mean 'key'?" in said.err
    assert "names no sample id" in said.err
    assert "names nothing that was found" in said.err


def test_an_address_is_tried_too_but_not_ones_own_network_unasked(run: Run) -> None:
    with Laboratory() as lab:
        lab.publish(UNKNOWN.encode(), "/r.csv")
        refused = run("feeds", "try", lab.url("/r.csv"))
        assert refused.code == 1
        assert "allow" in refused.err
        assert lab.asked == []
        said = run("feeds", "try", lab.url("/r.csv"), "--allow-private")
        assert "This is a table with 11 columns" in said.out
