"""Methods by name. Ours and strangers' enter by the same entry point group, `supplywatch.methods`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detectors.history import History
from detectors.signal import Parameters, ParameterValue, Signal


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that staff may tune; the only description from which validation, forms and documents are made.

    unit: "days", "samples", "share", "" … low and high: inclusive bounds. sentence: what it means, for staff.
    """

    name: str
    default: ParameterValue
    unit: str
    sentence: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """One question that staff would ask, and the function that answers it.

    run: (history, parameters, substances, places) → signals on `history.today`. `substances` are the ids to look at,
    `places` the FIPS codes; a county's samples also count for its state and the nation when those codes are asked for.
    """

    name: str
    version: str
    question: str
    parameters: tuple[Parameter, ...]
    run: Callable[[History, Parameters, frozenset[str], tuple[str, ...]], Sequence[Signal]]


def completed(method: Method, given: Parameters) -> dict[str, ParameterValue]:
    """The given parameters with defaults filled in. Raises ValueError, naming each unknown or out-of-bounds one."""
    known = {p.name: p for p in method.parameters}
    wrong = [
        f"'{name}' is not a parameter of {method.name} (it has {', '.join(known)})"
        for name in given
        if name not in known
    ]
    result: dict[str, ParameterValue] = {}
    for name, parameter in known.items():
        value = given.get(name, parameter.default)
        if isinstance(parameter.default, bool) != isinstance(value, bool) or (
            isinstance(parameter.default, str) != isinstance(value, str)
        ):
            wrong.append(f"'{name}' must be like {parameter.default!r}, not {value!r}")
        elif not isinstance(value, str | bool):
            if isinstance(parameter.default, int) and value != int(value):
                wrong.append(f"'{name}' must be a whole number, not {value}")
            elif (parameter.low is not None and value < parameter.low) or (
                parameter.high is not None and value > parameter.high
            ):
                wrong.append(
                    f"'{name}' must be from {parameter.low} to {parameter.high} {parameter.unit}, not {value}".replace(
                        "  ", " "
                    )
                )
        result[name] = value
    if wrong:
        raise ValueError("; ".join(wrong))
    return result
