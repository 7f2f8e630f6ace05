"""What staff type: partners in and out, the roster, silences, words."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl

from tests.cli.conftest import Run


def test_a_workbook_comes_in_and_goes_out_again(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["partner", "phone", "places", "digest", "verified", "consent"])
    sheet.append(["Eastside", "+1 510 555 0111", "Alameda County, CA", "", "no", "form"])
    sheet.append(["Westside", "510-555-0112", "CA", "hourly", "yes", "form"])
    sheet.append(["Norte", "510-555-0113", "CA", "", "yes", "form"])
    file = tmp_path / "people.xlsx"
    book.save(file)
    ended = run("partners", "import", str(file), "--write")
    assert ended.code == 1
    assert "digest must be daily, weekly or empty" in ended.out
    rows = list(csv.DictReader(io.StringIO(run("partners", "export").out)))
    assert [(r["partner"], r["standing"]) for r in rows] == [("Eastside", "sms: not proven"), ("Norte", "sms: ok")]
    back = tmp_path / "back.csv"
    back.write_text(run("partners", "export").out.replace(",standing", ",other"))
    assert run("partners", "import", str(back)).code == 2, "a column too many is told"
    assert run("partners", "prove", "1").out == "Asked by sms.\n"
    assert "wrong, too old" in run("partners", "prove", "1", "--code", "000000").err
    assert run("partners", "erase", "1").code == 2
    assert run("partners", "erase", "1", "--yes").code == 0
    assert "Eastside" not in run("partners", "list").out
    assert run("partners", "held").out == "Nothing is held back.\n"


def test_the_roster(run: Run) -> None:
    assert run("duty", "add", "Ana", "--phone", "+1 510 555 0100").out == "Ana is number 1 on the roster.\n"
    assert run("duty", "add", "Ben", "--position", "2", "--email", "ben@programme.example").code == 0
    assert run("duty", "away", "Ana", "--until", "2031-01-01T08:00").code == 0
    listed = run("duty", "list").out.splitlines()
    assert listed[0].startswith("1  Ana  sms  away until 2031-01-01")
    assert listed[1] == "2  Ben  email"
    assert "is no date" in run("duty", "away", "Ana", "--until", "tomorrow").err
    assert "Nobody here" in run("duty", "off", "Zoe").err
    assert run("duty", "off", "Ana").code == 0
    assert "not on the roster" in run("duty", "off", "Ana").err


def test_silences(run: Run) -> None:
    assert "must lie ahead" in run("silences", "add", "xylazine", "--until", "2001-01-01", "--why", "x").err
    assert run("silences", "list").out == "There are no silences.\n"
    assert "no silence 7" in run("silences", "end", "7").err


def test_words_are_shown_and_checked(run: Run, tmp_path: Path) -> None:
    said = run("templates", "preview", "--kind", "update", "--language", "es")
    assert "condado de" in said.out
    assert "segments" in said.err
    assert "There is no kind 'gossip'" in run("templates", "preview", "--kind", "gossip").err
    assert "You have no templates of your own" in run("templates", "diff").out
    sheet = tmp_path / "sheet.pdf"
    assert run("templates", "flyer", str(sheet)).code == 0
    assert sheet.read_bytes().startswith(b"%PDF")
    assert "has no flyer" in run("templates", "flyer", str(sheet), "--kind", "help").err
    ended = run("lint", "--kind", "expiry", "--kind", "late_feed")
    assert ended.code == 0
    assert " 0 errors" in ended.out


def test_any_kind_can_be_sent_as_a_test_and_an_alert_is_always_marked(run: Run, config: Path) -> None:
    myself = ("--phone", "+1 510 555 0100", "--verified", "--wake", "--consent", "it is mine")
    assert run("partners", "add", "Tests", *myself).code == 0
    assert run("send-test", "sms", "+15105550100", "--kind", "rise").code == 0
    (text,) = (config.parent / "sms").glob("**/*.*")
    assert "EXERCISE" in text.read_text()
    assert run("send-test", "sms", "+15105550100", "--kind", "digest").code == 2


def test_nothing_waits_to_be_looked_back_at(run: Run) -> None:
    assert run("alerts", "look-back").out == "Nothing waits.\n"
    assert "no alert SW-1999-0001" in run("alerts", "drill", "SW-1999-0001").err
