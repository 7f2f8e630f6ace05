"""Finds listed names in running text, word by word."""

from __future__ import annotations

import re
from typing import NamedTuple

from detectors.words.index import WORD, NameIndex
from detectors.words.rules import CHANGED_AFTER, CHANGING_ENDINGS, CHANGING_WORDS, GLUED_AFTER, GLUED_BEFORE, MODIFIERS
from detectors.words.spelling import doubled, join, sound

_BEFORE = re.compile(r"^(" + "|".join(GLUED_BEFORE) + r")(?=[0-9]|[a-z0-9]{4})")
_COMMONEST = frozenset({"of", "and", "with"})
_AFTER = re.compile(r"(?<=[a-z0-9]{5})(" + "|".join(GLUED_AFTER) + r")$")
# What stands between two words of one name. A comma only where chemistry has it: 2,2,6,6 or N,N.
_WITHIN = re.compile(r"[ \t\n\u00a0]*[-_‐‑‒–—'’.()\[\]{}]*[ \t\n\u00a0]*$")
_LOCANTS = re.compile(r"[ ]?,[ ]?$")
_CHANGING = re.compile(
    r"(?:" + "|".join((*MODIFIERS, *CHANGING_ENDINGS)) + r")$|^(?:" + "|".join(CHANGING_WORDS) + r")$"
)


class Word(NamedTuple):
    """One word of the folded text: its sound after correction, and where it stands. exact: nothing was corrected."""

    sound: str
    start: int
    end: int
    exact: bool


class Hit(NamedTuple):
    """One name: words [first, last) of the scanned text."""

    id: str
    first: int
    last: int
    exact: bool


def correct(index: NameIndex, word: str) -> tuple[tuple[str, int, int, bool], ...]:
    """The sounds that stand in `word` with their offsets in it; more than one when a space was lost."""
    heard = sound(word)
    if heard in index.words:
        written = doubled(word)
        if len(written) > len(heard) and word not in index.spelled and index.slips.doubtful(written, heard):
            return (("?" + heard, 0, len(word), True),)  # one of two drugs, which no name sounds like: a person decides
        return ((heard, 0, len(word), True),)
    if heard in index.strangers:
        return ((heard, 0, len(word), True),)
    glued = _unglued(index, word, heard)
    if glued:
        return glued
    right = index.slips.correct(heard)
    return ((right or heard, 0, len(word), not right),)


def _unglued(index: NameIndex, word: str, heard: str) -> tuple[tuple[str, int, int, bool], ...]:
    size = len(word)
    before = _BEFORE.match(word)
    if before:
        at = before.end()
        for cut in (at, at - 1):  # "ofentanyl" has lost the second f of "of fentanyl" as well
            rest = sound(word[cut:])
            # Two guesses at once only behind the commonest glue and in a long word: de + lirium is not Librium.
            guess = cut == at and before.group() in _COMMONEST and len(rest) >= 8
            if rest in index.words or (guess and (rest := index.slips.correct(rest))):
                return ((sound(word[:at]), 0, cut, True), (rest, cut, size, False))
        deeper = _unglued(index, word[at:], sound(word[at:]))
        if deeper:
            return (
                (sound(word[:at]), 0, at, True),
                *((heard, start + at, end + at, exact) for heard, start, end, exact in deeper),
            )
    after = _AFTER.search(word)
    if after:
        rest = sound(word[: after.start()])
        if rest in index.words or (rest := index.slips.correct(rest)):
            return ((rest, 0, after.start(), False), (after.group(), after.start(), size, True))
    singles = index.singles
    for cut in range(5, len(heard) - 4):
        if heard[cut:] in singles and (left := heard[:cut]) in singles and heard.isalpha():
            if index.slips.correct(heard):
                return ()  # "isotonietazene" has a letter too many, and is not two of its short forms
            # Doubled letters were dropped from the sound, so that the cut is looked for again in the word itself.
            at = next((i for i in range(cut, size) if sound(word[:i]) == left and sound(word[i:]) == heard[cut:]), cut)
            return ((left, 0, at, False), (heard[cut:], at, size, False))
    return ()


def words_of(index: NameIndex, text: str, known: dict[str, tuple[tuple[str, int, int, bool], ...]]) -> list[Word]:
    """The words of a folded text, corrected. `known` keeps what was corrected before."""
    words: list[Word] = []
    for found in WORD.finditer(text):
        word = found.group()
        at, end = found.span()
        if word.isdigit():
            # Nothing corrects a number, and case numbers and amounts would fill the memory of corrections.
            words.append(Word(word, at, end, True))
            continue
        pieces = known.get(word)
        if pieces is None:
            pieces = known[word] = correct(index, word)
        if len(pieces) == 1:
            words.append(Word(pieces[0][0], at, end, pieces[0][3]))
            continue
        for heard, start, end, exact in pieces:
            words.append(Word(heard, at + start, at + end, exact))
    return words


def scan(index: NameIndex, text: str, words: list[Word]) -> list[Hit]:
    """The names in a folded text, longest first at each word; none inside a longer compound that has no entry."""
    hits: list[Hit] = []
    count = len(words)
    at = 0
    while at < count:
        if words[at].sound not in index.beginnings:
            at += 1
            continue
        best = 0
        identity = ""
        run = ""
        slashed = False
        exact = best_exact = True
        for after in range(at, count):
            word = words[after]
            if after > at:
                gap = text[words[after - 1].end : word.start]
                if "/" in gap:
                    slashed = True
                elif not _continues(gap, words[after - 1].sound, word.sound):
                    break
            run = join(run, word.sound)
            exact = exact and word.exact
            if run not in index.beginnings:
                break
            found = index.names.get(run)
            if found and (not slashed or run in index.slashed):
                best, identity, best_exact = after + 1, found, exact
        if not best:
            at += 1
            continue
        # A name before is no prefix of chemistry, though it ends in -yl: "fentanyl heroin" are two.
        after_name = bool(hits) and hits[-1].last == at
        if (after_name or not _prefixed(text, words, at)) and not _qualified(text, words, best):
            hits.append(Hit(identity, at, best, best_exact))
        at = best
    return hits


def _continues(gap: str, before: str, after: str) -> bool:
    if ")" in gap and gap.endswith(")"):
        return False  # "(dex)medetomidine" says: one of the two
    if _WITHIN.match(gap):
        return True
    return bool(_LOCANTS.match(gap)) and len(before) <= 3 and (len(after) <= 3 or before.isdigit() or len(before) == 1)


def _prefixed(text: str, words: list[Word], first: int) -> bool:
    """Hexanoyl fentanyl is not fentanyl."""
    if not first:
        return False
    before = text[words[first - 1].start : words[first - 1].end]
    gap = text[words[first - 1].end : words[first].start]
    if gap not in {"-", " ", "", " -", "- "} or not _CHANGING.search(before):
        return False
    # "neither heroin nor fentanyl" has a conjunction; only a hyphen would make it a prefix.
    return not (before in {"nor", "meta", "para"} and gap == " ")


def _qualified(text: str, words: list[Word], last: int) -> bool:
    """A fentanyl precursor is not fentanyl."""
    if last >= len(words):
        return False
    gap = text[words[last - 1].end : words[last].start]
    return gap in {"-", " "} and text[words[last].start : words[last].end] in CHANGED_AFTER
