"""Settings of a reader from a table of plain values, as TOML gives them; every mistake is named with its key."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


def settings_from(kind: type[T], given: Mapping[str, Any], where: str = "settings") -> T:
    """A settings dataclass with the given values, defaults for the rest; nested tables become nested dataclasses.

    Raises ValueError that lists every unknown key and every value of the wrong sort, each with its key.
    """
    wrong: list[str] = []
    value = _dataclass(kind, given, where, wrong)
    if wrong:
        raise ValueError("; ".join(wrong))
    return typing.cast(T, value)


def _dataclass(kind: Any, given: Mapping[str, Any], where: str, wrong: list[str]) -> object:
    hints = typing.get_type_hints(kind)
    fields = {field.name for field in dataclasses.fields(kind)}
    ready: dict[str, object] = {}
    for name, value in given.items():
        if name not in fields:
            wrong.append(f"'{where}.{name}' is not known; these are: {', '.join(sorted(fields))}")
        else:
            ready[name] = _value(hints[name], value, f"{where}.{name}", wrong)
    return None if wrong else kind(**ready)


def _value(hint: Any, value: Any, where: str, wrong: list[str]) -> object:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        inner = [part for part in typing.get_args(hint) if part is not type(None)]
        return _value(inner[0], value, where, wrong)
    if dataclasses.is_dataclass(hint):
        if isinstance(value, Mapping):
            return _dataclass(hint, value, where, wrong)
        wrong.append(f"'{where}' must be a table of settings")
        return None
    if origin in (tuple, frozenset):
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            wrong.append(f"'{where}' must be a list of words")
            return None
        inner_hint = typing.get_args(hint)[0]
        return origin(_value(inner_hint, item, where, wrong) for item in items)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            wrong.append(f"'{where}' must be a table")
            return None
        inner_hint = typing.get_args(hint)[1]
        return {str(key): _value(inner_hint, item, f"{where}.{key}", wrong) for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(value)
        except ValueError:
            wrong.append(f"'{where}' must be one of {', '.join(repr(w.value) for w in hint)}, not {value!r}")
            return None
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        wrong.append(f"'{where}' must be {hint.__name__}, not {value!r}")
    return typing.cast(object, value)
