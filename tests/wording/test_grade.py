"""Syllables word by word, grades against sums done by hand, and names that count as plain words."""

from __future__ import annotations

import pytest

from alerts.wording.grade import grade
from alerts.wording.syllables import english_syllables, spanish_syllables

ENGLISH = {
    1: "breaths breathe whole times mixed called used strips moist wounds house they leave blue lips",
    2: "people doses tested table places changes update reverse person alone sample breathing county samples severe",
    3: "naloxone medicine animals usual reported position sedative however",
    4: "advisory emergency recovery",
    5: "laboratory",
}
SPANISH = {
    1: "que muy hay yo",
    2: "droga día país ciudad boca quiere guerra leyes aún llagas caer tierra agua raíz nuevo aquí",
    3: "aviso condado actúe pingüino veía héroe",
    4: "respiración sobredosis fentanilo",
    5: "laboratorio",
}


@pytest.mark.parametrize(("number", "words"), list(ENGLISH.items()))
def test_english_words(number: int, words: str) -> None:
    assert {word: english_syllables(word) for word in words.split()} == dict.fromkeys(words.split(), number)


@pytest.mark.parametrize(("number", "words"), list(SPANISH.items()))
def test_spanish_words(number: int, words: str) -> None:
    assert {word: spanish_syllables(word) for word in words.split()} == dict.fromkeys(words.split(), number)


def test_flesch_kincaid_by_hand() -> None:
    found = grade("Stay with the person. Give naloxone and call for help at once.", "en")
    assert (found.words, found.sentences, found.syllables) == (12, 2, 14)
    assert found.grade == round(0.39 * 6 + 11.8 * 14 / 12 - 15.59, 1) == 0.5


def test_fernandez_huerta_by_hand() -> None:
    found = grade("La persona respira lento. No deje sola a la persona.", "es")
    assert (found.words, found.sentences, found.syllables) == (10, 2, 19)
    score = 206.84 - 60 * 1.9 - 1.02 * 5
    assert 80 < score < 90
    assert found.grade == round(5 + (90 - score) / 10, 1)


@pytest.mark.parametrize(
    ("language", "easy", "hard"),
    [
        ("en", "Stay with them. Call for help. Give them one more dose if they do not breathe.",
         "Subsequent administration necessitates continuous observation of respiratory physiology by professionals."),
        ("es", "No se vaya. Llame y pida ayuda. Dé otra dosis si no respira.",
         "La administración subsiguiente requiere observación ininterrumpida de parámetros fisiológicos."),
    ],
)  # fmt: skip
def test_easy_is_below_the_limit_and_hard_above(language: str, easy: str, hard: str) -> None:
    assert grade(easy, language).grade < 8 < grade(hard, language).grade


def test_a_substance_is_one_plain_word_however_long() -> None:
    plain = grade("We found it in drugs in town this week.", "en").grade
    named = grade("We found N-desethyl isotonitazene in drugs in town this week.", "en", ["N-desethyl isotonitazene"])
    assert abs(named.grade - plain) < 1.5
    assert grade("We found N-desethyl isotonitazene in drugs in town this week.", "en").grade > named.grade + 2


def test_headings_and_links_flatter_nobody() -> None:
    body = "The person may sleep for many hours after this, so stay near and check their breathing."
    assert grade(f"WHAT TO DO\n{body}\nhttps://alerts.example/a/7", "en") == grade(body, "en")
    assert grade("", "en").grade == 0
