"""Frozen dataclasses as JSON and back, by their annotations: dates as ISO 8601, enums as words, tuples as lists."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

Noun = TypeVar("Noun")


def to_json(noun: Any) -> dict[str, Any]:
    """A JSON-ready dictionary of a dataclass."""
    return {name: _plain(value) for name, value in asdict(noun).items()}


def from_json(kind: type[Noun], value: Any) -> Noun:
    """The dataclass again. Raises pydantic's ValidationError when the shape is not the dataclass's."""
    noun: Noun = _adapter(kind).validate_python(value)
    return noun


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
