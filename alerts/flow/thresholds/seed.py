"""What the operator's configuration puts into an empty store: feeds, and the first edition of each threshold."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.decision.levels import levels
from alerts.flow.scope.select import select
from alerts.flow.thresholds.set_threshold import record_edition
from alerts.model.level import Level
from alerts.model.threshold import Release, Threshold
from alerts.store import feeds, thresholds, work
from detectors.registry import completed


class SeedError(Exception):
    """The configuration names something that does not exist; a line for each mistake."""


def seed(app: App, now: datetime) -> None:
    """Make rows for feeds and thresholds that are not there yet. Thresholds that staff have tuned are left alone.

    Raises SeedError, with every mistake, before anything is written.
    """
    mistakes, wanted = [], []
    for name in app.configuration.thresholds:
        try:
            wanted.append(of_configuration(app, name, now))
        except ValueError as error:
            mistakes.append(f"thresholds.{name}: {error}")
    for name, row in app.configuration.levels.items():
        mistakes += [f"levels.{name}: there is no method '{m}'" for m in row.methods if m not in app.methods]
    try:
        levels(app)
    except ValueError as error:
        mistakes.append(f"levels: {error}")
    if mistakes:
        raise SeedError("\n".join(mistakes))
    with app.store.write() as connection:
        feeds.seed(connection, [n for n, f in app.configuration.feeds.items() if f.enabled], now)
        held = {t.name for t in thresholds.current(connection)}
        for threshold in wanted:
            if threshold.name not in held:
                record_edition(connection, threshold, now)
        work.ask_for(connection, work.WATCH, now)


def of_configuration(app: App, name: str, now: datetime) -> Threshold:
    """The first edition of a threshold as the configuration has it. Raises ValueError in the operator's words."""
    given = app.configuration.thresholds[name]
    method = app.methods.get(given.method)
    if method is None:
        raise ValueError(f"there is no method '{given.method}'; the methods are {', '.join(sorted(app.methods))}")
    select(given.substances, app.lexicon, app.configuration.lists)
    completed(method, given.parameters)
    return Threshold(
        name=name, version=1, method=given.method, substances=given.substances, scope=given.scope,
        kinds=tuple(given.kinds), level=Level(given.level), release=Release(given.release),
        parameters=dict(given.parameters), cool_down_days=given.cool_down_days, expires_days=given.expires_days,
        longest_days=given.longest_days,
        update_hours=given.update_hours, review_hours=given.review_hours,
        by_evidence=given.by_evidence, enabled=given.enabled, by="config.toml", why="first start", at=now,
    )  # fmt: skip
