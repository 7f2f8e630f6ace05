"""How one name is written differently: the rules that hold for every name, not for single strings.

`sound` makes spellings equal that differ only as people hear them; `Slips` finds the listed word that is one slip of
the pen away; `written` lists the forms that chemistry allows for one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

from detectors.words.rules import MODIFIERS

_DOUBLED = re.compile(r"([a-z])\1+")
_HEARD = str.maketrans({"y": "i", "z": "s"})
_VOWELS = frozenset("aeiou")
# m and n are neighbours that also sound alike (bromazolan); p for f is the ph that lost its h (morpine).
_CONFUSED = frozenset({("m", "n"), ("n", "m"), ("p", "f")})

LONGEST_ABBREVIATION = 4
SHORTEST_SLIPPED = 7
SHORTEST_SWAPPED = 6
# In a word this long one wrong letter of any kind still leaves no other drug name within reach.
LONG = 11

_SHORTENED = {"pyrrolidino": "pyrro", "butyryl": "butyr"}
_POSITIONS = {"para": ("p", "4"), "ortho": ("o", "2"), "meta": ("m", "3")}


@lru_cache(maxsize=1 << 17)
def sound(word: str) -> str:
    """The word as heard: ph = f, y = i, z = s, doubled letters once. Digits stay: U-47700 is not U-4770.

    Abbreviations keep their doubled letters, because PMA and PMMA are two drugs, and no word becomes one: "pmmaa".
    """
    if len(word) <= LONGEST_ABBREVIATION:
        return word
    heard = doubled(word)
    single = _DOUBLED.sub(r"\1", heard)
    return single if len(single) > LONGEST_ABBREVIATION else heard


def doubled(word: str) -> str:
    """The word as heard, but for its doubled letters, which stay."""
    return word.replace("ph", "f").translate(_HEARD)


def join(left: str, right: str) -> str:
    """Two sounds written as one word."""
    if min(len(left), len(right)) > LONGEST_ABBREVIATION and left[-1] == right[0] and right[0].isalpha():
        return left + right[1:]
    return left + right


def one_slip(wrong: str, right: str) -> bool:
    """Whether `wrong` is `right` with one slip: a letter lost, put in, or two exchanged; a vowel for another, m for n.

    The first letter must be right (it nearly always is), or exchanged with the second. Both are sounds.
    """
    short, long = (wrong, right) if len(wrong) < len(right) else (right, wrong)
    if len(long) - len(short) > 1 or len(right) < SHORTEST_SWAPPED:
        return False
    at = next((i for i, (a, b) in enumerate(zip(wrong, right, strict=False)) if a != b), len(short))
    if len(wrong) == len(right):
        if wrong[at + 1 : at + 2] == right[at : at + 1] and wrong[at : at + 1] == right[at + 1 : at + 2]:
            return wrong[at + 2 :] == right[at + 2 :]
        pair = (wrong[at : at + 1], right[at : at + 1])
        if wrong[at + 1 :] != right[at + 1 :] or len(right) < SHORTEST_SLIPPED or (at == 0 and pair != ("p", "f")):
            return False
        return len(right) >= LONG or pair in _CONFUSED or (pair[0] in _VOWELS and pair[1] in _VOWELS)
    return at > 0 and len(right) >= SHORTEST_SLIPPED and long[at + 1 :] == short[at:]


def lacking_one(word: str) -> Iterator[str]:
    """The word with each of its letters left out in turn; words one slip apart share one (Garbe's symmetric delete)."""
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]


PART = "?"


class Slips:
    """Listed words, found from a misspelling. Words with digits are never corrected."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """words: sound → the id that it names, or PART and itself where it is only part of a name; words of one
        substance do not make a slip ambiguous."""
        self._words = {w: what for w, what in words.items() if len(w) >= SHORTEST_SWAPPED and w.isalpha()}
        self._lacking: dict[str, list[str]] = {}
        for word in sorted(self._words):
            for less in lacking_one(word):
                self._lacking.setdefault(less, []).append(word)

    def correct(self, word: str) -> str:
        """The listed word that `word` is one slip away from; "" when there is none, or when it could be two things."""
        near = self._near(word)
        fitting = sorted(right for right in near if one_slip(word, right))
        if not fitting:
            return ""
        what = self._words[fitting[0]]
        if any(self._words[right] != what for right in fitting):
            return ""
        # "norvocaine" has a letter too many for novocaine; but it may be norcocaine with another key. A vowel for
        # another is likelier than a consonant: "bromazelam" is bromazolam, not bromazepam.
        moved = len(fitting[0]) != len(word)
        if moved and any(self._another(right, what) and _one_letter(word, right) for right in near):
            return ""
        return fitting[0]

    def doubtful(self, word: str, heard: str) -> bool:
        """Whether a word that is only heard as a listed one may as well be a slip of another drug's: "quiniine" is
        quinine with a letter twice, or quinidine without its d."""
        what = self._words.get(heard)
        return what is not None and any(
            self._another(right, what) for right in self._near(word) if one_slip(word, right)
        )

    def _another(self, right: str, what: str) -> bool:
        return self._words[right] != what and not self._words[right].startswith(PART)

    def _near(self, word: str) -> set[str]:
        if len(word) < SHORTEST_SWAPPED - 1 or not word.isalpha():
            return set()
        words, lacking = self._words, self._lacking
        near = set(lacking.get(word, ()))
        for less in lacking_one(word):
            if less in words:
                near.add(less)
            if less in lacking:
                near.update(lacking[less])
        return near


def _one_letter(wrong: str, right: str) -> bool:
    """Whether one letter is left out, put in, exchanged with the next, or any other than it should be."""
    return wrong[0] == right[0] and OSA.distance(wrong, right, score_cutoff=1) <= 1


def written(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The forms of one name, each as words: positions para-/p-/4-, an N- that may be left out, pyrro for
    pyrrolidino, butyr for butyryl.

    `words` is the name as listed, in lower-case words without punctuation.
    """
    forms = [words]
    first = words[0]
    for position, shorter in _POSITIONS.items():
        if first == position:
            forms += [(short, *words[1:]) for short in shorter]
        elif first.startswith(position) and len(first) > len(position) + 3:
            rest = first[len(position) :]
            forms += [(short, rest, *words[1:]) for short in (position, *shorter)]
    if first in {"n", "o"} and len(words) > 1 and len(words[1]) > 4:
        forms.append(words[1:])
    for form in forms:
        for long, short in _SHORTENED.items():
            if any(long in word for word in form):
                yield tuple(word.replace(long, short) for word in form)
        yield form


def parts(word: str) -> list[str]:
    """The word cut where chemistry lets one write a space: fluoroisobutyrylfentanyl → fluoro, isobutyryl, fentanyl."""
    found: list[str] = []
    rest = word
    while True:
        cut = next((m for m in MODIFIERS if rest.startswith(m) and len(rest) - len(m) >= 5), None)
        if cut is None:
            return [*found, rest]
        found.append(cut)
        rest = rest[len(cut) :]
