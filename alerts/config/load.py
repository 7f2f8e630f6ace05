"""Reading config.toml: the operator's keys over the shipped ones, and every mistake in one report."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from alerts import shipped
from alerts.config.columns import Columns, lacking
from alerts.config.feed import Feed
from alerts.config.mistakes import with_all
from alerts.config.sections import Configuration

OPEN_TABLES = ("feeds", "thresholds", "levels")
"""Tables whose entries the operator names: if the operator's file has one, it replaces the shipped one whole."""


WEB = "an address that begins with http:// or https://"
FORMS = {
    "programme.state": "a state's two letters or its FIPS code, like CA or 06",
    "programme.public_url": WEB,
    "store.url": "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME",
    "sms.sender": "a number like +15105550100, or a short code",
    "sms.messaging_service": "the id of a Messaging Service, MG…",
    "email.sender": "an address like alerts@example.org",
    "url": WEB,
    "second_url": WEB,
}
"""Key, or the end of one → what its value looks like, in the operator's words."""


class ConfigurationError(Exception):
    """All mistakes of one configuration file, a line each: file, key, what is wrong, what to do."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Configuration:
    """Configuration of `path` over the shipped defaults; of the shipped defaults alone when there is no path.

    Raises ConfigurationError with every mistake at once.
    """
    environment = os.environ if environment is None else environment
    if path is None:
        return parse("", "config.toml", environment)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            [f"{path}: there is no such file. Name another with --config, or copy the shipped config.toml there."]
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError([f"{path}: line {line}: is not UTF-8. Save the file as UTF-8."]) from None
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}. Mend its path or rights."]) from None
    return parse(text, path.name, environment)


def parse(text: str, name: str, environment: Mapping[str, str]) -> Configuration:
    """As `load`, from the text itself; `name` is how the file is called in messages."""
    defaults = _defaults()
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([f"{name}: is not valid TOML: {error}. Mend that place; nothing was read."]) from None
    merged: dict[str, Any] = dict(defaults)
    for section, value in own.items():
        if section in OPEN_TABLES or not isinstance(value, dict) or not isinstance(defaults.get(section), dict):
            merged[section] = value
        else:
            merged[section] = {**defaults[section], **value}
    if environment.get("SUPPLYWATCH_STORE_URL"):
        merged["store"] = {**merged.get("store", {}), "url": environment["SUPPLYWATCH_STORE_URL"]}
    try:
        return Configuration.model_validate(merged)
    except ValidationError as error:
        raise ConfigurationError(_sentences(name, [dict(e) for e in error.errors()], defaults)) from None


@cache
def _defaults() -> dict[str, Any]:
    """The shipped tables, read once; nobody changes them."""
    return tomllib.loads(shipped.default_config().read_text(encoding="utf-8"))


def parse_columns(text: str, name: str) -> Columns:
    """A column map that stands alone in a file, as it would stand in [feeds.NAME.columns] (or under [columns]).

    Raises ConfigurationError with every mistake at once.
    """
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([f"{name}: is not valid TOML: {error}. Mend that place; nothing was read."]) from None
    given = own.get("columns", own)
    try:
        return with_all(given, Columns.model_validate, lacking(given) if isinstance(given, dict) else ())
    except ValidationError as error:
        told = [{**e, "loc": ("columns", *e["loc"])} for e in error.errors()]
        raise ConfigurationError(_sentences(name, told, {})) from None


def _sentences(name: str, errors: list[dict[str, Any]], defaults: dict[str, Any]) -> list[str]:
    # A list of which one entry is wrong is also reported as empty, which nobody wrote.
    wrong = {error["loc"][:-1] for error in errors}
    told = [e for e in errors if not (e["type"] == "too_short" and e["loc"] in wrong)]
    return [_sentence(name, error, defaults) for error in told]


def _sentence(name: str, error: dict[str, Any], defaults: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in error["loc"] if not isinstance(part, int))
    given, limits = error.get("input"), error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            near = get_close_matches(str(error["loc"][-1]), _keys_beside(error["loc"], defaults), n=1)
            mend = f" Did you mean '{near[0]}'?" if near else " Remove it, or see config.toml for the keys there are."
            return f"{name}: {key}: there is no such key.{mend}"
        case "missing":
            return f"{name}: {key}: is missing. Add it; config.toml explains it."
        case "literal_error":
            return f"{name}: {key}: must be {limits['expected']}, not {given!r}."
        case "string_pattern_mismatch":
            form = FORMS.get(key) or FORMS.get(str(error["loc"][-1]), "as its comment in config.toml says")
            return f"{name}: {key}: must be {form}, not {given!r}."
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "less_than":
            word = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}
            bound = next(f"{word[k]} {v}" for k, v in limits.items() if k in word)
            return f"{name}: {key}: must be {bound}, not {given!r}."
        case "value_error":
            return f"{name}: {key or 'the file'}: {limits['error']}."
        case "string_too_short" if given and limits["min_length"] > 1:
            return f"{name}: {key}: must have at least {limits['min_length']} letters, not {given!r}."
        case "too_short" | "string_too_short":
            return f"{name}: {key}: must not be empty."
    expected = {"bool": "true or false", "int": "a whole number", "float": "a number", "string": "text in quotes",
                "tuple": "a list in [ ]", "model": "a table", "dict": "a table"}  # fmt: skip
    for start, words in expected.items():
        if error["type"].startswith(start):
            return f"{name}: {key}: must be {words}, not {given!r}."
    return f"{name}: {key}: {error['msg']} (given: {given!r})."


def _keys_beside(where: tuple[Any, ...], defaults: dict[str, Any]) -> list[str]:
    if len(where) > 1 and where[-2] == "columns":
        return list(Columns.model_fields)
    if len(where) > 1 and where[0] == "feeds":
        return list(Feed.model_fields)
    level: Any = defaults
    for part in where[:-1]:
        if not isinstance(level, dict):
            return []
        level = level.get(part) or next(iter(level.values()), {})
    return list(level) if isinstance(level, dict) else []
