"""What a notice says of a substance, in English and Spanish. The measured figures: `./run bench words`."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.bench_words import PUBLISHED, prose
from detectors.words.dates import dates_in
from detectors.words.lexicon import Lexicon
from detectors.words.mention import Polarity, Statement
from detectors.words.mentions import read_mentions
from detectors.words.places import Gazetteer

BUILT, HELD_OUT = (
    tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))["passage"]
    for name in ("passages.toml", "held_out.toml")
)


def test_what_was_used_while_building_is_read_well(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    right, wrong, missed = prose(lexicon, gazetteer, BUILT)
    assert len(BUILT) + len(HELD_OUT) >= 150
    assert right / (right + wrong) >= 0.97
    assert right / (right + missed) >= 0.97


def test_places_and_dates_of_passages(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    for passage in BUILT:
        mentions = read_mentions(passage["text"], lexicon, gazetteer, passage["state"], PUBLISHED)
        for key, found in (("place", {one.place for one in mentions}), ("date", {one.when for one in mentions})):
            if passage.get(key):
                assert passage[key] in found, passage["text"]


def test_a_mention_says_where_when_and_which_words(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    text = "Be careful. The lab confirmed <b>xylazine</b> in Kern County on May 3, 2025."
    (mention,) = read_mentions(text, lexicon, gazetteer, "CA", date(2025, 5, 10))
    assert (mention.polarity, mention.statement) == (Polarity.DETECTED, Statement.DETECTION)
    assert (mention.place, mention.when) == ("06029", "2025-05-03")
    assert text[mention.start : mention.end] == "xylazine"
    assert mention.sentence.startswith("The lab")


def test_without_its_state_a_county_is_no_place(lexicon: Lexicon, gazetteer: Gazetteer) -> None:
    (mention,) = read_mentions("Xylazine was found in Lake County.", lexicon, gazetteer)
    assert mention.place == ""


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("on 6/14/2025", "2025-06-14"),
        ("2025-06-14", "2025-06-14"),
        ("june 14th, 2025", "2025-06-14"),
        ("el 14 de junio de 2025", "2025-06-14"),
        ("in june 2025", "2025-06"),
        ("between april and june 2025", "2025-04"),
        ("in 2017", "2017"),
    ],
)
def test_dates(text: str, when: str) -> None:
    assert [written.when for written in dates_in(text)] == [when]


def test_no_such_day() -> None:
    assert dates_in("february 30, 2025")[0].when == "2025" if dates_in("february 30, 2025") else True


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([p["text"] for p in BUILT] + ["\n", "no", ";", "<p>", "&amp;", "?"]), max_size=6))
def test_any_text_is_read(lexicon: Lexicon, gazetteer: Gazetteer, pieces: list[str]) -> None:
    text = " ".join(pieces)
    for mention in read_mentions(text, lexicon, gazetteer, "CA"):
        assert text[mention.start : mention.end]
