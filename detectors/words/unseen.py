"""Words in prose that look like a drug and that no dictionary has: what is new is first written somewhere."""

from __future__ import annotations

import re

from detectors.words.folding import fold
from detectors.words.index import WORD
from detectors.words.lexicon import Lexicon
from detectors.words.rules import DRUG_ENDINGS, NO_DRUG, PREFIXES_APART

_JOINED = re.compile(r"[a-z0-9]+(?:[-‐‑'′,][a-z0-9]+)*")


def unseen_names(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The words of a text that end like the name of a drug (-nitazene, -fentanil, -azolam …) and name no entry, as
    folded (lower case, no accents), in order, each once; with a prefix of chemistry before it where there is one.

    They are for a person to judge and never name anything by themselves. A word of a known name, of an entry that is
    no drug of interest (an ordinary medicine), or one of the listed words that only sound like it, is left out.
    """
    folded = fold(text).text
    known = [(span.start, span.end) for span in lexicon.mentions(folded)]
    found: dict[str, None] = {}
    for match in _JOINED.finditer(folded):
        word = match[0]
        last = WORD.findall(word)[-1] if WORD.findall(word) else ""
        ending = next((e for e in DRUG_ENDINGS if last.endswith(e) and len(last) > len(e) + 1), "")
        if not ending or last in NO_DRUG:
            continue
        if any(start < match.end() and match.start() < end for start, end in known):
            continue
        before = folded[: match.start()].rstrip().rpartition(" ")[2]
        name = f"{before} {word}" if before in PREFIXES_APART else word
        if not lexicon.name(name).substances:
            found.setdefault(name)
    return tuple(found)
