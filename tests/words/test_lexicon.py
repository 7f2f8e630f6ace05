"""What a name means, however it is written; and what must never be taken for it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.words.folding import fold
from detectors.words.lexicon import Lexicon
from detectors.words.spelling import one_slip, sound
from detectors.words.substance import Substance
from detectors.words.tables import read_tables

LEXICON = Lexicon.load()
WATCHED = sorted(entry.id for entry in LEXICON.substances.values() if entry.role == "contaminant")
ONE_WORD = sorted(
    (entry.display(), entry.id)
    for entry in LEXICON.substances.values()
    if entry.display().isalpha() and len(entry.display()) >= 8
)


@pytest.mark.parametrize(
    ("printed", "ids"),
    [
        ("xylxazine", "xylazine"),
        ("xylaine", "xylazine"),
        ("bromazelam", "bromazolam"),
        ("metonitazine", "metonitazene"),
        ("n-pyyrolidino etonitazene", "n-pyrrolidino-etonitazene"),
        ("para flurofentanyl", "para-fluorofentanyl"),
        ("carfentanyl", "carfentanil"),
        ("ofacetyl fentanyl", "acetylfentanyl"),
        ("effects offentanyl", "fentanyl"),
        ("N-Pyrrolidino Etonitazene(Etonitazepyne)", "n-pyrrolidino-etonitazene"),
        ("<i>p</i>-fluorofentanyl", "para-fluorofentanyl"),
        ("4&#8209;ANPP", "4-anpp"),
        ("Xylazine&nbsp;HCl", "xylazine"),
        ("α-PVP", "alpha-pvp"),
        ("Medetomidine/Dexmedetomidine", "medetomidine"),
        ("(dex)medetomidine", "medetomidine"),
        ("fentanyl; xylaine / BTMPS and 4-ANPP", "fentanyl xylazine btmps 4-anpp"),
        ("bis(2,2,6,6-tetramethyl-4-piperidyl) sebacate, lidocaine", "btmps lidocaine"),
        ("N,N-dimethylpentylone", "dimethylpentylone"),
        ("U-47,700", "u-47700"),
        ("xilacina", "xylazine"),
        ("carfentanilo", "carfentanil"),
        ("escitalopramfentanyl", "escitalopram fentanyl"),
        ("ISO", "isotonitazene"),
    ],
)
def test_a_printed_name_is_found(printed: str, ids: str) -> None:
    assert LEXICON.name(printed).substances == tuple(ids.split())


@pytest.mark.parametrize("word", read_tables().strangers)
def test_a_word_that_only_resembles_a_name_names_nothing(word: str) -> None:
    """Isotonic saline in a cause of death is not isotonitazene, and chlorine no orphine."""
    own = {word} & set(LEXICON.substances)  # two of them are medicines with an entry of their own
    assert set(LEXICON.name(word).substances) <= own
    assert {span.id for span in LEXICON.mentions(f"Exposure to {word}, then collapse.")} <= own


@pytest.mark.parametrize(
    ("printed", "identity"),
    [
        ("isobutyr fentanyl", "isobutyrylfentanyl"),
        ("4-fluoroisobutyrfentanyl", "fluorobutyrylfentanyl"),
        ("n-pyrro etonitazene", "n-pyrrolidino-etonitazene"),
    ],
)
def test_the_short_form_of_a_radical_is_the_long_one(printed: str, identity: str) -> None:
    assert LEXICON.name(printed).substances == (identity,)


@pytest.mark.parametrize(
    ("printed", "never"),
    [
        ("doxylamine", "xylazine"),
        ("flubromazolam", "bromazolam"),
        ("ethylbromazolam", "bromazolam"),
        ("chlorobromazolam", "bromazolam"),
        ("bromazepam", "bromazolam"),
        ("dexmedetomidine", "medetomidine"),
        ("detomidine", "medetomidine"),
        ("nitazoxanide", "nitazene"),
        ("metronidazole", "metonitazene"),
        ("fluorofentanyl", "para-fluorofentanyl"),
        ("fluorofentanyl", "fentanyl"),
        ("norfentanyl", "fentanyl"),
        ("hexanoyl fentanyl", "fentanyl"),
        ("fentanyl precursor", "fentanyl"),
        ("despropionyl carfentanil", "carfentanil"),
        ("ALCOHOLIC", "ethanol"),
        ("methyl alcohol", "ethanol"),
        ("clonazepam", "clonazolam"),
        ("morphine", "brorphine"),
        ("turned off", "ortho-fluorofentanyl"),
        ("excited delirium", "chlordiazepoxide"),
        ("the hero in the field", "heroin"),
        ("methanol", "ethanol"),
    ],
)
def test_a_look_alike_never_fires(printed: str, never: str) -> None:
    assert never not in LEXICON.name(printed).substances
    assert never not in {span.id for span in LEXICON.mentions(f"effects of {printed} and caffeine")}


def test_every_listed_look_alike_is_refused() -> None:
    for entry in LEXICON.substances.values():
        for text in entry.look_alikes:
            assert entry.id not in LEXICON.name(text).substances, (entry.id, text)


@pytest.mark.parametrize(
    ("printed", "meaning"),
    [
        ("pending identification", "pending"),
        ("no compounds of interest detected", "negative"),
        ("sample damaged in transit", "untested"),
        ("unknown", "ignore"),
        ("Non-specific sugars", "ignore"),
        ("  ", "ignore"),
    ],
)
def test_what_is_no_substance(printed: str, meaning: str) -> None:
    named = LEXICON.name(printed)
    assert (named.how, named.meaning, named.substances) == ("pseudo", meaning, ())


def test_what_only_resembles_waits_for_a_person() -> None:
    named = LEXICON.name("protonitozone")
    assert (named.substances, named.how, named.candidate) == ((), "candidate", "protonitazene")
    assert 0.8 <= named.score < 1


def test_what_is_not_named_is_kept() -> None:
    assert LEXICON.name("fentanyl; quuxotazine").unnamed == ("quuxotazine",)
    assert LEXICON.name("Quuxotazine").unnamed == ("Quuxotazine",)


def test_isomers_and_markers_roll_up() -> None:
    assert LEXICON.rolled_up("para-fluorofentanyl") == "fluorofentanyl"
    assert LEXICON.rolled_up("dexmedetomidine") == "medetomidine"
    assert LEXICON.rolled_up("xylazine") == "xylazine"


def test_the_tables_hold_what_is_needed() -> None:
    contaminants = [e for e in LEXICON.substances.values() if e.role in {"contaminant", "marker"}]
    assert len(contaminants) >= 120
    assert {LEXICON[identity].tier for identity in ("carfentanil", "medetomidine", "xylazine")} == {1}
    assert all(LEXICON[identity].tier == 1 for identity in LEXICON.members("nitazene"))
    for entry in LEXICON.substances.values():
        assert entry.category in LEXICON.categories
        assert entry.display("en")
        assert entry.display("es")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WATCHED), st.randoms(use_true_random=False), st.sampled_from(["", " ", "\n", "\t "]))
def test_case_and_space_change_nothing(identity: str, random, space: str) -> None:  # type: ignore[no-untyped-def]
    printed = LEXICON[identity].display()
    expected = LEXICON.name(printed).substances
    cased = "".join(random.choice((c.upper(), c.lower())) for c in printed)
    assert LEXICON.name(space + cased.replace(" ", "  ") + space).substances == expected


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=string.printable + "éñáßαﬁ²", max_size=60))
def test_any_text_is_answered_and_folding_is_idempotent(text: str) -> None:
    once = fold(text).text
    if "&" not in once and "<" not in once:
        assert fold(once).text == once
    named = LEXICON.name(text)
    assert named == LEXICON.name(text)
    for span in LEXICON.mentions(text):
        assert 0 <= span.start < span.end <= len(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="aceinphyzl", max_size=20))
def test_a_sound_sounds_like_itself(word: str) -> None:
    if len(sound(word)) > 4:
        assert sound(sound(word)) == sound(word)


NEIGHBOURS = {
    "a": "qwsz", "c": "xdfv", "d": "serfcx", "e": "wsdr", "i": "ujko", "l": "kop", "m": "njk", "n": "bhjm", "o": "iklp",
    "p": "ol", "r": "edft", "s": "awedxz", "t": "rfgy", "u": "yhji", "y": "tghu", "z": "asx",
}  # fmt: skip
"""Of a letter, those beside it on a keyboard."""


def slips(name: str) -> set[str]:
    """One letter lost, twice, exchanged with the next, put in, written as it sounds, or the one beside it pressed."""
    found = {name[:at] + name[at + 1 :] for at in range(1, len(name))}
    for at in range(1, len(name) - 1):
        letter, after = name[at], name[at + 1]
        heard = {"i": "y", "y": "i", "z": "s", "s": "z", "f": "ph"}.get(letter, letter)
        written = [letter * 2, heard, *NEIGHBOURS.get(letter, letter), *(more + letter for more in "aeilnrst")]
        found |= {name[:at] + this + name[at + 1 :] for this in written}
        found.add(name[:at] + after + letter + name[at + 2 :])
    return found - {name}


def test_hardly_a_slip_of_a_scribe_makes_another_drug() -> None:
    """All of them, on every name of one word. What is left is between two names of which both are a letter away:
    bromazelam is bromazolam in every source that prints it, though it might be bromazepam."""
    tried = 0
    wrong = []
    for name, identity in ONE_WORD:
        for printed in slips(name):
            tried += 1
            found = LEXICON.name(printed).substances
            if found and found != (identity,) and LEXICON.rolled_up(found[0]) != LEXICON.rolled_up(identity):
                wrong.append((name, printed, found))
    assert tried > 40_000
    assert len(wrong) <= 12, wrong


@pytest.mark.parametrize(
    ("printed", "substances"),
    [
        ("dexmedetomiddine", ("dexmedetomidine",)),
        ("dexmedetomydine", ("dexmedetomidine",)),
        ("(dex)medetomidine", ("medetomidine",)),
        ("quinnine", ("quinine",)),
        ("quiniine", ()),  # or quinidine without its d
        ("cchlorphine", ()),  # or cychlorphine without its y
        ("phentanyl", ("fentanyl",)),
        ("alfa-PVP", ("alpha-pvp",)),
        ("PMMAA", ()),  # not PMA, as which it would sound
        ("izobutirylphentanyl", ("isobutyrylfentanyl",)),
        ("fenntanyl", ("fentanyl",)),
    ],
)
def test_a_word_that_is_only_heard_as_a_name(printed: str, substances: tuple[str, ...]) -> None:
    assert LEXICON.name(printed).substances == substances


def test_slips_are_what_they_say() -> None:
    assert one_slip("xylaine", "xylazine")
    assert one_slip("fenatnil", "fentanil")
    assert not one_slip("methanol", "ethanol")  # the first letter
    assert not one_slip("bromazepam", "bromazelam")  # a consonant for another


def test_staff_add_a_substance_and_a_synonym() -> None:
    new = Substance("novelazine", {"en": "novelazine"}, category="nitazene", tier=1)
    more = Substance("xylazine", synonyms=("horse juice",))
    changed = Lexicon.load(extra=(new, more))
    assert changed.name("Novelazine").substances == ("novelazine",)
    assert changed.name("horse juice").substances == ("xylazine",)
    assert changed.name("xylaine").substances == ("xylazine",)
    assert changed["xylazine"].tier == LEXICON["xylazine"].tier
    assert changed.version != LEXICON.version
    assert Lexicon.of(read_tables().substances).version == LEXICON.version


def test_a_spelling_cannot_name_two() -> None:
    with pytest.raises(ValueError, match=r"'bromazolam' is listed for 'other' and already names 'bromazolam'"):
        Lexicon.load(extra=(Substance("other", {"en": "other thing"}, synonyms=("bromazolam",)),))


@settings(max_examples=8, deadline=None)
@given(st.text(alphabet="bdgkqvw", min_size=12, max_size=16))
def test_an_unrelated_synonym_changes_nothing_else(word: str) -> None:
    changed = Lexicon.load(extra=(Substance("xylazine", synonyms=(word,)),))
    for printed in ("bromazelam", "doxylamine", "fentanyl; 4-ANPP", "para flurofentanyl", "ALCOHOLIC", "protonitozone"):
        assert changed.name(printed) == LEXICON.name(printed)
