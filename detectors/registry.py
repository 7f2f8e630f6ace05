"""Methods by name. Ours and strangers' enter by the same entry point group, `supplywatch.methods`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from detectors.history import History
from detectors.signal import Parameters, ParameterValue, Signal


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that staff may tune; the only description from which validation, forms and documents are made.

    unit: "days", "samples", "share", "" … low and high: inclusive bounds. sentence: what it means, for staff.
    choices: the only words it may be, () where any will do or it is no word.
    """

    name: str
    default: ParameterValue
    unit: str
    sentence: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """One question that staff would ask, and the function that answers it.

    run: (history, parameters, substances, places) → signals on `history.today`. `substances` are the ids to look at,
    `places` the FIPS codes; a county's samples also count for its state and the nation when those codes are asked for.
    tested: (the same) → how many series (places and kinds) each substance was tested in on that day, for methods whose
    p-values allow for samples that come in batches; None for rules and for p-values that do not: no false-discovery
    rate can be promised on those.
    for_staff: what it says is of the watching, not of the supply, or would sound like an all-clear: it is shown to
    staff and never opens an alert.
    """

    name: str
    version: str
    question: str
    parameters: tuple[Parameter, ...]
    run: Callable[[History, Parameters, frozenset[str], tuple[str, ...]], Sequence[Signal]]
    tested: Callable[[History, Parameters, frozenset[str], tuple[str, ...]], Mapping[str, int]] | None = None
    for_staff: bool = False


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
        elif isinstance(value, str) and parameter.choices and value not in parameter.choices:
            wrong.append(f"'{name}' must be one of {', '.join(parameter.choices)}, not {value!r}")
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


GROUP = "supplywatch.methods"

# Ours are listed here too, so that a checkout without installed metadata has them.
BUILT_IN: dict[str, str] = {
    "watchlist": "detectors.methods.watchlist:WATCHLIST",
    "novelty": "detectors.methods.novelty:NOVELTY",
    "emergence": "detectors.methods.emerging:EMERGENCE",
    "prevalence": "detectors.methods.emerging:PREVALENCE",
    "returned": "detectors.methods.returned:RETURNED",
    "panel": "detectors.methods.panel:PANEL",
    "counts": "detectors.methods.counting:COUNTS",
    "drift": "detectors.methods.drift:DRIFT",
    "cluster": "detectors.methods.cluster:CLUSTER",
    "tree": "detectors.methods.tree:TREE",
    "potency": "detectors.methods.potency:POTENCY",
    "combination": "detectors.methods.combination:COMBINATION",
    "mention": "detectors.methods.mention:MENTION",
    "silence": "detectors.methods.silence:SILENCE",
    "gone": "detectors.methods.gone:GONE",
}


@cache
def methods() -> dict[str, Method]:
    """All methods by name: ours, then installed ones in the order of their names.

    A stranger's method may not take one of our names: a threshold must mean the same on every machine.
    Raises TypeError, naming the entry point, where it gives something else than a Method, ValueError for a taken name.
    """
    found: dict[str, Method] = {}
    for name, where in BUILT_IN.items():
        module, _, attribute = where.partition(":")
        found[name] = getattr(import_module(module), attribute)
    for point in sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
        if BUILT_IN.get(point.name) == point.value:
            continue
        method = point.load()
        if not isinstance(method, Method):
            raise TypeError(f"entry point {point.name} = {point.value} in {GROUP} gives {method!r}, not a Method")
        if method.name in found:
            raise ValueError(f"entry point {point.name} = {point.value}: there is already a method named {method.name}")
        found[method.name] = method
    return found
