"""Documents that change, correct and withdraw: what was believed on any past day stays answerable."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.model.feed_state import FeedCondition
from alerts.store.side_evidence import tallies_known
from bench.fuzz_documents import FHIR, HL7
from tests.databases import Postgres, SqliteFiles
from tests.evidence.programme import FEED, Programme, at, programme
from tests.shared import shared

HEADER = "sampleid,substance,abundance,method,date_complete,primary,lab_null\n"


def row(key: object, name: str, day: str = "02mar2025") -> str:
    return f'"{key}","{name}","","GCMS",{day},1,\n'


def lab(url: str, folder: Path) -> AbstractContextManager[Programme]:
    return programme(url, folder, "unc-lab-detail", county="Alameda County")


def test_two_editions_of_new_york_city(databases: SqliteFiles | Postgres, tmp_path: Path) -> None:
    """January 2026 was published as 2 of 16 for medetomidine and restated as 5 of 18."""
    folder = shared("data/nyc_drugchecking")
    first = (folder / "data_multipanel_positivity_firstpub_Jan2026.csv").read_bytes()
    second = (folder / "data_multipanel_positivity.csv").read_bytes()
    with programme(databases.migrated(), tmp_path, "nyc-monthly", state="", county="") as diary:
        diary.drop("positivity.csv", first, at("2026-02-20 09:00"))
        assert diary.collect(at("2026-02-20 09:00")).condition is FeedCondition.FRESH
        diary.drop("positivity.csv", second, at("2026-06-20 09:00"))
        assert diary.collect(at("2026-06-20 09:00")).changed

        def january(when: str) -> list[tuple[int, int | None, int]]:
            with diary.app.store.read() as connection:
                return [
                    (t.positives, t.tested, t.revision)
                    for t in tallies_known(connection, now=at(when), substances=["medetomidine"])
                    if t.first == date(2026, 1, 1)
                ]

        assert january("2026-02-19 09:00") == []
        assert january("2026-02-20 09:00") == [(2, 16, 1)]
        assert january("2026-06-20 08:59") == [(2, 16, 1)]
        assert january("2026-06-20 09:00") == [(5, 18, 2)]
        assert diary.state().revised > 0


def test_a_file_is_read_once_and_a_later_one_corrects_an_earlier(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    with lab(sqlite_files.migrated(), tmp_path) as diary:
        one, two = at("2025-03-03 09:00"), at("2025-03-04 09:00")
        diary.drop("z-early.csv", HEADER + row(1, "fentanyl") + row(2, "xylazine"), one)
        diary.drop("a-later.csv", HEADER + row(1, "carfentanil"), one + timedelta(seconds=5))
        assert diary.collect(one + timedelta(minutes=5)).condition is FeedCondition.FRESH
        assert diary.believed(two) == {"1": ("carfentanil",), "2": ("xylazine",)}, "the order is that of their times"
        assert diary.collect(two).condition is FeedCondition.UNCHANGED
        diary.drop("third.csv", HEADER + row(3, "medetomidine"), two)
        assert diary.collect(two + timedelta(minutes=5)).changed
        assert diary.state().seen == 1, "the files read before are not opened again"
        assert len(diary.believed(two + timedelta(minutes=5))) == 3, "one file of several does not speak for all"


def test_what_the_only_file_no_longer_lists_was_withdrawn(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    with lab(sqlite_files.migrated(), tmp_path) as diary:
        one, two = at("2025-03-03 09:00"), at("2025-03-04 09:00")
        diary.drop("all.csv", HEADER + row(1, "fentanyl") + row(2, "xylazine"), one)
        diary.collect(one)
        diary.drop("all.csv", HEADER + row(1, "fentanyl"), two)
        diary.collect(two)
        assert diary.state().retracted == 1
        assert diary.believed(one) == {"1": ("fentanyl",), "2": ("xylazine",)}
        assert diary.believed(two) == {"1": ("fentanyl",)}


def test_one_broken_file_of_several_is_told_and_the_others_are_kept(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    with lab(sqlite_files.migrated(), tmp_path) as diary:
        one = at("2025-03-03 09:00")
        diary.drop("good.csv", HEADER + row(1, "fentanyl"), one)
        diary.drop("page.csv", "<!doctype html><title>Sign in</title>", one + timedelta(seconds=1))
        outcome = diary.collect(one + timedelta(minutes=1))
        assert (outcome.condition, outcome.changed) == (FeedCondition.BROKEN, True)
        assert "page.csv" in outcome.sentence
        assert "web page" in outcome.sentence
        assert diary.believed(one + timedelta(minutes=1)) == {"1": ("fentanyl",)}
        again = diary.collect(one + timedelta(minutes=2))
        assert again.condition is FeedCondition.BROKEN, "it stays broken until somebody mends it"
        diary.drop("page.csv", HEADER + row(2, "xylazine"), one + timedelta(minutes=10))
        assert diary.collect(one + timedelta(minutes=11)).condition is FeedCondition.FRESH


def test_a_laboratory_takes_a_result_back_and_no_patient_is_kept(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    url = sqlite_files.migrated()
    with programme(url, tmp_path, "hl7-laboratory", county="Alameda County") as diary:
        one, two, three = at("2025-03-03 09:00"), at("2025-03-04 09:00"), at("2025-03-05 09:00")
        diary.drop("1.hl7", HL7, one)
        diary.collect(one)
        before = diary.believed(one)
        assert before["F1"] == ("acetylfentanyl", "bromazolam", "para-fluorofentanyl", "xylazine")
        gone = ("OBX|2", "OBX|3", "OBX|4")
        only = "\r".join(line for line in HL7.decode().split("\r") if not line.startswith(gone))
        wrong = only.replace("Detected^SCT||||||F", "Detected^SCT||||||W")
        diary.drop("2.hl7", wrong, two)
        diary.collect(two)
        assert "F1" not in diary.believed(two)
        assert diary.state().retracted == 1
        assert diary.believed(one) == before
        diary.drop("3.fhir.json", FHIR, three)
        assert diary.collect(three).condition is FeedCondition.BROKEN, "a Bundle is no HL7 message"
    file = Path(str(sa.make_url(url).database))
    kept = b"".join(p.read_bytes() for p in file.parent.glob(file.name + "*"))
    with sqlite3.connect(file) as raw:
        kept += b"".join(zlib.decompress(body) for (body,) in raw.execute("SELECT body FROM archive"))
    assert b"para-Fluorofentanyl" in kept
    for secret in (b"MARKER", b"19700101"):
        assert secret not in kept


@pytest.mark.parametrize("count", [25_000])
def test_a_long_file_streams_and_fails_as_a_whole(sqlite_files: SqliteFiles, tmp_path: Path, count: int) -> None:
    """More samples than are held before the database is locked: all are kept, and again none is new."""
    with lab(sqlite_files.migrated(), tmp_path) as diary:
        one, two = at("2025-03-03 09:00"), at("2025-03-04 09:00")
        body = HEADER + "".join(row(n, "fentanyl") for n in range(count))
        diary.drop("all.csv", body, one)
        diary.collect(one)
        assert diary.state().new == count
        changed = body.replace(row(7, "fentanyl"), row(7, "carfentanil")).replace(row(9, "fentanyl"), "")
        diary.drop("all.csv", changed, two)
        diary.collect(two)
        state = diary.state()
        assert (state.new, state.revised, state.retracted, state.seen) == (0, 1, 1, count - 1)
        believed = diary.believed(two)
        assert believed["7"] == ("carfentanil",)
        assert "9" not in believed
        assert len(believed) == count - 1
        assert state.name == FEED
