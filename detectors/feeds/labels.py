"""What an observation is about, when it is told by code and by words and the two may disagree."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

TAIL = re.compile(
    r"\s*(?:\[[^\]]*\].*|\b(?:in|by)\s+(?:urine|blood|serum|plasma|specimen|hair|oral fluid|unspecified)\b.*|"
    r"\((?:presence|screen|confirm\w*)\).*)\Z",
    re.IGNORECASE,
)


@cache
def loinc() -> Mapping[str, str]:
    """Substance by LOINC code, for the few codes whose meaning is on record in loinc.toml."""
    table = tomllib.loads(files("detectors.feeds").joinpath("loinc.toml").read_text(encoding="utf-8"))
    return {str(code): str(name) for code, name in table.items()}


def component(label: str) -> str:
    """The substance in a LOINC-like label: "Xylazine [Presence] in Urine" → "Xylazine"."""
    plain = " ".join(label.split())
    return TAIL.sub("", plain).strip() or plain


def disagreement(code: str, *labels: str) -> str:
    """Why the code and the words do not name the same thing, "" when they do (or nothing speaks against it).

    labels: every wording of the observation, the preferred one first, the resource's own name last.
    """
    words = [component(label).casefold() for label in labels if label.strip()]
    coded = loinc().get(code, "")
    if coded and words and not any(_alike(coded, word) for word in words[:1]):
        return f"the code {code} means {coded}, the words say '{labels[0][:60]}'"
    for other in words[1:]:
        named = next((name for name in known_names() if name in other), "")
        if named and not _alike(named, words[0]):
            return f"the words say '{words[0][:60]}', another label says '{named}'"
    return ""


def _alike(one: str, other: str) -> bool:
    plain = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in (one, other)]
    return plain[0] in plain[1] or plain[1] in plain[0]


@cache
def known_names() -> tuple[str, ...]:
    """The substances in loinc.toml, longest name first."""
    return tuple(sorted(set(loinc().values()), key=lambda name: (-len(name), name)))
