"""What a text costs, against 3GPP's arithmetic and an independent implementation."""

from __future__ import annotations

import random

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from notifiers.gsm7 import BASIC, EXTENSION
from notifiers.segments import Encoding, Segments, count

# smsutil counts the escape itself as a character, and we do not: a handset would read it and its neighbour as another.
ALPHABET = sorted(set(BASIC) | set(EXTENSION))
STRANGERS = "áíóúÁÍÓÚ’“”—…\u00a0ç😀👩‍🚒ГЩ中"


def random_text(source: random.Random) -> str:
    """A text of 1 to 500 characters: plain, full of escapes, or with strangers; lengths crowd around the limits."""
    length = source.choice([source.randint(1, 500), *(edge + source.randint(-3, 3) for edge in (70, 134, 160, 306))])
    kind = source.random()
    pool = ALPHABET if kind < 0.3 else ["a", "€", "["] if kind < 0.6 else [*ALPHABET[:40], *STRANGERS]
    return "".join(source.choices(pool, k=length))


def by_smsutil(text: str) -> tuple[str, int, int]:
    split = smsutil.split(text)
    gsm = split.encoding == "gsm0338"
    return ("GSM-7" if gsm else "UCS-2", split.total_bytes if gsm else split.total_bytes // 2, len(split.parts))


def test_equal_to_an_independent_implementation() -> None:
    source = random.Random(20261122)
    for _ in range(3000):
        text = random_text(source)
        ours = count(text)
        assert (ours.encoding, ours.units, ours.segments) == by_smsutil(text), repr(text)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("a" * 152 + "€" + "b" * 152, Encoding.GSM7, 306, 3),
        ("a" * 151 + "€" + "b" * 153, Encoding.GSM7, 306, 2),
        ("á" * 70, Encoding.UCS2, 70, 1),
        ("á" * 71, Encoding.UCS2, 71, 2),
        ("á" * 66 + "😀" + "á" * 66, Encoding.UCS2, 134, 3),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        ("¿Dónde?", Encoding.UCS2, 7, 1),
        ("¿Que? ñ é ü à É Ñ Ü ¡", Encoding.GSM7, 21, 1),
    ],
)
def test_the_edges(text: str, encoding: Encoding, units: int, segments: int) -> None:
    counted = count(text)
    assert (counted.encoding, counted.units, counted.segments) == (encoding, units, segments)


def test_what_makes_it_dear_is_named_and_placed() -> None:
    assert [tuple(o) for o in count("Don’t — ok").offending] == [
        ("’", "RIGHT SINGLE QUOTATION MARK", 3),
        ("—", "EM DASH", 6),
    ]
    assert count("a\x01").offending[0].name == "U+0001"
    assert count("no\u00a0").offending[0].name == "NO-BREAK SPACE"


@given(st.text(max_size=700))
def test_segments_hold_what_they_must(text: str) -> None:
    counted = count(text)
    single, several = (160, 153) if counted.encoding is Encoding.GSM7 else (70, 67)
    if counted.units <= single:
        assert counted.segments == (1 if text else 0)
    else:
        # A pair that moves on whole leaves at most one unit empty in each segment.
        assert -(-counted.units // several) <= counted.segments <= -(-counted.units // (several - 1))
    assert bool(counted.offending) == (counted.encoding is Encoding.UCS2)
    assert isinstance(counted, Segments)
