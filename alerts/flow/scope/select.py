"""Which substances a threshold or a contact means by its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from detectors.words.lexicon import Lexicon
from detectors.words.substance import Substance


class SelectionError(ValueError):
    """A word in a list of substances means nothing; the text names it and the nearest that does."""


def select(wanted: Iterable[str], lexicon: Lexicon, lists: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Ids of families that the words mean.

    A word is an id, "class:NAME", "role:NAME", "tier:N", "list:NAME" or "*" (every contaminant). Members are rolled up
    to their family, because that is what is counted. Raises SelectionError.
    """
    substances = lexicon.substances
    chosen: set[str] = set()
    for word in wanted:
        what, _, value = word.partition(":")
        if word == "*":
            found: Iterable[Substance] = (s for s in substances.values() if s.role == "contaminant")
        elif what == "list" and value in lists:
            chosen |= select(lists[value], lexicon, {k: v for k, v in lists.items() if k != value})
            continue
        elif what == "class":
            found = [s for s in substances.values() if s.category == value]
        elif what == "role":
            found = [s for s in substances.values() if s.role == value]
        elif what == "tier":
            found = [s for s in substances.values() if str(s.tier) == value]
        else:
            found = [substances[word]] if word in substances else []
        families = {family(s.id, lexicon) for s in found}
        if not families:
            raise SelectionError(
                f"'{word}' means no substance. Use an id like 'xylazine', 'class:nitazene', 'role:contaminant', "
                "'tier:1', 'list:NAME' or '*'."
            )
        chosen |= families
    return frozenset(chosen)


def family(substance: str, lexicon: Lexicon) -> str:
    """The id that a substance is counted under. A marker stays itself: it must not count as the drug it points to."""
    return _families(lexicon)[0].get(substance, substance)


def classes(lexicon: Lexicon) -> dict[str, str]:
    """Id → class of every substance, those that staff named too: what a way of testing sees goes by class."""
    return {s.id: s.category for s in lexicon.substances.values()}


def members(substance: str, lexicon: Lexicon) -> frozenset[str]:
    """Ids that are counted as this family, and its own."""
    return _families(lexicon)[1].get(substance, frozenset({substance}))


@lru_cache(maxsize=4)  # staff's additions make a new lexicon; each detection asks this a thousand times
def _families(lexicon: Lexicon) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]]]:
    """(family of each id, members of each family and itself)."""
    of: dict[str, str] = {}
    for start in lexicon.substances:
        substance = start
        known = lexicon.substances.get(substance)
        while known is not None and known.parent and known.role != "marker":
            substance = known.parent
            known = lexicon.substances.get(substance)
        of[start] = substance
    found: dict[str, set[str]] = {}
    for substance, head in of.items():
        found.setdefault(head, {head}).add(substance)
    return of, {head: frozenset(ids) for head, ids in found.items()}
