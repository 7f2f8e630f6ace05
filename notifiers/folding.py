"""A text as people type it, brought to words that can be compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from notifiers.word_parts import SAME, TYPED

# Letters of other alphabets that look like ours: a text with them reads as it looks.
_LOOK_ALIKE: Final = str.maketrans(
    dict(
        zip(
            "АВЕЅЗІЈКМНОРСТУХавеѕіјкмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
            "ABESEIJKMHOPCTYXabesijkmhopctyxABEZHIKMNOPTYXo",
            strict=True,
        )
    )
)

# What a phone sends when somebody taps a thumb on our message: our own words come back, and STOP stands in them.
_REACTION: Final = re.compile(
    r"^\W*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to|removed an? \w+ from|replied to"
    r"|(?:a \w+ )?le (?:gusto|gustó|encanto|encantó)|me gust[oó]|no le gust[oó]|se ri[oó] de"
    r"|enfatiz[oó]|destac[oó]|pregunt[oó] sobre|reaccion[oó] con \S+ a)\s*[«“\"‘'].*[»”\"’'…]?\s*$",
    re.IGNORECASE | re.DOTALL,
)

# The line under our messages, wherever it is quoted.
_OUR_LINE: Final = re.compile(
    r"(?:reply|text|responda|responde|envie|envíe)\s+[«“\"']?(?:stop|alto)[»”\"']?\s+(?:to|para)\s+"
    r"(?:end|quit|cancel|unsubscribe|opt[ -]?out|salir|cancelar|terminar)",
    re.IGNORECASE,
)
_QUOTED_LINE: Final = re.compile(r"^\s*>.*$", re.MULTILINE)

_SIGNS: Final = str.maketrans("$@", "sa")


def folded(text: str) -> str:
    """Lower case without accents, apostrophes and marks; a pause stays as a comma, the end of a question as "?"."""
    looked = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKE)
    bare = "".join(c for c in unicodedata.normalize("NFKD", looked.casefold()) if not unicodedata.combining(c))
    bare = re.sub(r"['’‘`´]", "", bare).replace("#", " number ")
    bare = re.sub(r"(?<=\w)[$@]|[$@](?=\w)", lambda found: found[0].translate(_SIGNS), bare)
    bare = re.sub(r"[?]+", " ? ", bare)
    bare = re.sub(r"[,.!;:\n()…¡¿]+|\s-+\s|--+", " , ", bare)
    return re.sub(r"^(?:[, ])+|[, ]+$", "", " ".join(re.sub(r"[^a-z0-9,?]|_", " ", bare).split()))


def own_words(text: str) -> str:
    """The text without what it quotes of ours; "" for a thumb on a message of ours."""
    if _REACTION.match(text):
        return ""
    return _OUR_LINE.sub(" ", _QUOTED_LINE.sub(" ", text))


def said(text: str) -> list[str]:
    """Words and pauses of what the person says themselves, typed and dictated forms made one."""
    line = folded(own_words(text))
    # "s t o p" and "s.t.o.p"
    line = re.sub(r"\b\w(?:(?: ,)? \w\b){2,}", lambda found: re.sub(r"[ ,]", "", found[0]), line)
    # "outtt", "pleeease"
    line = re.sub(r"([a-z])\1{2,}", r"\1", line)
    line = " ".join(TYPED.get(word, word) for word in line.split())
    for pattern, word in SAME:
        line = pattern.sub(word, line)
    return line.split()
