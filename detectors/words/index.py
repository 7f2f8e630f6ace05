"""Every listed name in every form the rules allow, ready to be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detectors.words.folding import fold
from detectors.words.spelling import PART, Slips, join, parts, sound, written
from detectors.words.substance import Substance

WORD = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[a-z0-9/]+")


@dataclass(slots=True)
class NameIndex:
    """Look-up tables over sounds (see `spelling.sound`).

    listed: the letters and digits of each listed spelling → id; a hit is "exact".
    names: joined sounds of every form → id. slashed: those of them that contain "/".
    beginnings: every start of a name that ends at a word, so that a search knows when to stop.
    alone: joined sounds of the words that count only when they fill a cell.
    words: every word or run of words of a name; spelled: the same as they are written. singles: one-word names.
    strangers: sounds that no rule may turn into a name.
    """

    listed: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    beginnings: set[str] = field(default_factory=set)
    slashed: set[str] = field(default_factory=set)
    alone: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    spelled: set[str] = field(default_factory=set)
    singles: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    slips: Slips = field(default_factory=lambda: Slips({}))


def build_index(substances: Iterable[Substance], strangers: Iterable[str]) -> NameIndex:
    """The index of these entries. Raises ValueError when one spelling would name two substances."""
    index = NameIndex()
    entries = tuple(substances)
    for entry in entries:
        for spelling in dict.fromkeys((*_spellings(entry), *entry.synonyms)):
            _list(index.listed, letters(fold(spelling).text), entry.id, spelling)
    for entry in entries:
        for spelling in dict.fromkeys((*_spellings(entry), *entry.synonyms)):
            _add_forms(index, spelling, entry.id)
    for entry in entries:
        for spelling in entry.alone:
            _list(index.alone, "".join(map(sound, WORD.findall(fold(spelling).text))), entry.id, spelling)
    index.strangers.update(sound(word) for text in strangers for word in WORD.findall(fold(text).text))
    for entry in entries:
        # A look-alike with an entry of its own is found under its own name; the others must never be corrected.
        index.strangers.update(sound(w) for t in entry.look_alikes for w in WORD.findall(fold(t).text) if len(w) > 4)
    index.strangers -= index.words
    index.slips = Slips({word: index.names.get(word, PART + word) for word in index.words})
    return index


def _spellings(entry: Substance) -> list[str]:
    """The id and the display names, without a remark in parentheses such as "(isomer not stated)"."""
    names = [entry.id, *entry.name.values()]
    return [re.sub(r" \([^)]*\)$", "", name) for name in names]


def letters(folded: str) -> str:
    """Letters, digits and "/" only: a slash may be what parts two substances."""
    return "".join(_LETTERS.findall(folded))


def _list(table: dict[str, str], key: str, identity: str, spelling: str) -> None:
    if table.setdefault(key, identity) != identity:
        raise ValueError(
            f"'{spelling}' is listed for '{identity}' and already names '{table[key]}'. Remove one of them."
        )


def _add_forms(index: NameIndex, spelling: str, identity: str) -> None:
    words = tuple(WORD.findall(fold(spelling).text))
    for form in written(words):
        pieces = [piece for word in form for piece in parts(word)]
        cut = [sound(piece) for piece in pieces]
        whole = ""
        for piece in cut:
            whole = join(whole, piece)
        owner = index.names.setdefault(whole, identity)
        if owner != identity:
            # A form made by rule gives way to a spelling that is listed.
            if form is words or form == words:
                raise ValueError(f"'{spelling}' of '{identity}' reads like a name of '{owner}'. Remove one of them.")
            continue
        if "/" in spelling:
            index.slashed.add(whole)
        _add_runs(index, cut)
        index.spelled.update("".join(pieces[i:j]) for i in range(len(pieces)) for j in range(i + 1, len(pieces) + 1))
        if len(form) == 1:
            index.singles.add(whole)


def _add_runs(index: NameIndex, cut: list[str]) -> None:
    for first in range(len(cut)):
        run = ""
        for piece in cut[first:]:
            run = join(run, piece)
            index.words.add(run)
            if first == 0:
                index.beginnings.add(run)


def rolled_up(parents: Mapping[str, str], identity: str) -> str:
    """The entry at the top of the chain of parents."""
    seen = {identity}
    while (parent := parents.get(identity, "")) and parent not in seen:
        identity = parent
        seen.add(parent)
    return identity
