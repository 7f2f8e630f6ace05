"""How many who want to stop are heard, on texts as people write them. The measured figures: `./run bench stop`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bench_stop import labelled, misread
from notifiers.replies import understand
from notifiers.reply_words import Kind
from notifiers.revocation import revocation

# Set: least share of the stops understood, most texts that may be taken for one by mistake. The first is what the rules
# were made with; the second was never used, and stands here so that nothing that works for strangers is lost.
SETS = {"built": (0.98, 5), "held_out": (0.91, 3)}


@pytest.mark.parametrize("name", SETS)
def test_who_wants_to_stop_is_heard_and_hardly_anybody_else(name: str) -> None:
    least, most_false = SETS[name]
    stops, missed, false = misread(name)
    assert stops >= 60
    assert 1 - len(missed) / stops >= least, missed
    assert len(false) <= most_false, false


def test_each_set_has_both_kinds() -> None:
    for name in SETS:
        rows = labelled(name)
        assert len(rows) >= 120
        assert sum(not stop for stop, _ in rows) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "ѕtор texting me",  # letters of another alphabet
        "ＳＴＯＰ texting me",
        "s.t.o.p texting me",
        "st0p texting me",
        "stoptextingme",
        "STOP​ texting me",
        "please stop texting me period thank you period",
        "stop texting me\n> Xylazine in Kern. Reply STOP to end.",
        "🛑",
        "unsubcsribe me",
        "dejen de mandarme mensajes",
        "dejen de mandarne mensajse",
    ],
)
def test_a_stop_is_read_through_what_phones_and_thumbs_do(text: str) -> None:
    assert understand(text).kind is Kind.STOP


@pytest.mark.parametrize(
    "text",
    [
        "Liked “CCSF: xylazine in Kern. Reply STOP to end.”",
        "Le gustó “CCSF: xilacina en Kern. Responda ALTO para salir.”",
        "> Reply STOP to end.\nthanks for this",
        "it says Reply STOP to end, do I have to?",
    ],
)
def test_our_own_words_come_back_and_are_nobodys_wish(text: str) -> None:
    assert understand(text).kind is not Kind.STOP


@pytest.mark.parametrize(
    ("text", "language"),
    [("please stop texting me", "en"), ("ya no me manden mensajes", "es"), ("quit it", "en"), ("déjenme en paz", "es")],
)
def test_the_confirmation_comes_in_the_language_of_the_words(text: str, language: str) -> None:
    assert understand(text, "es" if language == "en" else "en").language == language


def test_a_report_tells_what_people_say_and_revokes_only_when_it_begins_so() -> None:
    assert understand("REPORT stop using blue pills in Kern").kind is Kind.REPORT
    assert understand("REPORT Kern: man said stop texting me and fell").kind is Kind.REPORT
    assert understand("REPORT please stop texting me").kind is Kind.STOP


def test_the_shape_that_was_found_has_a_name_for_whoever_tunes() -> None:
    found = revocation("can you take me off the list")
    assert found is not None
    assert (found.shape, found.first) == ("take me off", True)


@given(st.text(alphabet="stop no me ya que the list text you,?. ", max_size=1600))
def test_no_text_takes_long(text: str) -> None:
    revocation(text)
