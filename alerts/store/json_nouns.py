"""Frozen dataclasses as JSON and back, by their annotations: dates as ISO 8601, enums as words, tuples as lists."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

Noun = TypeVar("Noun")


def to_json(noun: Any) -> dict[str, Any]:
    """A JSON-ready dictionary of a dataclass."""
    return {name: _plain(value) for name, value in asdict(noun).items()}


def from_json(kind: type[Noun], value: Any) -> Noun:
    """The dataclass again. Raises pydantic's ValidationError when the shape is not the dataclass's."""
    noun: Noun = _adapter(f"{kind.__module__}.{kind.__qualname__}", kind).validate_python(value)
    return noun


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapter(name: str, kind: Any) -> TypeAdapter[Any]:
    # Building one takes milliseconds, and a replay of fifteen years reads a noun tens of thousands of times.
    if name not in _ADAPTERS:
        _ADAPTERS[name] = TypeAdapter(kind)
    return _ADAPTERS[name]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
