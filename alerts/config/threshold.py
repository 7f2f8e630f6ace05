"""Thresholds and levels of config.toml: what a first start puts into the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from alerts.config.mistakes import nearest, with_all
from alerts.config.section import Section
from detectors.registry import completed, methods


class ThresholdSeed(Section):
    method: str
    substances: tuple[str, ...] = Field(min_length=1)
    scope: Literal["county", "state"]
    kinds: tuple[Literal["drug", "death", "seizure", "biological", "field report", "notice"], ...] = Field(min_length=1)
    level: Literal["act_now", "advisory", "info"]
    release: Literal["automatic", "review"]
    parameters: dict[str, float | int | str | bool] = {}
    cool_down_days: int = Field(ge=0, le=3650)
    expires_days: int = Field(ge=1, le=3650)
    longest_days: int = Field(ge=1, le=3650)
    update_hours: int = Field(ge=0, le=8760)
    review_hours: int = Field(ge=1, le=8760)
    by_evidence: bool = True
    enabled: bool = True

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, value: Any, make: ModelWrapValidatorHandler[ThresholdSeed]) -> ThresholdSeed:
        return with_all(value, make, _whole_threshold(value) if isinstance(value, dict) else ())


class LevelRow(Section):
    substances: tuple[str, ...] = ()
    kinds: tuple[Literal["drug", "death", "seizure", "biological", "field report", "notice"], ...] = ()
    confidence: tuple[Literal["lab-confirmed", "screening", "field report", "bulletin"], ...] = ()
    methods: tuple[str, ...] = ()
    findings: int = Field(default=1, ge=1, le=100000)
    places: int = Field(default=1, ge=1, le=10000)
    false_discovery: float = Field(default=1.0, gt=0, le=1)
    grounds: int = Field(default=1, ge=1, le=10)
    sources: int = Field(default=1, ge=1, le=100)
    traces_only: bool = False
    level: Literal["act_now", "advisory", "info"]
    release: Literal["automatic", "review"]


def _whole_threshold(value: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the method of a threshold or with its parameters."""
    called, given = value.get("method"), value.get("parameters", {})
    method = methods().get(str(called))
    if method is None:
        if isinstance(called, str):
            known = sorted(methods())
            yield f"there is no method '{called}'.{nearest(called, known)} The methods are {', '.join(known)}"
    elif isinstance(given, dict):
        try:
            completed(method, given)
        except (ValueError, TypeError) as error:
            yield str(error)
