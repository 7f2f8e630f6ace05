"""Every mistake of one table in one report: those that a field's own form shows, and those of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

T = TypeVar("T")


def with_all(value: Any, make: Callable[[Any], T], whole: Iterable[str]) -> T:
    """What `make` makes of `value`. whole: sentences about the table as a whole, told beside those about its keys.

    Without this an operator mends one key, starts again, and is told of the next. Raises ValidationError.
    """
    details = [
        InitErrorDetails(type=PydanticCustomError("value_error", "{error}", {"error": text}), loc=(), input=value)
        for text in whole
    ]
    try:
        made = make(value)
    except ValidationError as error:
        details = [_again(dict(e)) for e in error.errors(include_url=False)] + details
    else:
        if not details:
            return made
    raise ValidationError.from_exception_data("config", details)


def nearest(given: str, known: Iterable[str]) -> str:
    """ " Did you mean 'watchlist'?", "" where nothing is near."""
    near = get_close_matches(given, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _again(error: dict[str, Any]) -> InitErrorDetails:
    kind: Any = error["type"]
    if kind == "value_error":
        kind = PydanticCustomError("value_error", "{error}", {"error": str(error["ctx"]["error"])})
        return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"])
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=error.get("ctx", {}))
