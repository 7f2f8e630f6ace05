"""The words of rules.toml, read once: they are part of the code's meaning, not of an operator's configuration."""

from __future__ import annotations

import tomllib
from importlib import resources

_ROWS: dict[str, list[str]] = tomllib.loads(
    resources.files("detectors.words").joinpath("rules.toml").read_text(encoding="utf-8")
)

# Longest first, so that "despropionyl" is not read as something ending in "propionyl".
MODIFIERS = tuple(sorted(_ROWS["modifiers"], key=len, reverse=True))
CHANGING_ENDINGS = tuple(_ROWS["changing_endings"])
CHANGING_WORDS = tuple(_ROWS["changing_words"])
CHANGED_AFTER = frozenset(_ROWS["changed_after"])
PARTING = frozenset(_ROWS["parting"])
BESIDE = frozenset(_ROWS["beside"])
GLUED_BEFORE = tuple(sorted(_ROWS["glued_before"], key=len, reverse=True))
GLUED_AFTER = tuple(sorted(_ROWS["glued_after"], key=len, reverse=True))
UNREMARKED = frozenset(_ROWS["unremarked"])
DRUG_ENDINGS = tuple(sorted(_ROWS["drug_endings"], key=len, reverse=True))
NO_DRUG = frozenset(_ROWS["no_drug"])
PREFIXES_APART = frozenset(_ROWS["prefixes_apart"])
