"""Known sources, ready to be enabled by name. The facts are in presets.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detectors.feeds.settings import settings_from


@dataclass(frozen=True, slots=True)
class Preset:
    """One known source.

    reader: name in the registry. settings: what that reader is given. url: "" where each programme has its own.
    terms, attribution: the source's conditions of use and how it wants to be named.
    cadence_days: a new document or item is expected about so often; lag_days: usual days from event to result.
    methods: what it tests by. personal: columns about persons, never asked for and never kept.
    caution: what staff must know before they rely on it; "" if nothing.
    """

    name: str
    title: str
    reader: str
    settings: Any
    terms: str
    attribution: str
    cadence_days: int
    lag_days: int
    url: str = ""
    methods: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    caution: str = ""


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by name, in the order of the file."""
    from detectors.feeds.registry import READERS  # the registry's guesses look at presets, so this waits until asked

    table = tomllib.loads(files("detectors.feeds").joinpath("presets.toml").read_text(encoding="utf-8"))
    found: dict[str, Preset] = {}
    for name, entry in table.items():
        given = dict(entry)
        kind = READERS[given["reader"]].settings
        settings = settings_from(kind, given.pop("settings", {}), name)
        for key in ("methods", "personal"):
            given[key] = tuple(given.get(key, ()))
        found[name] = Preset(name=name, settings=settings, **given)
    return found


def preset(name: str) -> Preset:
    """One preset. Raises KeyError with a sentence that lists those there are."""
    known = presets()
    if name not in known:
        raise KeyError(f"there is no preset '{name}'; these exist: {', '.join(known)}")
    return known[name]
