"""Staff change a threshold: a new edition with its reason, recorded; the old one stays readable for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from alerts.app import App
from alerts.flow.scope.select import select
from alerts.model.level import Level
from alerts.model.staff import Person, Role
from alerts.model.threshold import Release, Threshold
from alerts.record.append import append
from alerts.store import thresholds, work
from alerts.store.engine import Connection
from detectors.registry import completed

CHANGEABLE = frozenset(f.name for f in fields(Threshold)) - {"name", "version", "method", "by", "why", "at"}
"""What an edition may change. Another method is another question, and so another threshold."""

BOUNDS: dict[str, tuple[int, int]] = {
    "cool_down_days": (0, 3650),
    "expires_days": (1, 3650),
    "longest_days": (1, 3650),
    "update_hours": (0, 8760),
    "review_hours": (1, 8760),
}
SCOPES = ("county", "state")


def set_threshold(app: App, name: str, changes: Mapping[str, Any], by: Person, why: str, now: datetime) -> Threshold:
    """Write the next edition of a threshold with some fields changed; detection looks again at once.

    changes: field → value; "parameters" is merged into the present ones. Raises ValueError with every mistake, in
    the words of the person who made it.
    """
    if by.role is not Role.STAFF:
        raise ValueError("Only staff can change a threshold.")
    if not why.strip():
        raise ValueError("Say why, in a few words: the reason stays with this edition.")
    with app.store.write() as connection:
        current = next((t for t in thresholds.current(connection) if t.name == name), None)
        if current is None:
            known = ", ".join(t.name for t in thresholds.current(connection))
            raise ValueError(f"There is no threshold '{name}'. There are: {known}.")
        edition = changed(app, current, changes)
        if replace(edition, version=current.version, at=current.at, by=current.by, why=current.why) == current:
            raise ValueError("Nothing would change.")
        edition = replace(edition, version=current.version + 1, at=now, by=by.name, why=why.strip())
        if not record_edition(connection, edition, now):
            raise ValueError(f"Somebody else has just changed '{name}'. Look at it as it is now, then change it.")
        work.ask_for(connection, work.WATCH, now)
    return edition


def changed(app: App, current: Threshold, changes: Mapping[str, Any]) -> Threshold:
    """The threshold with changes made and checked. Raises ValueError with every mistake."""
    mistakes = [f"'{k}' cannot be changed" for k in changes if k not in CHANGEABLE]
    values = {k: v for k, v in changes.items() if k in CHANGEABLE}
    if "parameters" in values:
        values["parameters"] = {**current.parameters, **values["parameters"]}
    for key, kind in (("level", Level), ("release", Release)):
        if key in values:
            try:
                values[key] = kind(values[key])
            except ValueError:
                mistakes.append(f"{key} must be one of {', '.join(kind)}, not {values[key]!r}")
                del values[key]
    for key in ("substances", "kinds"):
        if key in values:
            values[key] = tuple(values[key])
            if not values[key]:
                mistakes.append(f"{key} must name at least one")
    if values.get("scope", "county") not in SCOPES:
        mistakes.append(f"scope must be county or state, not {values['scope']!r}")
    for key, (low, high) in BOUNDS.items():
        given = values.get(key, low)
        if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
            mistakes.append(f"{key} must be a whole number from {low} to {high}, not {given!r}")
    if mistakes:
        raise ValueError("; ".join(mistakes))
    edition = replace(current, **values)
    completed(app.methods[edition.method], edition.parameters)
    select(edition.substances, app.lexicon, app.configuration.lists)
    return edition


def record_edition(connection: Connection, threshold: Threshold, now: datetime) -> bool:
    """Write an edition and its ledger entry; False, and nothing is written, when that edition is there already."""
    if not thresholds.add_edition(connection, threshold):
        return False
    append(
        connection,
        at=now,
        kind="threshold.set",
        subject=threshold.name,
        fields={
            "threshold": threshold.name,
            "threshold_version": threshold.version,
            "method": threshold.method,
            "parameters": dict(threshold.parameters),
            "substances": list(threshold.substances),
            "scope": threshold.scope,
            "level": str(threshold.level),
            "release": str(threshold.release),
            "enabled": threshold.enabled,
            "by": threshold.by,
            "why": threshold.why,
        },
    )
    return True
