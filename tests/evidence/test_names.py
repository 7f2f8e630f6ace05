"""A name that no dictionary has: kept, counted, shown, and named the day a person knows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from alerts.flow.collection.name_substance import name_substance
from alerts.model.feed_state import FeedCondition
from alerts.model.staff import Person, Role
from alerts.record.verify import verify
from alerts.store import evidence, names, side_evidence
from alerts.store.ledger_rows import rows
from tests.databases import Postgres, SqliteFiles
from tests.evidence.programme import Programme, at, programme

HEADER = "sampleid,substance,abundance,method,date_complete,primary,lab_null\n"
BODY = HEADER + '"1","Zorvaphine","","GCMS",02mar2025,1,\n"1","fentanyl","","GCMS",02mar2025,1,\n' + (
    '"2","Zorvaphine","trace","GCMS",02mar2025,0,\n"3","fentanyl","","GCMS",02mar2025,1,\n'
)  # fmt: skip
MONDAY, FRIDAY = at("2025-03-03 09:00"), at("2025-03-07 09:00")
ANA = Person(1, "Ana", Role.STAFF)


@pytest.fixture
def read(databases: SqliteFiles | Postgres, tmp_path: Path) -> Iterator[Programme]:
    with programme(databases.migrated(), tmp_path, "unc-lab-detail", county="Alameda County") as opened:
        opened.drop("all.csv", BODY, MONDAY)
        assert opened.collect(MONDAY).condition is FeedCondition.FRESH
        yield opened


def teach(read: Programme, **wanted: str) -> None:
    given = {"english": "zorvaphine", "category": "orphine", "why": "bulletin of the week"} | wanted
    name_substance(read.app, "zorvaphine", by=ANA, now=FRIDAY, **given)


def test_a_new_drug_is_shown_then_named_and_then_known_from_that_day(read: Programme) -> None:
    with read.app.store.read() as connection:
        (waiting,) = side_evidence.unrecognised_names(connection)
        assert (waiting.text, waiting.rows) == ("Zorvaphine", 2)
        sentence = side_evidence.unrecognised_sentence(connection, MONDAY)
    assert sentence == "1 name not recognised, 1 new this week."
    assert read.believed(MONDAY) == {"1": ("fentanyl",), "2": (), "3": ("fentanyl",)}
    teach(read)
    assert read.believed(MONDAY)["1"] == ("fentanyl",), "what was believed on Monday stays as it was"
    assert read.believed(FRIDAY) == {"1": ("fentanyl", "zorvaphine"), "2": (), "3": ("fentanyl",)}
    with read.app.store.read() as connection:
        tested = {t.ref: t for t in evidence.known(connection, now=FRIDAY, since=date(2025, 1, 1))}
        assert tested["partner/2"].traces == ("zorvaphine",)
        assert date.fromordinal(tested["partner/1"].known) == FRIDAY.date(), "news on the day it could be named"
        assert date.fromordinal(tested["partner/3"].known) == date(2025, 3, 2)
        assert side_evidence.unrecognised_names(connection) == []
        (entry,) = [r for r in rows(connection) if r.kind == "name.added"]
        assert entry.subject == "zorvaphine"
    assert read.app.lexicon.substances["zorvaphine"].category == "orphine"


def test_the_same_file_again_is_no_news_after_that(read: Programme) -> None:
    teach(read)
    read.drop("all.csv", BODY + '"4","cocaine","","GCMS",02mar2025,1,\n', at("2025-03-08 09:00"))
    read.collect(at("2025-03-08 09:00"))
    state = read.state()
    assert (state.new, state.revised, state.retracted) == (1, 0, 0)


def test_another_node_learns_it_at_its_next_reading(read: Programme) -> None:
    other = names.Names(read.app.lexicon)
    teach(read)
    assert "zorvaphine" not in other.lexicon
    with read.app.store.read() as connection:
        assert other.refresh(connection)
        assert not other.refresh(connection)
    assert other.lexicon.name("Zorvaphine").substances == ("zorvaphine",)


def test_a_synonym_of_a_known_substance(read: Programme) -> None:
    name_substance(read.app, "medetomidine", synonyms=["Zorvaphine"], by=ANA, why="the lab says so", now=FRIDAY)
    assert read.believed(FRIDAY)["1"] == ("fentanyl", "medetomidine")
    with read.app.store.read() as connection:
        (made,) = names.everything(connection)
        assert (made.by, made.why, made.entry.synonyms) == ("Ana", "the lab says so", ("Zorvaphine",))
        assert verify(rows(connection)).problems == ()


@pytest.mark.parametrize(
    ("substance", "wanted", "said"),
    [
        ("medetomidine", {"synonyms": ["xylazine"]}, "already names"),
        ("medetomidine", {"synonyms": []}, "at least one"),
        ("medetomidine", {"synonyms": ["x"], "english": "other"}, "only synonyms"),
        ("zorvaphine", {"synonyms": ["Zorva"]}, "not in the dictionary"),
        ("zorvaphine", {"english": "zorvaphine", "category": "sweets"}, "no class"),
        ("zorvaphine", {"english": "zorvaphine", "category": "orphine", "parent": "nobody"}, "parent"),
        ("Zorva phine", {"english": "zorvaphine", "category": "orphine"}, "small letters"),
        ("zorvaphine", {"english": "zorvaphine", "category": "orphine", "why": " "}, "reason"),
    ],
)
def test_what_cannot_be_added_is_refused_and_changes_nothing(
    read: Programme, substance: str, wanted: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        name_substance(read.app, substance, by=ANA, now=FRIDAY, **({"why": "because"} | wanted))  # type: ignore[arg-type]
    with read.app.store.read() as connection:
        assert names.everything(connection) == []
        assert [r for r in rows(connection) if r.kind == "name.added"] == []
