"""From a posted form to the changes of a threshold, and from two editions to what changed between them. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from typing import Any

from alerts.console.posted import Fields, one
from alerts.model.threshold import Threshold
from detectors.registry import Method, Parameter, completed
from detectors.sample import SampleKind
from detectors.signal import ParameterValue

CLOCKS: dict[str, tuple[str, str, str]] = {
    "cool_down_days": ("Quiet after an end", "days", "How long the same substance and state stay quiet after it."),
    "expires_days": ("Ends after", "days", "An alert without new evidence ends after so long."),
    "longest_days": ("Ends at the latest after", "days", "An alert ends after so long even if new findings go on."),
    "update_hours": ("Between updates", "hours", "Least time between two editions of one alert."),
    "review_hours": ("Time to review", "hours", "How long an edition may wait before it counts as overdue."),
}
"""The fields of a threshold that are spans of time: label, unit, meaning."""

_UNTOLD = frozenset({"version", "by", "why", "at", "parameters"})
PARAMETER = "parameter."
"""Prefix of the fields that hold a method's parameters."""


def changes_of(form: Fields, method: Method, current: Threshold) -> dict[str, Any]:
    """All that the form says, typed. Raises ValueError naming every field that is not of its type.

    Of the parameters only those that differ: one that was never set keeps following its method's default.
    """
    mistakes = [f"“{k}” is no kind of evidence" for k in form.get("kinds", ()) if k not in set(SampleKind)]
    changes: dict[str, Any] = {
        "enabled": one(form, "enabled") == "yes",
        "by_evidence": one(form, "by_evidence") == "yes",
        "level": one(form, "level"),
        "release": one(form, "release"),
        "scope": one(form, "scope"),
        "kinds": tuple(form.get("kinds", ())),
        "substances": tuple(word for word in re.split(r"[,\n]+", one(form, "substances")) if word.strip()),
    }
    changes["substances"] = tuple(word.strip() for word in changes["substances"])
    for name, (label, unit, _) in CLOCKS.items():
        try:
            changes[name] = int(one(form, name))
        except ValueError:
            mistakes.append(f"“{label}” must be a whole number of {unit}, not “{one(form, name)}”")
    parameters: dict[str, ParameterValue] = {}
    for parameter in method.parameters:
        try:
            parameters[parameter.name] = _typed(parameter, one(form, PARAMETER + parameter.name))
        except ValueError as error:
            mistakes.append(str(error))
    if mistakes:
        raise ValueError("; ".join(mistakes) + ".")
    present = completed(method, current.parameters)
    return changes | {"parameters": {k: v for k, v in parameters.items() if v != present[k]}}


def differences(before: Threshold | None, after: Threshold) -> tuple[tuple[str, str, str], ...]:
    """(field, old, new) of everything that differs; nothing for the first edition."""
    if before is None:
        return ()
    found = [
        (f.name.replace("_", " "), _said(getattr(before, f.name)), _said(getattr(after, f.name)))
        for f in fields(Threshold)
        if f.name not in _UNTOLD and getattr(before, f.name) != getattr(after, f.name)
    ]
    names = dict.fromkeys([*before.parameters, *after.parameters])
    found += [
        (name.replace("_", " "), _said(before.parameters.get(name, "default")), _said(after.parameters[name]))
        for name in names
        if name in after.parameters and before.parameters.get(name) != after.parameters[name]
    ]
    return tuple(found)


def _typed(parameter: Parameter, text: str) -> ParameterValue:
    if isinstance(parameter.default, bool):
        return text == "yes"
    if isinstance(parameter.default, str):
        return text
    label = parameter.name.replace("_", " ")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"“{label}” must be a number, not “{text}”")
    if isinstance(parameter.default, int):
        if not number.is_integer():
            raise ValueError(f"“{label}” must be a whole number, not “{text}”")
        return int(number)
    return number


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(v) for v in value)
    return str(value)
