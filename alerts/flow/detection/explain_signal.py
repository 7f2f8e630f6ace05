"""Say a stored signal again from the evidence as it was known then: it must come out the same."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from math import isclose
from typing import Any

from alerts.app import App
from alerts.flow.detection.detect import LOOK_BACK, look
from alerts.flow.scope.rolled_up import rolled_up
from alerts.flow.scope.select import classes
from alerts.model.intent import StoredSignal
from alerts.store import evidence, signals, thresholds
from detectors.explain import codes_in, explain
from detectors.history import History
from detectors.signal import Signal

CLOSE = 1e-9
"""Relative difference of two numbers that are the same: another processor may round the last digits otherwise."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a signal that did not come out as it was stored."""

    field: str
    stored: object
    again: object


@dataclass(frozen=True, slots=True)
class Explained:
    """A stored signal, said again.

    at: when it was first said. sentence: in plain words. again: what the method says today of what was known then, None
    if nothing. differences: empty when both are equal. problem: why it could not be said again, "" when it could.
    """

    stored: StoredSignal
    at: datetime
    sentence: str
    again: Signal | None
    differences: tuple[Difference, ...]
    problem: str = ""

    @property
    def equal(self) -> bool:
        return self.again is not None and not self.differences


class NoSuchSignal(ValueError):  # noqa: N818 -- a number that nobody gave
    """There is no signal of that number."""


def explain_signal(app: App, number: int) -> Explained:
    """Recompute a stored signal with the edition of its threshold and the evidence believed at the moment it was said.

    Raises NoSuchSignal.
    """
    with app.store.read() as connection:
        found = signals.first_said(connection, number)
        if found is None:
            raise NoSuchSignal(f"There is no signal {number}. `supplywatch alerts show` names the signals of an alert.")
        at, stored = found
        rule = thresholds.edition_at(connection, stored.threshold, at)
        tested = evidence.known(connection, now=at, since=stored.signal.on - LOOK_BACK)
    signal = stored.signal
    names, places = _names(app, signal)
    sentence = explain(signal, names, places)
    if rule is None:
        return Explained(stored, at, sentence, None, (), f"there was no threshold '{stored.threshold}' then")
    if rule.method not in app.methods:
        return Explained(stored, at, sentence, None, (), f"the method '{rule.method}' is not installed any more")
    history = History.of((rolled_up(t, app.lexicon) for t in tested), signal.on, classes(app.lexicon))
    said = [s for _, s in look(app, [rule], history)]
    same = [s for s in said if (s.substance, s.place, s.kind) == (signal.substance, signal.place, signal.kind)]
    again = next((s for s in same if s.evidence == signal.evidence), next(iter(same), None))
    if again is None:
        return Explained(stored, at, sentence, None, (), "the method says nothing of it today")
    return Explained(stored, at, sentence, again, differences(signal, again))


def differences(stored: Signal, again: Signal) -> tuple[Difference, ...]:
    """Every field in which two signals differ, in the order of the fields; numbers may differ in their last digits."""
    return tuple(
        Difference(f.name, a, b)
        for f in fields(Signal)
        if not _same(a := getattr(stored, f.name), b := getattr(again, f.name))
    )


def _same(a: Any, b: Any) -> bool:
    if is_dataclass(a) and type(a) is type(b):
        return all(_same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, float | int) and isinstance(b, float | int):
        return isinstance(a, bool) == isinstance(b, bool) and isclose(a, b, rel_tol=CLOSE, abs_tol=1e-300)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if hasattr(a, "keys") and hasattr(b, "keys"):
        return set(a) == set(b) and all(_same(a[k], b[k]) for k in a)
    return bool(a == b)


def _names(app: App, signal: Signal) -> tuple[dict[str, str], dict[str, str]]:
    known = app.lexicon.substances.get(signal.substance)
    names = {signal.substance: known.display("en")} if known is not None else {}
    return names, {code: app.gazetteer.name(code) for code in codes_in(signal)}
