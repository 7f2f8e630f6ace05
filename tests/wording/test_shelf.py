"""The operator's folder in front of the shipped one, and tables that say what is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alerts.wording.action import PROFILES, action
from alerts.wording.check import check_templates
from alerts.wording.differences import differences
from alerts.wording.grade import grade
from alerts.wording.lint import Limits, Severity
from alerts.wording.place_name import PlaceName, place_words
from alerts.wording.rehearse import rehearse
from alerts.wording.shelf import Shelf, WordingError
from alerts.wording.words import words
from tests.wording.shelf import LANGUAGES, SHELF, TEMPLATES


def own(folder: Path, name: str, text: str) -> Shelf:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Shelf.of(TEMPLATES, folder)


def test_shipped_languages() -> None:
    assert SHELF.languages() == LANGUAGES


@pytest.mark.parametrize(
    ("language", "day", "short", "place", "county"),
    [
        ("en", "May 1, 2031", "May 1", "New Mexico", "Pine County"),
        ("es", "1 de mayo de 2031", "1 may", "Nuevo México", "el condado de Pine"),
    ],
)
def test_dates_and_places_in_words(language: str, day: str, short: str, place: str, county: str) -> None:
    spoken = words(SHELF, language)
    assert (spoken.day(date(2031, 5, 1)), spoken.day_short(date(2031, 5, 1))) == (day, short)
    assert place_words(PlaceName("New Mexico", "state"), spoken) == place
    assert place_words(PlaceName("Pine County"), spoken) == county


@pytest.mark.parametrize(
    ("days", "en", "es"),
    [
        (1826, "In the five years before that", "En los cinco años anteriores"),
        (366, "In the year before that", "En el año anterior"),
        (12 * 365 + 3, "In the 12 years before that", "En los 12 años anteriores"),
        (182, "In the six months before that", "En los seis meses anteriores"),
        (90, "In the three months before that", "En los tres meses anteriores"),
        (31, "In the month before that", "En el mes anterior"),
        (400, "In the 400 days before that", "En los 400 días anteriores"),
        (84, "In the 84 days before that", "En los 84 días anteriores"),
        (7, "In the seven days before that", "En los siete días anteriores"),
        (1, "On the day before that", "En el día anterior"),
    ],
)
def test_how_long_before(days: int, en: str, es: str) -> None:
    for language, said in (("en", en), ("es", es)):
        spoken = words(SHELF, language)
        assert spoken.span(spoken.before, days) == said


@pytest.mark.parametrize(
    ("days", "en", "es"),
    [(730, "for two years", "en dos años"), (365, "for a year", "en un año"), (400, "for 400 days", "en 400 días")],
)
def test_for_how_long(days: int, en: str, es: str) -> None:
    for language, said in (("en", en), ("es", es)):
        spoken = words(SHELF, language)
        assert spoken.span(spoken.for_long, days) == said


@pytest.mark.parametrize(
    ("names", "most", "said"),
    [
        ((), 9, ""),
        (("A",), 9, "A"),
        (("A", "B"), 9, "A and B"),
        (("A", "B", "C"), 9, "A, B and C"),
        (("A", "B", "C", "D"), 2, "A, B and 2 more"),
    ],
)
def test_lists(names: tuple[str, ...], most: int, said: str) -> None:
    assert words(SHELF, "en").listed(names, most) == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_complete_readable_and_dated(profile: str, language: str) -> None:
    found = action(profile, language, SHELF)
    assert found.naloxone
    assert "naloxon" in f"{found.sms} {found.do}".lower()
    assert "911" in found.sms
    assert len(found.sms) <= 120
    for lines in (found.what, found.look_for, found.do, found.do_not, found.strips):
        assert lines
        assert all(line.endswith(".") for line in lines)
        assert grade(" ".join(lines), language).grade <= 8
    assert found.sources
    assert found.reviewed_by == ""


def test_a_profile_says_the_same_in_both_languages() -> None:
    for profile in PROFILES:
        english, spanish = (action(profile, language, SHELF) for language in LANGUAGES)
        assert english.sources == spanish.sources
        for part in ("what", "look_for", "do", "do_not", "strips"):
            assert len(getattr(english, part)) == len(getattr(spanish, part)), (profile, part)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("actions/en/opioid.toml", 'group = "x', "is not valid TOML"),
        ("actions/en/opioid.toml", 'group = "x"', "'naloxone' is missing or not a bool"),
        ("actions/en/opioid.toml", "{}", "is not valid TOML"),
        ("words/en.toml", 'called = "English"', "lacks "),
        ("words/en.toml", "called = ", "is not valid TOML"),
    ],
)
def test_a_bad_table_is_told_with_file_and_mend(tmp_path: Path, name: str, text: str, told: str) -> None:
    shelf = own(tmp_path, name, text)
    with pytest.raises(WordingError) as refusal:
        action("opioid", "en", shelf) if "actions" in name else words(shelf, "en")
    assert str(refusal.value).startswith(f"templates/{name}: ")
    assert told in str(refusal.value)
    assert "Mend: " in str(refusal.value)


PROFILE = {
    "group": '"g"',
    "naloxone": "true",
    "sms": '"s"',
    "what": '["w."]',
    "look_for": '["l."]',
    "do": '["d."]',
    "do_not": '["n."]',
    "strips": '["t."]',
    "reviewed_by": '""',
    "sources": '[{ name = "n", on = "2025-05" }]',
}
"""A whole profile, small enough to spoil one key at a time."""


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("do", "3", "'do' is not a list of sentences"),
        ("naloxone", '"yes"', "'naloxone' is missing or not a bool"),
        ("colour", "1", "has unknown keys colour"),
        ("sources", "[]", "has no sources"),
        ("sources", '[{ name = "n", on = "soon" }]', "a source has no date"),
        ("sources", '[{ title = "n", on = "2025" }]', "a source has other keys"),
    ],
)
def test_a_profile_with_one_bad_key(tmp_path: Path, key: str, value: str, told: str) -> None:
    def written(table: dict[str, str]) -> Shelf:
        return own(tmp_path, "actions/en/other.toml", "\n".join(f"{name} = {text}" for name, text in table.items()))

    assert action("other", "en", written(PROFILE)).sources[0].on == "2025-05"
    with pytest.raises(WordingError, match=told):
        action("other", "en", written(PROFILE | {key: value}))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('do_not = "No haga esto"', "", r"lacks \[labels\] do_not"),
        ('word = "prueba rápida, sin confirmar"', "", r"lacks \[confidence.screening\] word"),
        ("{day} de {month}", "{dia} de {month}", "date_long has a place that cannot be filled in: 'dia'"),
        ('"diciembre"]', "]", "months has 11 entries"),
    ],
)
def test_a_translation_that_is_not_whole(tmp_path: Path, old: str, new: str, told: str) -> None:
    shipped = SHELF.read("words/es.toml")
    assert old in shipped
    with pytest.raises(WordingError, match=told):
        words(own(tmp_path, "words/es.toml", shipped.replace(old, new, 1)), "es")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "words" / "es.toml"
    path.parent.mkdir()
    path.write_bytes("called = 'Español'".encode("latin-1"))
    with pytest.raises(WordingError, match="is not UTF-8 text"):
        words(Shelf.of(TEMPLATES, tmp_path), "es")


def test_a_mistyped_folder_is_told() -> None:
    with pytest.raises(WordingError, match=r"folder under \[templates\]"):
        Shelf.of(TEMPLATES, Path("no-such-folder"))


def test_differences_show_only_what_the_operator_changed(tmp_path: Path) -> None:
    changed = SHELF.read("sms/en/stop_confirmation.txt").replace("no more texts", "no texts")
    (found,) = differences(own(tmp_path, "sms/en/stop_confirmation.txt", changed))
    assert found.name == "sms/en/stop_confirmation.txt"
    assert any(line.startswith("-") and "no more texts" in line for line in found.lines)
    assert any(line.startswith("+") and "no texts" in line for line in found.lines)


def test_a_mistyped_name_is_told_apart_from_a_file_that_counts(tmp_path: Path) -> None:
    own(tmp_path, "sms/en/rise.txt", "{{ front }}")
    shelf = own(tmp_path, "sms/en/frist_sighting.txt", "{{ front }}")
    assert (shelf.overridden(), shelf.added()) == (("sms/en/rise.txt",), ("sms/en/frist_sighting.txt",))


def test_a_rehearsal_tells_of_a_template_that_breaks_and_of_words_that_hurt(tmp_path: Path) -> None:
    own(tmp_path, "sms/en/help.txt", "{{ frnt }}")
    shelf = own(tmp_path, "sms/en/why.txt", "{{ front }}: you are an addict")
    found = {item.kind: item for item in rehearse(shelf, ["en"], Limits(), ["help", "why"]) if item.channel == "sms"}
    assert "templates/sms/en/help.txt, line 1: 'frnt' is undefined" in found["help"].problem
    assert [finding.rule for finding in found["why"].findings if finding.severity == Severity.ERROR] == ["stigma"]


def test_the_check_counts_what_it_rendered_and_tells_each_problem_once(tmp_path: Path) -> None:
    rendered, problems = check_templates(rehearse(SHELF, LANGUAGES, Limits()))
    assert rendered > 900
    assert problems == []
    _, problems = check_templates(rehearse(own(tmp_path, "sms/en/help.txt", "{{ frnt }}"), ["en", "vi"], Limits()))
    assert sum("templates/sms/en/help.txt, line 1" in problem for problem in problems) == 1
    assert sum("There is no templates/words/vi.toml" in problem for problem in problems) == 1
