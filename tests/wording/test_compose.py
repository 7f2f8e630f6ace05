"""One content, its exact texts: the same bytes each time, and nothing in them that the content does not hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.wording.compose import compose
from alerts.wording.content import AlertContent
from alerts.wording.kinds import CHANNELS, KINDS
from alerts.wording.lint import Limits, Severity, lint
from alerts.wording.place_name import PlaceName
from alerts.wording.samples import BASE, TODAY, samples
from alerts.wording.shelf import Shelf, WordingError
from notifiers.segments import Encoding, count
from tests.wording.shelf import LANGUAGES, SHELF, TEMPLATES

UPDATE = samples("update")["plain"]


def test_a_first_sighting_says_source_hazard_place_what_to_do_when_and_link_in_this_order() -> None:
    text = compose(BASE, kind="first_sighting", channel="sms", language="en", shelf=SHELF).text
    order = ["Northside Outreach", "Xylazine", "Pine County", "Give naloxone", "Alert Oct 9", "https://", "Reply STOP"]
    positions = [text.index(piece) for piece in order]
    assert positions == sorted(positions)


def test_spanish_texts_stay_in_the_cheap_alphabet() -> None:
    composed = compose(UPDATE, kind="update", channel="sms", language="es", shelf=SHELF)
    assert composed.segments is not None
    assert composed.segments.encoding == Encoding.GSM7
    assert composed.segments.segments <= 3
    assert "también" in compose(UPDATE, kind="update", channel="email", language="es", shelf=SHELF).text


def test_the_same_content_gives_the_same_hash_and_another_word_another() -> None:
    changed = replace(BASE, source="Another Lab")
    first = compose(BASE, kind="first_sighting", channel="email", language="en", shelf=SHELF)
    again = compose(BASE, kind="first_sighting", channel="email", language="en", shelf=SHELF)
    other = compose(changed, kind="first_sighting", channel="email", language="en", shelf=SHELF)
    assert first == again
    assert first.sha256 != other.sha256


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if kind.family == "alert"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_long_names_and_many_places_are_said_more_briefly(kind: str, language: str) -> None:
    many = tuple(PlaceName(f"San {name} County") for name in ("Bernardino", "Luis Obispo", "Joaquin", "Mateo"))
    for content in samples(kind).values():
        assert isinstance(content, AlertContent)
        crowded = replace(
            content,
            front="Central Valley Harm Reduction Coalition",
            places=many,
            changes=tuple(replace(change, places=many if change.places else ()) for change in content.changes),
            link="https://alerts.supplywatch.example/a/SW-2031-0007",
            opt_out=True,
            simulated=True,
        )
        composed = compose(crowded, kind=kind, channel="sms", language=language, shelf=SHELF)
        assert composed.segments is not None
        assert composed.segments.segments <= KINDS[kind].segments, composed.text
        errors = [f for f in lint(composed, crowded, Limits(), TODAY) if f.severity == Severity.ERROR]
        assert not errors


def test_no_count_means_detected_without_a_number() -> None:
    masked = compose(BASE, kind="first_sighting", channel="email", language="en", shelf=SHELF).text
    counted = compose(
        replace(BASE, count=14, tested=60), kind="first_sighting", channel="email", language="en", shelf=SHELF
    ).text
    assert "Not given" in masked
    assert "14 of 60 drug samples" in counted


def test_markup_in_a_name_is_shown_and_not_run() -> None:
    html = compose(
        replace(BASE, front="A<b>&co"), kind="first_sighting", channel="email", language="en", shelf=SHELF
    ).html
    assert "A&lt;b&gt;&amp;co" in html


@settings(max_examples=40, deadline=None)
@given(name=st.text(min_size=1, max_size=40), source=st.text(max_size=60), channel=st.sampled_from(CHANNELS))
def test_whatever_a_name_holds_it_is_words_only(name: str, source: str, channel: str) -> None:
    odd = replace(BASE, front=name, source=source + "<script>", note={"en": name})
    composed = compose(odd, kind="first_sighting", channel=channel, language="en", shelf=SHELF)
    assert "<script" not in composed.html
    assert lint(composed, odd, Limits(), TODAY)
    if composed.segments is not None:
        assert composed.segments == count(composed.text)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_language_without_templates_is_english_as_a_whole_and_says_so(channel: str) -> None:
    composed = compose(BASE, kind="first_sighting", channel=channel, language="vi", shelf=SHELF)
    assert composed.language == "en"
    assert composed.fallback is not None
    assert "words/vi.toml" in composed.fallback
    assert composed.text == compose(BASE, kind="first_sighting", channel=channel, language="en", shelf=SHELF).text


def test_the_operators_file_stands_in_front_of_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "sms/en/first_sighting.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ front }} says {{ substance }}", encoding="utf-8")
    shelf = Shelf.of(TEMPLATES, tmp_path)
    text = compose(BASE, kind="first_sighting", channel="sms", language="en", shelf=shelf).text
    assert text == "Northside Outreach says xylazine"
    assert shelf.overridden() == ("sms/en/first_sighting.txt",)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("one\n{{ frnot }}", "templates/sms/en/first_sighting.txt, line 2: 'frnot' is undefined"),
        ("{{ front ", "templates/sms/en/first_sighting.txt, line 1: cannot be read"),
        ("{% include 'nowhere.txt' %}", "templates/nowhere.txt: does not exist"),
        ("{{ last_seen }}", "a value that may be absent is printed"),
        ("{{ front.__class__.__mro__ }}", "unsafe"),
        ("{{ words.day('x') }}", "docs/words.md"),
    ],
)
def test_a_bad_template_is_told_with_file_and_line(tmp_path: Path, template: str, told: str) -> None:
    own = tmp_path / "sms/en/first_sighting.txt"
    own.parent.mkdir(parents=True)
    own.write_text(template, encoding="utf-8")
    with pytest.raises(WordingError) as refusal:
        compose(
            replace(BASE, last_seen=None),
            kind="first_sighting",
            channel="sms",
            language="en",
            shelf=Shelf.of(TEMPLATES, tmp_path),
        )
    assert told in str(refusal.value)


def test_a_kind_that_does_not_exist_is_refused_with_the_kinds_that_do() -> None:
    with pytest.raises(ValueError, match="first_sighting, detected"):
        compose(BASE, kind="frist_sighting", channel="sms", language="en", shelf=SHELF)
