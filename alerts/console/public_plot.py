"""The plot of a public page: in which months it was found and about how many samples were tested, and no more.

A public page is read by anybody, so the bars are of months, of the places as they may be named, in tens, without any
small number; and they are those of the edition, as known when it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from html import escape

from alerts.app import App
from alerts.console.draw import binned
from alerts.console.evidence import sees
from alerts.flow.scope.place_names import shown_place
from alerts.flow.scope.select import family
from alerts.model.alert import Alert, AlertVersion
from alerts.privacy import coarse_counts
from alerts.store.engine import Connection
from alerts.store.tested_counts import day_counts
from alerts.wording.shelf import WordingError
from alerts.wording.words import Words, words
from detectors.sample import SampleKind

MONTHS = 13
"""The month of the edition and the year before it."""
UNTESTED = frozenset({SampleKind.NOTICE, SampleKind.FIELD_REPORT})
"""Kinds of which nothing was tested: there is no denominator to draw."""
_WIDTH, _LEFT, _TOP, _TALL, _FOOT = 400.0, 34.0, 20.0, 90.0, 34.0
_SLIVER = 3.0
"""Height of a bar whose number is small: the same for all of them."""


@dataclass(frozen=True, slots=True)
class Month:
    """One bar. found, tested: in tens, 0 for none, None where the number is small and not given."""

    first: date
    found: int | None
    tested: int | None


def public_plot(app: App, connection: Connection, alert: Alert, version: AlertVersion, language: str) -> str:
    """An SVG with its caption in one language; "" for an exercise, where nothing was tested, and where every number is
    too small to be drawn."""
    if alert.exercise or alert.kind in UNTESTED or version.kind in UNTESTED:
        return ""
    shown = _months(app, connection, alert, version)
    if not any(m.tested for m in shown) or all(m.found == 0 for m in shown):
        return ""
    try:
        said = words(app.shelf, language)
    except WordingError:  # an operator's table that cannot be read costs the plot, not the page
        return ""
    things = said.evidence.get(alert.kind, said.evidence["drug"])["things"]
    on = version.at.astimezone(app.configuration.programme.zone).date()
    return _drawn(shown, said, things) + _caption(shown, said, things, on, app.configuration.privacy.smallest_count)


def _months(app: App, connection: Connection, alert: Alert, version: AlertVersion) -> list[Month]:
    last = version.at.astimezone(app.configuration.programme.zone).date()
    back = last.year * 12 + last.month - MONTHS
    first = date(back // 12, back % 12 + 1, 1)
    members = {s for s in app.lexicon.substances if family(s, app.lexicon) == alert.substance} | {alert.substance}
    days = [
        (c.day, c.tested, c.found)
        for place in _places(app, [p.place for p in version.places] or [alert.region])
        for c in day_counts(
            connection, substances=members, place=place, kind=alert.kind, first=first, last=last, now=version.at,
            sees=partial(sees, app, alert.substance),
        )
    ]  # fmt: skip
    smallest = app.configuration.privacy.smallest_count
    return [Month(b.first, *coarse_counts(b.found, b.tested, smallest)) for b in binned(days, first, last, weeks=0)[1]]


def _places(app: App, codes: Sequence[str]) -> list[str]:
    """Codes to count in, none inside another: those that may be named, a region as its counties."""
    shown = {shown_place(app, code) for code in codes}
    whole = {code for code in shown if len(code) == 2}
    parts = {part for code in shown - whole for part in app.gazetteer.members(code)}
    return ["US"] if "US" in whole else sorted(whole | {p for p in parts if p[:2] not in whole})


def _drawn(months: Sequence[Month], said: Words, things: str) -> str:
    tall = max([10, *(m.tested or 0 for m in months), *(m.found or 0 for m in months)])
    foot, step = _TOP + _TALL, (_WIDTH - _LEFT) / len(months)
    told = "; ".join(_told(m, said, things) for m in months if m.found != 0)
    parts = [
        f'<svg class="plot" viewBox="0 0 {_WIDTH:g} {foot + _FOOT:g}" role="img" aria-labelledby="plot-is plot-told">',
        f'<title id="plot-is">{escape(said.labels["plot"])}</title><desc id="plot-told">{escape(told)}</desc>',
    ]
    for tick in (0, tall):
        y = foot - _TALL * tick / tall
        parts.append(f'<line class="grid" x1="{_LEFT:g}" x2="{_WIDTH:g}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6:g}" y="{y + 4:.1f}" text-anchor="end">{tick:,}</text>')
    for i, month in enumerate(months):
        x = _LEFT + i * step
        tested, found = (_SLIVER if m is None else _TALL * m / tall for m in (month.tested, month.found or 0))
        parts.append(f"<g><title>{escape(_told(month, said, things))}</title>")
        for what, size in (("tested", tested), ("found", found)):
            parts.append(
                f'<rect class="{what}" x="{x + 1.5:.1f}" y="{foot - size:.1f}" width="{step - 3:.1f}" '
                f'height="{size:.1f}"/>'
            )
        if month.found is None:
            parts.append(_mark(x + step / 2, foot - tested - 8))
        parts.append("</g>")
        if i % 3 == 0:
            parts.append(f'<text x="{x + 1.5:.1f}" y="{foot + 15:g}">{said.months_short[month.first.month - 1]}</text>')
            if i == 0 or months[i - 3].first.year != month.first.year:
                parts.append(f'<text x="{x + 1.5:.1f}" y="{foot + 29:g}">{month.first.year}</text>')
    return "".join([*parts, "</svg>"])


def _mark(x: float, y: float) -> str:
    return f'<path class="found" d="M{x:.1f} {y - 6:.1f} l5 6 l-5 6 l-5 -6 z"/>'


def _told(month: Month, said: Words, things: str) -> str:
    """What one bar says, for a reader who hears it."""
    name = f"{said.months[month.first.month - 1]} {month.first.year}"
    tested = said.labels["plot_small"] if month.tested is None else f"{month.tested:,}"
    found = said.labels["plot_small"] if month.found is None else f"{month.found:,}"
    return said.labels["plot_month"].format(name=name, count=found, tested=tested, things=things)


def _caption(months: Sequence[Month], said: Words, things: str, on: date, smallest: int) -> str:
    """The legend of what is in this plot, and what its numbers are."""
    square = '<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">{}</svg>'
    bar = '<rect class="{}" width="12" height="12"/>'
    legend = [square.format(bar.format("tested")) + escape(said.labels["plot_tested"].format(things=things))]
    if any(m.found for m in months):
        legend.append(square.format(bar.format("found")) + escape(said.labels["plot_found"]))
    if any(m.found is None for m in months):
        legend.append(square.format(_mark(6, 6)) + escape(said.labels["plot_some"]))
    note = said.labels["plot_note"].format(n=max(smallest, 10), value=said.day(on))
    lines = "".join(f"<li>{line}</li>" for line in legend)
    return f'<figcaption><ul class="legend">{lines}</ul>{escape(note)}</figcaption>'
