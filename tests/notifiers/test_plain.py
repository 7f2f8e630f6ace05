"""Plain characters for dear ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.gsm7 import SEPTETS
from notifiers.plain import REPLACEMENTS, plain
from notifiers.segments import Encoding, count


@pytest.mark.parametrize(
    ("dear", "cheap"),
    [
        ("Don’t — “call” 911…", 'Don\'t - "call" 911...'),
        ("5\u00a0mg\u200b", "5 mg"),
        ("50 µg", "50 ug"),
        ("a\tb", "a b"),
        ("e\u0301", "é"),
        ("¿Dónde está?", "¿Dónde está?"),
    ],
)
def test_typography(dear: str, cheap: str) -> None:
    assert plain(dear) == cheap


def test_spanish_keeps_what_gsm_has_and_may_lose_the_rest() -> None:
    spanish = "¿Dónde está el niño? ¡Atención! pingüino, café, ÁÉÍÓÚ áéíóú"
    stripped = plain(spanish, strip_accents=True)
    assert stripped == "¿Donde esta el niño? ¡Atencion! pingüino, café, AÉIOU aéiou"
    assert count(spanish).encoding is Encoding.UCS2
    assert count(stripped).encoding is Encoding.GSM7


def test_what_cannot_be_written_plainly_stays_and_is_seen() -> None:
    assert plain("Наркан 😀", strip_accents=True) == "Наркан 😀"


def test_every_replacement_is_itself_cheap() -> None:
    for dear, cheap in REPLACEMENTS.items():
        assert dear not in SEPTETS
        assert set(cheap) <= set(SEPTETS)


@given(st.text(max_size=200), st.booleans())
def test_done_twice_is_done_once(text: str, strip: bool) -> None:
    once = plain(text, strip)
    assert plain(once, strip) == once
