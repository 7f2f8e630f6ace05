"""What a change of a threshold would have done over the last months, before anybody makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.app import App
from alerts.flow.history.backtest import backtest
from alerts.flow.history.past import Past
from alerts.flow.history.replay import ReplayedAlert
from alerts.flow.history.score_backtest import Event, Score, score_backtest
from alerts.flow.scope.region import region_of
from alerts.flow.thresholds.set_threshold import changed
from alerts.model.threshold import Threshold
from alerts.store import partners, thresholds
from detectors.registry import Method
from detectors.signal import ParameterValue

EVERY = 7
"""Days between two looks: a person waits, and a week is soon enough to compare two settings."""
MOST_VALUES = 6
MONTHS = (3, 6, 12, 24)
AS_IT_IS, CHANGED = "as it is", "with the change"


@dataclass(frozen=True, slots=True)
class Opened:
    """A substance's alerts in a state: their days under each setting, in the order of `Trial.scores`."""

    name: str
    region: str
    days: tuple[tuple[date, ...], ...]

    @property
    def differs(self) -> bool:
        return len(set(self.days)) > 1


@dataclass(frozen=True, slots=True)
class Trial:
    """first, last: the span. scores: setting → how it did. opened: what was alerted under any of them.

    samples: how many were in evidence. events: what happened in that time, as staff marked it.
    """

    first: date
    last: date
    scores: Mapping[str, Score]
    opened: tuple[Opened, ...]
    samples: int
    events: tuple[Event, ...] = ()


def try_threshold(
    app: App,
    edition: Threshold,
    now: datetime,
    *,
    months: int,
    events: Sequence[Event] = (),
    curve: tuple[str, Sequence[ParameterValue]] = ("", ()),
) -> Trial:
    """Play the last months of the stored evidence with the thresholds as they are and with this edition of one.

    curve: a parameter and further values of it to compare. The other thresholds that look at the same kinds of evidence
    take part, for they share alerts. Nothing is sent or written. Raises ValueError in the words of the person who asks.
    """
    name, values = curve
    if len(values) > MOST_VALUES:
        raise ValueError(f"Compare at most {MOST_VALUES} values at once.")
    with app.store.read() as connection:
        current, people = thresholds.current(connection), partners.everybody(connection)
    others = [t for t in current if t.name != edition.name and t.enabled and set(t.kinds) & set(edition.kinds)]
    present = [t for t in current if t.name == edition.name]
    sets = {AS_IT_IS: [*others, *present], CHANGED: [*others, edition]}
    for value in values:
        sets[f"{name.replace('_', ' ')} {value}"] = [*others, changed(app, edition, {"parameters": {name: value}})]
    past = Past.of_store(app)
    last = now.astimezone(app.configuration.programme.zone).date()
    first = last - timedelta(days=round(months * 30.4375))
    rows = backtest(app, sets, past, first=first, last=last, every=EVERY, contacts=people)
    regions = len({region_of(t.place, app.gazetteer) for t in past.editions})
    scores = {
        key: score_backtest(found, events, app.gazetteer, regions=regions, first=first, last=last)
        for key, found in rows.items()
    }
    known = sum(first.toordinal() <= t.known <= last.toordinal() for t in past.editions)
    return Trial(first, last, scores, _opened(app, rows), known, tuple(events))


def curve_of(method: Method, name: str, text: str) -> tuple[str, tuple[ParameterValue, ...]]:
    """A parameter and the values typed for it ("2, 3, 4"); nothing when no value was typed. Raises ValueError."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        return "", ()
    parameter = next((p for p in method.parameters if p.name == name), None)
    if parameter is None or isinstance(parameter.default, bool | str):
        raise ValueError("Choose a parameter that is a number to compare its values.")
    kind = int if isinstance(parameter.default, int) else float
    try:
        return name, tuple(kind(word) for word in words)
    except ValueError:
        raise ValueError(f"The values of “{name.replace('_', ' ')}” must be numbers, like 2, 3, 4.") from None


def _opened(app: App, rows: Mapping[str, Sequence[ReplayedAlert]]) -> tuple[Opened, ...]:
    days: dict[tuple[str, str], dict[str, list[date]]] = {}
    for key, found in rows.items():
        for row in found:
            if row.version == 1:
                days.setdefault((row.name, row.region), {}).setdefault(key, []).append(row.on)
    made = [
        Opened(name, app.gazetteer.name(region), tuple(tuple(by_set.get(key, ())) for key in rows))
        for (name, region), by_set in days.items()
    ]
    return tuple(sorted(made, key=lambda o: (not o.differs, o.name, o.region)))
