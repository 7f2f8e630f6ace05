"""What a person means by the text they sent back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from notifiers.folding import folded, own_words
from notifiers.reply_words import EMERGENCY, FILLERS, LANGUAGES, LEADING, STOP_SIGNS, WHOLE, WHY_ASKED, Kind
from notifiers.revocation import revocation

# A carrier joins at most ten segments; more is not a person's text, and patterns need not look at it.
LONGEST: Final = 1600


@dataclass(frozen=True, slots=True)
class Reply:
    """kind: what is asked for. language: "en" or "es", of the words if they tell, else the hint.

    argument: LANG: language code, or the word as written when it is none we know. JOIN: county or ZIP, as written.
    REPORT: the report, as written. FEEDBACK: "1" seen here, "2" not here, "3" useful. HELP: "emergency" when somebody
    may be dying, else what follows. START: "yes" for a bare yes, which only confirms something asked. Else "".
    """

    kind: Kind
    language: str
    argument: str = ""


def understand(text: str, language_hint: str = "en") -> Reply:
    """Meaning of one inbound text in English or Spanish; language_hint is the person's known language.

    In order: a whole command; a sentence that revokes consent, also after another command (after REPORT only
    right behind it: a report tells what people say); a command with words after it; an emergency; a question why.
    """
    text = text[:LONGEST]
    line = folded(own_words(text))
    words = re.sub(r"[,?]", " ", line).split()
    whole = _whole(words) or _whole([w for w, _ in groupby(words)])
    if whole is not None:
        kind, language, argument = whole
        return Reply(kind, language or language_hint, argument)
    led = LEADING.get(words[0]) if words else None
    revoked = revocation(text.strip().partition(" ")[2] if led and led[0] is Kind.REPORT else text)
    if revoked is not None and (revoked.first or not led or led[0] is not Kind.REPORT):
        return Reply(Kind.STOP, revoked.language or language_hint)
    if led:
        return _led(text, words, line)
    if text.strip() and not words:
        if set(text) & STOP_SIGNS:
            return Reply(Kind.STOP, language_hint)
        # "?" alone asks for help; an emoji alone says nothing that we could act on.
        return Reply(Kind.HELP if set(text.strip()) <= set("?¿") else Kind.UNKNOWN, language_hint)
    feedback = re.match(r"\s*#?([123])\s*[-:.,)]\s*\S", text)
    if feedback:
        return Reply(Kind.FEEDBACK, language_hint, feedback[1])
    for language, pattern in EMERGENCY.items():
        if pattern.search(line):
            return Reply(Kind.HELP, language, "emergency")
    for language, pattern in WHY_ASKED.items():
        if pattern.search(line):
            return Reply(Kind.WHY, language)
    return Reply(Kind.UNKNOWN, language_hint)


def _whole(words: list[str]) -> tuple[Kind, str, str] | None:
    """A whole command, with fillers peeled off either end only as far as needed: "ya no" is one, "ya" is none."""
    if len(words) > 3 and all(len(word) == 1 for word in words):
        words = ["".join(words)]
    for start in range(len(words)):
        if any(word not in FILLERS for word in words[:start]):
            break
        for end in range(len(words), start, -1):
            if any(word not in FILLERS for word in words[end:]):
                break
            found = WHOLE.get(" ".join(words[start:end]))
            if found is not None:
                return found
    return None


def _led(text: str, words: list[str], line: str) -> Reply:
    kind, language = LEADING[words[0]]
    # The argument as written: all behind the first word and what parts them.
    rest = re.sub(r"^\W*\w+[\W_]*", "", text.strip(), count=1).strip() if len(words) > 1 else ""
    if kind is Kind.LANG:
        known = next((LANGUAGES[word] for word in words[1:] if word in LANGUAGES), "")
        return Reply(kind, known or language, known or rest)
    if kind is Kind.HELP and any(pattern.search(line) for pattern in EMERGENCY.values()):
        return Reply(kind, language, "emergency")
    return Reply(kind, language, "" if kind is Kind.WHY else rest)
