"""`supplywatch backtest` on the command line, and its score by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alerts.cli.main import program
from alerts.cli.opening import Failure
from alerts.flow.history.replay import ReplayedAlert
from alerts.flow.history.score_backtest import Event, score_backtest
from detectors.words.places import Gazetteer
from tests.shared import shared


def said(number: str, on: date, substance: str = "xylazine", version: int = 1) -> ReplayedAlert:
    return ReplayedAlert(
        on=on, number=number, version=version, reason="first sighting", level="advisory", substance=substance,
        name=substance, region="42", places=("42003",), new_places=("42003",), threshold="new", first_event=None,
        evidence=("a",), sentences=(), messages=3, segments=4, people=2,
    )  # fmt: skip


def test_score_by_hand() -> None:
    rows = [
        said("SW-1", date(2020, 3, 1)),
        said("SW-1", date(2020, 3, 9), version=2),
        said("SW-2", date(2020, 6, 1), "etizolam"),
        said("SW-3", date(2021, 9, 1)),
    ]
    events = [
        Event("xylazine", "42", date(2020, 4, 1)),
        Event("carfentanil", "42003", date(2020, 4, 1)),
        Event("etizolam", "09", date(2020, 6, 1)),
        Event("xylazine", "42003", date(2035, 1, 1)),
    ]
    score = score_backtest(
        rows, events, Gazetteer.load(), regions=2, first=date(2020, 1, 1), last=date(2021, 12, 31)
    )  # fmt: skip
    assert [lead.days for lead in score.leads] == [31, None, None]
    assert (score.alerts, score.editions, score.messages, score.segments, score.people, score.false) == (
        3, 4, 12, 16, 2, 2,
    )  # fmt: skip
    assert score.false_per_region_year == pytest.approx(2 / (2 * 731 / 365.25))
    blind = score_backtest(rows, [], Gazetteer.load(), regions=1, first=date(2020, 1, 1), last=date(2021, 12, 31))
    assert (blind.false, blind.false_per_region_year, blind.leads) == (None, None, ())


def test_a_curve_over_a_parameter_on_real_deaths(tmp_path: Path) -> None:
    data = shared("data/allegheny_me/deaths_long.csv")
    config, events, out = tmp_path / "c.toml", tmp_path / "events.csv", tmp_path / "out.json"
    config.write_text(f'[store]\nurl = "sqlite:///{tmp_path / "s.db"}"\n', encoding="utf-8")
    events.write_text('substance,place,date\ncarfentanil,"Allegheny County, PA",2017-06-01\n', encoding="utf-8")
    arguments = [
        "backtest", "--data", str(data), "--preset", "allegheny-me", "--from", "2017-01-01", "--to", "2017-06-30",
        "--every", "7", "--config", str(config), "--events", str(events), "--thresholds", "shipped",
    ]  # fmt: skip
    curve = "new-in-deaths.parameters.findings=3,9"
    run = CliRunner().invoke(
        program, [*arguments, "--set", "rising-in-deaths.enabled=false", "--over", curve, "--out", str(out)]
    )
    assert run.exit_code == 0, run.output
    few, many = json.loads(out.read_text(encoding="utf-8"))
    assert (few["set"], many["set"]) == ("findings=3", "findings=9")
    assert len(many["editions"]) < len(few["editions"])
    assert few["score"]["leads"][0]["days"] is not None
    assert "findings=9" in run.output


def test_what_is_put_into_real_deaths_is_found_and_what_only_looks_so_is_not(tmp_path: Path) -> None:
    """Medetomidine, which nobody had then, in a fifth of the deaths; and four times as many deaths of the same make-up,
    with three weeks without any."""
    data = shared("data/allegheny_me/deaths_long.csv")
    config, out = tmp_path / "c.toml", tmp_path / "out.json"
    config.write_text(f'[store]\nurl = "sqlite:///{tmp_path / "s.db"}"\n', encoding="utf-8")
    arguments = [
        "backtest", "--data", str(data), "--preset", "allegheny-me", "--from", "2017-01-01", "--to", "2017-06-30",
        "--every", "7", "--lag", "30", "--config", str(config), "--thresholds", "shipped", "--out", str(out),
    ]  # fmt: skip
    place = '"Allegheny County, PA",2017-02-01'

    def said(*put: str) -> tuple[dict[str, Any], set[str]]:
        more = [word for one in put for word in ("--inject", one)]
        run = CliRunner().invoke(program, [*arguments, *more])
        assert run.exit_code == 0, run.output
        (only,) = json.loads(out.read_text(encoding="utf-8"))
        return only["score"], {e["substance"] for e in only["editions"]}

    calm, plain = said()
    assert calm["leads"] == []
    score, told = said(f"step,medetomidine,{place},share=0.2")
    assert told == plain | {"medetomidine"}
    assert -90 <= score["leads"][0]["days"] < 0
    _, told = said(f"volume,medetomidine,{place},share=4", f"missing,medetomidine,{place},days=20")
    assert "medetomidine" not in told
    assert told <= plain | {"fentanyl"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--inject", "leap,xylazine,06029,2025-01-01"], "the shape is one of"),
        (["--inject", "step,xylazine,Atlantis,2025-01-01"], "not a known place"),
        (["--inject", "step,xylazine,06029,2025-01-01,size=3"], "none of share="),
        (["--thresholds", "old"], "now, config, shipped"),
        (["--preset", "unc-lab-detail"], "belong together"),
        (["--set", "nobody.enabled=false"], "no threshold 'nobody'"),
        (["--set", "new-here.parameters.findings=0"], "findings"),
        (["--over", "new-here.parameters.findings"], "--over must be"),
        (["--to", "2010-01-01"], "--to is before --from"),
    ],
)
def test_what_is_asked_wrongly_is_said(tmp_path: Path, more: list[str], words: str) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[store]\nurl = "sqlite:///{tmp_path / "s.db"}"\n', encoding="utf-8")
    given = ["backtest", "--from", "2017-01-01", "--to", "2017-02-01", "--config", str(config), *more]
    run = CliRunner().invoke(program, given)
    assert isinstance(run.exception, Failure)
    assert words in str(run.exception)


@pytest.mark.parametrize(
    ("line", "column"),
    [("x,06001,2020-01-01", "substance"), ("xylazine,nowhere,2020-01-01", "place"), ("xylazine,CA,soon", "date")],
)
def test_a_wrong_event_is_named_with_line_and_column(tmp_path: Path, line: str, column: str) -> None:
    config, events = tmp_path / "c.toml", tmp_path / "events.csv"
    config.write_text(f'[store]\nurl = "sqlite:///{tmp_path / "s.db"}"\n', encoding="utf-8")
    events.write_text(f"substance,place,date\n{line}\n", encoding="utf-8")
    given = ["backtest", "--from", "2017-01-01", "--to", "2017-02-01", "--config", str(config), "--events", str(events)]
    run = CliRunner().invoke(program, given)
    assert f"line 2, column {column}" in str(run.exception)
