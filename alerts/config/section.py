"""What every section of config.toml is, and the two ways in which an operator writes a time."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

_SPAN = re.compile(r"^(\d+)\s*(s|m|h|d)$")
_UNIT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _span(value: object) -> object:
    if isinstance(value, str):
        found = _SPAN.match(value.strip())
        if not found or int(found[1]) == 0:
            raise ValueError("must be a number and a unit, like 30s, 15m, 6h or 1d")
        return timedelta(**{_UNIT[found[2]]: int(found[1])})
    return value


def _clock_time(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("must be a time of day like 08:00 or 21:30")
        return time.fromisoformat(value)
    return value


Span = Annotated[timedelta, BeforeValidator(_span)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
