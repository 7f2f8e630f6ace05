"""Somebody leaves the duty roster."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.model.staff import Person
from alerts.record.append import append
from alerts.store import duty


def take_off_duty(app: App, person: Person, by: str, now: datetime) -> None:
    """Raises ValueError when they are not on it."""
    with app.store.write() as connection:
        if not duty.take_off(connection, person):
            raise ValueError(f"{person.name} is not on the roster.")
        append(connection, at=now, kind="duty.off", subject="duty", fields={"who": person.name, "by": by})
