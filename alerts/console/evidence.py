"""A signal as a person judges it: its numbers, in the words of the table below, and a plot of what lies behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from markupsafe import Markup

from alerts.app import App
from alerts.console.draw import Bin, Plot, binned, draw
from alerts.console.spoken import Spoken
from alerts.flow.scope.select import family
from alerts.model.intent import StoredSignal
from alerts.store.engine import Connection
from alerts.store.tested_counts import day_counts
from detectors.explain import codes_in, explain
from detectors.panels import could_see
from detectors.sample import SampleKind
from detectors.signal import Signal, Window

BEFORE = timedelta(days=365)
"""How much is drawn before a window that has no baseline of its own."""
LONGEST = timedelta(days=3 * 366)
WIDE, NARROW = 940, 400
"""Drawn twice, and the style sheet shows the one that fits: a scaled-down axis cannot be read on a phone."""
BY_KNOWLEDGE = frozenset({"watchlist"})
"""Methods whose window is of the days on which results came in, not of collection: they answer to news."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One signal for the page.

    numbers: (label, value) in the order in which people ask. wide, narrow: SVG, "" when there is nothing to draw.
    """

    id: int
    threshold: str
    signal: Signal
    sentence: str
    numbers: tuple[tuple[str, str], ...]
    wide: Markup
    narrow: Markup
    unit: str
    bins: tuple[Bin, ...]
    sighting: date | None
    by_knowledge: bool


def shown(app: App, connection: Connection, stored: StoredSignal, say: Spoken) -> Shown:
    """Reads the counts behind a signal, as believed now."""
    signal = stored.signal
    first = signal.baseline.first if signal.baseline else signal.window.first - BEFORE
    first = max(first, signal.on - LONGEST)
    last = max(signal.on, signal.window.last)
    members = {s for s in app.lexicon.substances if family(s, app.lexicon) == signal.substance} | {signal.substance}
    by_knowledge = signal.method in BY_KNOWLEDGE
    counts = day_counts(
        connection, substances=members, place=signal.place, kind=signal.kind, first=first, last=last, now=say.now,
        by_knowledge=by_knowledge, sees=partial(sees, app, signal.substance),
    )  # fmt: skip
    unit, bins = binned([(c.day, c.tested, c.found) for c in counts], first, last)
    wide = narrow = ""
    sighting = signal.first_seen
    if by_knowledge:
        sighting = next((c.day for c in counts if c.found and c.day >= signal.window.first), None)
    if counts:
        plot = Plot(
            substance=say.substance(signal.substance), place=say.place(signal.place), kind=say.kind(signal.kind),
            unit=unit, bins=bins, window=(signal.window.first, signal.window.last), sighting=sighting,
            by_knowledge=by_knowledge,
        )  # fmt: skip
        wide, narrow = (draw(plot, f"signal-{stored.id}-{w}", w) for w in (WIDE, NARROW))
    return Shown(
        stored.id, stored.threshold, signal, sentence(signal, say), numbers(signal, say),
        Markup(wide), Markup(narrow), unit, bins if counts else (), sighting, by_knowledge,  # noqa: S704 -- draw() escapes every text it is given
    )  # fmt: skip


def sees(app: App, substance: str, methods: tuple[str, ...]) -> bool:
    """Whether these methods, as printed, could have shown the substance."""
    known = app.lexicon.substances.get(substance)
    return could_see(methods, substance, known.category if known else "")


def sentence(signal: Signal, say: Spoken) -> str:
    """What the signal says, in one sentence."""
    return explain(
        signal,
        {signal.substance: say.substance(signal.substance)},
        {code: say.place(code) for code in codes_in(signal)},
    )


def numbers(signal: Signal, say: Spoken) -> tuple[tuple[str, str], ...]:
    """Every number that the signal rests on, with its denominator and its lag beside it."""
    heard = "Notices" if signal.kind == SampleKind.NOTICE else "Found in"
    rows = [
        (heard, f"{signal.observed}" + (f" of {say.number(signal.tested)} tested" if signal.tested else "")),
        ("Window", _span(signal.window)),
    ]
    if signal.expected is not None:
        rows.append(("Expected", say.number(signal.expected)))
    if signal.effect is not None:
        estimate, low, high = (say.number(v) for v in signal.effect)
        rows.append(("Times as often", f"{estimate} (from {low} to {high})"))
    if signal.probability is not None:
        rows.append(("Probability by chance", say.number(signal.probability)))
    if signal.baseline is not None:
        counts = ""
        if signal.baseline_positives is not None and signal.baseline_tested is not None:
            counts = f": {say.number(signal.baseline_positives)} of {say.number(signal.baseline_tested)} tested"
        rows.append(("Compared with", _span(signal.baseline) + counts))
    if signal.smallest is not None:
        rows.append(("Would also have signalled at", f"{say.number(signal.smallest)} or more"))
    if signal.lag_days is not None:
        rows.append(("Usual delay of a result", f"{say.number(round(signal.lag_days))} days after collection"))
    if signal.first_seen is not None:
        rows.append(("First sighting", _day(signal.first_seen)))
    if signal.last_seen is not None:
        rows.append(("Latest sighting", _day(signal.last_seen)))
    rows.append(("Said by", f"{signal.method}, version {signal.version}, on {_day(signal.on)}"))
    return tuple(rows)


def _span(window: Window) -> str:
    return f"{_day(window.first)} to {_day(window.last)}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
