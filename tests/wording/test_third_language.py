"""A language that somebody has begun to translate, and templates that break: people are warned, and staff are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.wording.compose import compose
from alerts.wording.compose_anyway import compose_anyway
from alerts.wording.lint import Limits, Severity, lint
from alerts.wording.samples import BASE, TODAY, samples
from alerts.wording.shelf import Shelf, WordingError
from tests.wording.shelf import SHELF, TEMPLATES

FRENCH = SHELF.read("words/en.toml").replace('called = "English"', 'called = "Français"')


def begun(folder: Path, **files: str) -> Shelf:
    """A folder of the operator's with a French table of words and the files named; "__" stands for a slash."""
    for name, text in {"words__fr.toml": FRENCH, **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Shelf.of(TEMPLATES, folder)


TEXT = "{{ front }} : {{ Substance }}, {{ where }}. {{ action.sms }} {{ day_short(alert_date) }} {{ link }}"


def advice() -> str:
    return SHELF.read("actions/en/alpha2-xylazine.toml").replace("Give naloxone", "Donnez de la naloxone")


def test_what_is_translated_is_sent_in_that_language(tmp_path: Path) -> None:
    shelf = begun(tmp_path, **{"sms__fr__rise.txt": TEXT, "actions__fr__alpha2-xylazine.toml": advice()})
    made = compose_anyway(BASE, kind="rise", channel="sms", language="fr", shelf=shelf)
    assert (made.language, made.fallback) == ("fr", None)
    assert "Donnez de la naloxone" in made.text


@pytest.mark.parametrize(
    ("kind", "channel", "missing"),
    [
        ("rise", "email", "templates/lead/fr/rise.txt"),
        ("rise", "page", "templates/lead/fr/rise.txt"),
        ("spread", "sms", "templates/sms/fr/spread.txt"),
    ],
)
def test_what_is_not_yet_translated_is_in_english_as_a_whole_with_a_warning(
    tmp_path: Path, kind: str, channel: str, missing: str
) -> None:
    shelf = begun(tmp_path, **{"sms__fr__rise.txt": TEXT, "actions__fr__alpha2-xylazine.toml": advice()})
    content = samples(kind)["plain"]
    made = compose_anyway(content, kind=kind, channel=channel, language="fr", shelf=shelf)
    english = compose(content, kind=kind, channel=channel, language="en", shelf=SHELF)
    assert (made.language, made.text, made.html) == ("en", english.text, english.html)
    (found,) = [f for f in lint(made, content, Limits(), TODAY) if f.rule == "fallback"]
    assert found.severity == Severity.WARNING
    assert missing in found.mend


def test_a_piece_that_a_translation_forgot_is_told_and_english_stands_in(tmp_path: Path) -> None:
    """A copied text refers to the shared pieces of its language, which nobody has translated."""
    copied = SHELF.read("sms/en/rise.txt").replace("sms/en/_parts.txt", "sms/fr/_parts.txt")
    shelf = begun(tmp_path, **{"sms__fr__rise.txt": copied, "actions__fr__alpha2-xylazine.toml": advice()})
    with pytest.raises(WordingError, match=r"templates/sms/fr/_parts\.txt: does not exist"):
        compose(BASE, kind="rise", channel="sms", language="fr", shelf=shelf)
    made = compose_anyway(BASE, kind="rise", channel="sms", language="fr", shelf=shelf)
    assert made.text == compose(BASE, kind="rise", channel="sms", language="en", shelf=SHELF).text
    assert made.fallback is not None
    assert "templates/sms/fr/_parts.txt" in made.fallback
    assert "words in English" in made.fallback


def test_a_table_of_words_with_gaps_costs_the_language_and_not_the_warning(tmp_path: Path) -> None:
    gap = FRENCH.replace('do_not = "Do not"\n', "")
    shelf = begun(tmp_path, **{"words__fr.toml": gap, "sms__fr__rise.txt": TEXT,
                               "actions__fr__alpha2-xylazine.toml": advice()})  # fmt: skip
    made = compose_anyway(BASE, kind="rise", channel="sms", language="fr", shelf=shelf)
    assert made.language == "en"
    assert made.fallback is not None
    assert "lacks [labels] do_not" in made.fallback


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("broken", ["{{ frnt }}", "{{ front ", "{{ last_seen.nothing }}", "{% include 'no.txt' %}"])
def test_an_override_that_breaks_gives_way_to_the_shipped_words(tmp_path: Path, language: str, broken: str) -> None:
    shelf = begun(tmp_path, **{f"sms__{language}__rise.txt": broken})
    made = compose_anyway(BASE, kind="rise", channel="sms", language=language, shelf=shelf)
    assert made.text == compose(BASE, kind="rise", channel="sms", language=language, shelf=SHELF).text
    assert made.fallback is not None
    assert made.fallback.startswith(f"templates/sms/{language}/rise.txt, line 1") or "templates/no.txt" in made.fallback
    assert "Mend: " in made.fallback
    assert "shipped words" in made.fallback
    (found,) = [f for f in lint(made, BASE, Limits(), TODAY) if f.rule == "fallback"]
    assert found.severity == Severity.WARNING


def test_when_the_shipped_words_fail_too_it_is_said_aloud(tmp_path: Path) -> None:
    for name in ("words", "sms/en", "actions/en"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "words/en.toml").write_text(SHELF.read("words/en.toml"), encoding="utf-8")
    (tmp_path / "actions/en/alpha2-xylazine.toml").write_text(advice(), encoding="utf-8")
    (tmp_path / "sms/en/rise.txt").write_text("{{ frnt }}", encoding="utf-8")
    with pytest.raises(WordingError, match="'frnt' is undefined"):
        compose_anyway(replace(BASE), kind="rise", channel="sms", language="en", shelf=Shelf.of(tmp_path))
