"""Known words under slips of the thumb: doubled letters, digits for letters, glued words, one letter wrong."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from notifiers.revocation_shapes import named_words
from notifiers.word_parts import KEYS, ORDINARY, parts_of_words

_KNOWN: Final = named_words() | parts_of_words().keys()
# Two slips are forgiven in the longest words.

_TWO_SLIPS: Final = 12
_LEET: Final = str.maketrans("013457", "oieast")
_LED: Final = re.compile(
    r"stop|quit|unsub|dont|leave|cease|remove|wrong|nomas|nomore|dejen|basta|paren|optout|cancel|please"
)


@lru_cache(maxsize=20_000)
def known(word: str) -> tuple[str, ...]:
    """The words of ours that a written word stands for: its mended form, its parts if glued; itself if foreign."""
    if word in _KNOWN:
        return (word,)
    if any(letter.isdigit() for letter in word) and not word.isdigit():
        mended = word.translate(_LEET)
        if mended in _KNOWN:
            return (mended,)
    # "stoooop" and, in longer words, "messsages"
    for times in (2, 1):
        least = 3 if len(word) < 6 else 2
        squeezed = re.sub(rf"(.)\1{{{least - 1},}}", lambda found, times=times: found[1] * times, word)  # type: ignore[misc]
        if squeezed != word and squeezed in _KNOWN and len(squeezed) > 1:
            return (squeezed,)
    if word in ORDINARY or not word.isalpha():
        return (word,)
    if len(word) >= 8 and _LED.match(word):
        glued = _parted(word, _KNOWN)
        if glued:
            return glued
    if len(word) >= 5:
        for key in KEYS:
            if _slips(word, key) <= (2 if len(key) >= _TWO_SLIPS else 1):
                return (key,)
    return (word,)


def _parted(word: str, words: Collection[str]) -> tuple[str, ...] | None:
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - 12), end - 1):
            if start in best and word[start:end] in words:
                candidate = (*best[start], word[start:end])
                if end not in best or len(candidate) < len(best[end]):
                    best[end] = candidate
    return best.get(len(word))


def _slips(a: str, b: str) -> int:
    """Letters more, less, other, or two neighbours swapped, counted to two; 3 for more. The first letter stands: people
    seldom miss it, and "ending" is not "sending"."""
    if a[0] != b[0] or abs(len(a) - len(b)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > 2:
            return 3
    return row[-1]
