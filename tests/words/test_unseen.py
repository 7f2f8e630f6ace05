"""Words that look like a drug which no dictionary has: for a person to judge, and never a name by themselves."""

from __future__ import annotations

import pytest

from detectors.words.lexicon import Lexicon
from detectors.words.unseen import unseen_names


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A new opioid, fluxonitazene, was found in two samples.", ("fluxonitazene",)),
        (
            "Fluxonitazene and FLUXONITAZENE, and N-desethyl fluxonitazene.",
            ("fluxonitazene", "n-desethyl fluxonitazene"),
        ),
        ("Se encontró fluxonitazeno en dos muestras.", ("fluxonitazeno",)),
        ("The lab reports troxifentanil; carfentanil was not found.", ("troxifentanil",)),
        ("Bromazolam, alprazolam, etizolam and xylazine are known.", ()),
        ("Pills of krelazolam (sold as alprazolam).", ("krelazolam",)),
        ("Isotonitazene, metonitazene and protonitazene are nitazenes.", ()),
        ("Morphine, brorphine and dexmedetomidine.", ()),
        ("A triazene is a dye. Benzene is no drug.", ()),
        ("", ()),
    ],
)
def test_what_nobody_has_a_name_for_goes_to_a_person(text: str, names: tuple[str, ...], lexicon: Lexicon) -> None:
    assert unseen_names(text, lexicon) == names


def test_no_name_that_the_dictionary_has_is_unseen(lexicon: Lexicon) -> None:
    for entry in lexicon.substances.values():
        for spelling in (entry.display("en"), *entry.synonyms):
            assert unseen_names(f"The lab found {spelling} in it.", lexicon) == (), spelling
