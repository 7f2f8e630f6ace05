"""The README's table of real history is made of what a replay wrote, and of nothing else."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerts.config import load
from alerts.flow.history.replay import ReplayedAlert, as_json
from bench.bench_replay import BEGIN, END, put, written
from bench.judged import MUST
from bench.real_history import Record
from bench.replay_table import BY, Replayed, first_said, table
from detectors import history

README = Path(__file__).resolve().parents[2] / "README.md"
FIRST = date(2020, 1, 1)


def edition(substance: str, on: date, threshold: str = "rising-in-deaths", reason: str = "above threshold",
            version: int = 1, number: str = "") -> ReplayedAlert:  # fmt: skip
    return ReplayedAlert(
        on, number or f"SW-{substance}", version, reason, "advisory", substance, substance, "42", ("42003",), (),
        threshold, on - timedelta(days=60), ("replay/1",), ("said",), 0,
    )  # fmt: skip


def record(*deaths: tuple[date, str]) -> Record:
    """A county with a death each day, in some of which something was found."""
    found = dict(deaths)
    samples = tuple(
        history.Tested(
            f"d{n}", "death", "42003", day.toordinal(), day.toordinal(), (found[day],) if day in found else ()
        )
        for n in range(1000)
        for day in [FIRST + timedelta(days=n)]
    )
    return Record("Allegheny", ("42003",), FIRST, FIRST + timedelta(days=1461), samples, Path("deaths.csv"), "p")


def test_every_threshold_for_deaths_has_a_word() -> None:
    for name, rule in load(None).thresholds.items():
        if rule.kinds == ("death",):
            assert name in BY


def test_the_first_alert_on_each_its_reason_and_its_panel_change() -> None:
    day = date(2021, 5, 1)
    rows = [
        edition("xylazine", day, "first-in-state-in-deaths", "first sighting"),
        edition("xylazine", day + timedelta(days=9), reason="panel change", version=2),
        edition("xylazine", day + timedelta(days=400), number="SW-later"),
        edition("etizolam", day),
    ]
    assert first_said(rows, "xylazine") == (
        "2021-05-01, first in the state, 60 days after the death; told as a change in the laboratory on 2021-05-10"
    )
    assert first_said(rows, "etizolam") == "2021-05-01, rising"
    assert first_said(rows, "carfentanil") == "**no alert**"


def test_alerts_are_counted_and_judged_by_the_record() -> None:
    day = date(2021, 5, 1)
    borne_out = [(day + timedelta(days=n), "etizolam") for n in range(-60, 300, 30)]
    one = Replayed("Here", record(*borne_out, (day - timedelta(days=60 - 7), "xylazine")), 60, [
        edition("etizolam", day), edition("etizolam", day + timedelta(days=9), reason="escalated", version=2),
        edition("xylazine", day + timedelta(days=7)),
    ])  # fmt: skip
    lines = table([one, one]).splitlines()
    assert lines[0] == "| | Here | Here |"
    assert "| alerts, in editions | 2, in 3 | 2, in 3 |" in lines
    assert "| false ones, and a year | 1, 0.25 | 1, 0.25 |" in lines
    assert len(lines) == 2 + len(MUST) + 2


def test_what_a_replay_wrote_is_read_back_as_it_was(tmp_path: Path) -> None:
    rows = [edition("xylazine", date(2021, 5, 1)), edition("etizolam", date(2021, 6, 1))]
    file = tmp_path / "allegheny.json"
    file.write_text(json.dumps(as_json(rows)), encoding="utf-8")
    assert written(file) == rows


def test_the_block_is_put_between_its_marks_and_only_there(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    put(readme, "| table |", 30)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| table |" in text
    assert "lag of 30 days" in text
    assert "\nold\n" not in text
    put(readme, "| table |", 30)
    assert readme.read_text(encoding="utf-8") == text
    readme.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="has no"):
        put(readme, "| table |", 30)


def test_the_readme_holds_a_whole_table() -> None:
    """Its figures are real data's, which is not here; its shape is what the command writes."""
    block = README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in block.splitlines() if line.startswith("|")]
    made = table([Replayed("", record(), 60, [])] * 2).splitlines()
    names = [line.split("|")[1].strip() for line in made]
    assert [line.split("|")[1].strip() for line in rows] == names
    assert "no alert" not in block
