"""Somebody on the duty roster is away, or back."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.model.staff import Person
from alerts.record.append import append
from alerts.store import duty


def pass_over(app: App, person: Person, until: datetime | None, by: str, now: datetime) -> None:
    """Ask nobody of that name before `until`; None: they are back. Raises ValueError when they are not on the roster,
    or the hour is over."""
    if until is not None and until <= now:
        raise ValueError("The hour at which they are back must lie ahead.")
    with app.store.write() as connection:
        if not duty.set_away(connection, person, until):
            raise ValueError(f"{person.name} is not on the roster.")
        append(
            connection, at=now, kind="duty.away", subject="duty",
            fields={"who": person.name, "until": until.isoformat() if until else "", "by": by},
        )  # fmt: skip
