"""The tables of words/revocation.toml: shapes of sentences, as regular expressions on the parts that words play.

Each set of parts that a word can have becomes one sign, so that a sentence is a short string of signs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from notifiers.word_parts import FOLDER, PARTS, parts_of_words

_TABLES: Final[dict[str, Any]] = tomllib.loads((FOLDER / "revocation.toml").read_text(encoding="utf-8"))
_GROUPS: Final = ("elsewhere", "wanted_back", "revoking", "only_of_us")
_LITERAL: Final = re.compile(r"=([a-z]+(?:\|[a-z]+)*)=")

FOREIGN: Final = chr(0xE000)
# What the notation leaves out of a word: the two pauses.
_WORD: Final = "[^,?]"


@dataclass(frozen=True, slots=True)
class Shapes:
    """signs: the sign of each known word. The others: patterns on signs by the shape's name, in the order to try them;
    courtesies: nothing but courtesies; as_written: on the text itself."""

    signs: dict[str, str]
    elsewhere: dict[str, re.Pattern[str]]
    wanted_back: dict[str, re.Pattern[str]]
    revoking: dict[str, re.Pattern[str]]
    courtesies: re.Pattern[str]
    as_written: dict[str, re.Pattern[str]]


def _source(shape: str) -> str:
    for name, meaning in _TABLES["short"].items():
        shape = shape.replace(f"{{{name}}}", meaning)
    return re.sub(r"\s+", "", shape)


@cache
def named_words() -> frozenset[str]:
    """Words that shapes name one by one."""
    sources = [_source(shape) for group in _GROUPS for shape in _TABLES[group].values()]
    return frozenset(word for source in sources for words in _LITERAL.findall(source) for word in words.split("|"))


@cache
def shapes() -> Shapes:
    """The shapes ready for use; raises ValueError when one names a part that parts.toml does not have."""
    known, named = parts_of_words(), named_words()
    parts = {
        word: known.get(word, frozenset()) | (frozenset({f"={word}"}) if word in named else frozenset())
        for word in {*known, *named}
    }
    sign = {its: chr(0xE001 + number) for number, its in enumerate(sorted(set(parts.values()), key=sorted))}

    def signs_with(wanted: Iterable[str]) -> str:
        asked = set(wanted)
        strange = {name for name in asked if name[0] != "="} - PARTS - {"foreign"}
        if strange:
            raise ValueError(
                f"words/revocation.toml names parts that words/parts.toml does not have: {sorted(strange)}."
            )
        # A word that shapes name, and that plays no part, is foreign too.
        found = [s for its, s in sign.items() if its & asked or ("foreign" in asked and all(p[0] == "=" for p in its))]
        return f"[{''.join(found)}{FOREIGN if 'foreign' in asked else ''}]"

    def pattern(shape: str) -> re.Pattern[str]:
        source = _source(shape)
        source = source.replace("^^", r"(?:(?:^|(?<=[,?]))<lead>{0,9}?)").replace("$$", r"(?=[,?]|\Z|<new>)")
        source = source.replace("_", "<light>{0,5}?")
        source = re.sub(r"\.(?=[{<)])", _WORD, source)
        source = _LITERAL.sub(lambda found: signs_with(f"={word}" for word in found[1].split("|")), source)
        return re.compile(re.sub(r"<([a-z+_]+)>", lambda found: signs_with(found[1].split("+")), source))

    made = {group: {name: pattern(shape) for name, shape in _TABLES[group].items()} for group in _GROUPS}
    return Shapes(
        {word: sign[its] for word, its in parts.items()},
        made["elsewhere"],
        made["wanted_back"],
        made["revoking"] | made["only_of_us"],
        pattern(r"(?:<lead>|[,?])*"),
        {name: re.compile(shape, re.IGNORECASE) for name, shape in _TABLES["as_written"].items()},
    )
