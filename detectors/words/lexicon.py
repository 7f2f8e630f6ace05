"""Names substances: exact and by rule where that is certain, and as a candidate for a person where it is not."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from detectors.words.folding import fold
from detectors.words.index import WORD, build_index, letters, rolled_up
from detectors.words.named import Named, NameSpan
from detectors.words.rules import BESIDE, PARTING
from detectors.words.scan import Hit, Word, scan, words_of
from detectors.words.spelling import sound
from detectors.words.substance import Category, Substance
from detectors.words.tables import read_tables

# Counts up whenever a rule changes what is named: `version` must change with it, because stored findings carry it.
RULES = 3
CANDIDATE_FROM = 0.8
_REMEMBERED = 400_000

_PARTING_SIGN = re.compile(r"[;|+&\n\r\t/]|\.\s|,(?![0-9n]\b)")


class Lexicon:
    """Every known name. Immutable in use; staff additions make a new one (`Lexicon.of(…, extra=…)`).

    version: 12 hexadecimal digits that change with any entry or rule. substances, categories: by id.
    """

    def __init__(
        self,
        substances: Iterable[Substance],
        categories: Mapping[str, Category] | None = None,
        pseudo: Mapping[str, str] | None = None,
        strangers: Iterable[str] = (),
    ) -> None:
        self.substances: Mapping[str, Substance] = {entry.id: entry for entry in substances}
        self.categories: Mapping[str, Category] = dict(categories or {})
        strange = tuple(strangers)
        self._index = build_index(self.substances.values(), strange)
        self._pseudo = {" ".join(WORD.findall(fold(text).text)): meaning for text, meaning in (pseudo or {}).items()}
        self._parents = {entry.id: entry.parent for entry in self.substances.values() if entry.parent}
        self._by_edge: dict[tuple[int, str], list[str]] = {}
        for name in self._index.names:
            for edge in (name[:1], name[-3:]):
                self._by_edge.setdefault((len(name), edge), []).append(name)
        self._sorted = sorted(self._index.names)
        self._choices: dict[tuple[int, str], list[str]] = {}
        self._words: dict[str, tuple[tuple[str, int, int, bool], ...]] = {}
        self._named: dict[str, Named] = {}
        content = [RULES, [asdict(entry) for entry in self.substances.values()], self._pseudo, strange]
        self.version = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    @classmethod
    def load(cls, extra: Iterable[Substance] = ()) -> Lexicon:
        """The shipped tables, with staff's additions; without any, the same lexicon each time."""
        added = tuple(extra)
        return cls.of(read_tables().substances, added) if added else _shipped()

    @classmethod
    def of(cls, entries: Iterable[Substance], extra: Iterable[Substance] = ()) -> Lexicon:
        """A lexicon of exactly these entries, with the shipped classes, pseudo-substances and strangers."""
        tables = read_tables()
        return cls(merged(entries, extra), tables.categories, tables.pseudo, tables.strangers)

    def __getitem__(self, identity: str) -> Substance:
        return self.substances[identity]

    def __contains__(self, identity: object) -> bool:
        return identity in self.substances

    def rolled_up(self, identity: str) -> str:
        """The id that counts are made under: fluorofentanyl for para-fluorofentanyl; itself when it has no parent."""
        return rolled_up(self._parents, identity)

    def members(self, category: str) -> frozenset[str]:
        """Ids of the substances of one class."""
        return frozenset(entry.id for entry in self.substances.values() if entry.category == category)

    def name(self, text: str) -> Named:
        """What the text of one cell names. Never raises; the same text always gives the same answer."""
        known = self._named.get(text)
        if known is None:
            if len(self._named) >= _REMEMBERED:
                self._named.clear()
                self._words.clear()
                self._choices.clear()
            known = self._named[text] = self._name(text)
        return known

    def mentions(self, text: str) -> tuple[NameSpan, ...]:
        """The names in running text, in order; offsets are those of `text`."""
        folded = fold(text)
        words = words_of(self._index, folded.text, self._words)
        return tuple(
            NameSpan(hit.id, *folded.origin(words[hit.first].start, words[hit.last - 1].end))
            for hit in scan(self._index, folded.text, words)
        )

    def _name(self, text: str) -> Named:
        folded = fold(text).text
        plain = WORD.findall(folded)
        if not plain:
            return Named(how="pseudo", meaning="ignore")
        if len(plain) <= 8 and (meaning := self._pseudo.get(" ".join(plain))):
            return Named(how="pseudo", meaning=meaning)
        if "(" not in folded or not re.match(r"\s*\([a-z]+\)[a-z]", folded):
            listed = self._index.listed.get(letters(folded))
            if listed:
                return Named((listed,), "exact")
        alone = self._alone(plain)
        if alone:
            return Named((alone,), "exact")
        words = words_of(self._index, folded, self._words)
        return self._segments(text, folded, words, scan(self._index, folded, words))

    def _alone(self, plain: list[str]) -> str:
        # "(dex)medetomidine" alone is one of the two; one word that is heard as a name is that name, however misspelt.
        if len(plain) > 4 or (len(plain) == 1 and sound(plain[0]) in self._index.names):
            return ""
        return self._index.alone.get("".join(map(sound, plain)), "")

    def _segments(self, text: str, folded: str, words: list[Word], hits: list[Hit]) -> Named:
        """Each part of a cell named by itself: what stands beside a name must not change it, else nobody knows it."""
        taken: list[Hit | None] = [None] * len(words)
        for one in hits:
            taken[one.first : one.last] = [one] * (one.last - one.first)
        segments: list[list[int]] = [[]]
        before: Hit | None = None
        ended = 0
        for at, word in enumerate(words):
            own = taken[at]
            if at and (own is None or own is not before):
                gap = folded[ended : word.start]
                if gap != " " and _PARTING_SIGN.search(gap):
                    segments.append([])
            before, ended = own, word.end
            if own is None and folded[word.start : ended] in PARTING:
                segments.append([])
                continue
            segments[-1].append(at)
        found: dict[str, bool] = {}
        unnamed: list[str] = []
        for segment in filter(None, segments):
            inside = dict.fromkeys(own for at in segment if (own := taken[at]) is not None)
            certain = all(taken[at] is not None or self._beside(folded, words[at]) for at in segment)
            if inside and certain:
                for hit in inside:
                    found[hit.id] = found.get(hit.id, True) and hit.exact
                continue
            if not inside and certain:
                continue
            printed = folded[words[segment[0]].start : words[segment[-1]].end]
            alone = "" if inside else self._alone(WORD.findall(printed))
            if alone:
                found[alone] = found.get(alone, True)
            else:
                unnamed.append(printed)
        candidate, score = "", 0.0
        for part in unnamed:
            candidate, score = self._nearest(part)
            if candidate:
                break
        # The parts are given as printed when there is only one, because case helps the person who reviews it.
        parts = (text.strip(),) if len(unnamed) == 1 and not found else tuple(unnamed)
        if found:
            return Named(tuple(found), "rule", candidate, score, parts)
        return Named((), "candidate" if candidate else "unknown", candidate, score, parts)

    def _beside(self, folded: str, word: Word) -> bool:
        printed = folded[word.start : word.end]
        if printed in BESIDE or printed.isdigit():
            return True
        # "methyl ecgonidine (MED)": the laboratory's own abbreviation of what it has just named
        return (
            folded[word.start - 1 : word.start] == "(" and folded[word.end : word.end + 1] == ")" and len(printed) <= 5
        )

    def _nearest(self, part: str) -> tuple[str, float]:
        """The entry that resembles a text most, by optimal string alignment; ("", 0.0) below CANDIDATE_FROM."""
        words = WORD.findall(part)
        heard = "".join(map(sound, words))
        if len(heard) < 4 or heard in self._index.strangers or all(sound(w) in self._index.strangers for w in words):
            return "", 0.0
        begun = self._begun(heard)
        if begun:
            return begun, CANDIDATE_FROM
        inner = [self._index.names[sound(w)] for w in words if sound(w) in self._index.names]
        if inner:
            return inner[-1], CANDIDATE_FROM
        choices = self._like(heard)
        best = process.extractOne(
            heard, choices, scorer=OSA.normalized_similarity, processor=None, score_cutoff=CANDIDATE_FROM
        )
        return (self._index.names[best[0]], round(float(best[1]), 3)) if best else ("", 0.0)

    def _like(self, heard: str) -> list[str]:
        """The names near enough in length that begin with the same letter or end with the same three."""
        return self._with_edge(len(heard), heard[:1]) + self._with_edge(len(heard), heard[-3:])

    def _with_edge(self, size: int, edge: str) -> list[str]:
        choices = self._choices.get((size, edge))
        if choices is None:
            low, high = int(size * CANDIDATE_FROM), int(size / CANDIDATE_FROM) + 1
            choices = [name for length in range(low, high + 1) for name in self._by_edge.get((length, edge), ())]
            self._choices[size, edge] = choices
        return choices

    def _begun(self, heard: str) -> str:
        """The one entry whose name begins like this: columns are cut off at their width ("DIPHENHY")."""
        if len(heard) < 5:
            return ""
        at = bisect_left(self._sorted, heard)
        ids = set()
        for name in self._sorted[at : at + 50]:
            if not name.startswith(heard):
                break
            ids.add(self._index.names[name])
        return ids.pop() if len(ids) == 1 else ""


@cache
def _shipped() -> Lexicon:
    return Lexicon.of(read_tables().substances)


def merged(entries: Iterable[Substance], extra: Iterable[Substance]) -> list[Substance]:
    """The entries with additions: a new id is a new entry, a known id gains synonyms and look-alikes."""
    result = {entry.id: entry for entry in entries}
    for more in extra:
        known = result.get(more.id)
        if known is None:
            result[more.id] = more
            continue
        result[more.id] = replace(
            known,
            synonyms=tuple(dict.fromkeys((*known.synonyms, *more.synonyms))),
            alone=tuple(dict.fromkeys((*known.alone, *more.alone))),
            look_alikes=tuple(dict.fromkeys((*known.look_alikes, *more.look_alikes))),
        )
    return list(result.values())
