"""Staff ask for silence on a substance or place, until a given hour and for a stated reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.scope.region import region_of
from alerts.flow.scope.select import select
from alerts.model.silence import Silence
from alerts.model.staff import Person, Role
from alerts.privacy import week_of
from alerts.record.append import append
from alerts.store import silences, work

LONGEST = timedelta(days=92)
"""A silence that nobody remembers is a missed death; what is to be quiet for longer is a matter of the threshold."""


def silence(
    app: App,
    substances: Sequence[str],
    places: Sequence[str],
    until: datetime,
    by: Person,
    why: str,
    now: datetime,
    begins_at: datetime | None = None,
) -> Silence:
    """Begin a silence, now or later. What fires inside it is held and decided again at its end; corrections and ends
    of alerts go out all the same.

    Raises ValueError with every mistake: not staff, no reason, an end that is over or too far, an unknown place.
    SelectionError for a word that means no substance.
    """
    start = begins_at or now
    mistakes = [] if by.role is Role.STAFF else ["Only staff can ask for silence."]
    if not why.strip():
        mistakes.append("Say why, in a few words: the reason goes into the record.")
    if until <= max(start, now):
        mistakes.append("The end of a silence must lie ahead.")
    if until - start > LONGEST:
        mistakes.append(f"A silence lasts {LONGEST.days} days at the most; for longer, change the threshold.")
    mistakes += [f"'{p}' is not a place; use FIPS codes like 06 or 06001." for p in places if p not in app.gazetteer]
    if not substances:
        mistakes.append("Name at least one substance, class or '*'.")
    if mistakes:
        raise ValueError(" ".join(mistakes))
    select(substances, app.lexicon, app.configuration.lists)
    with app.store.write() as connection:
        made = silences.add(
            connection, Silence(0, tuple(substances), tuple(places), start, until, by.name, why.strip())
        )  # fmt: skip
        append(
            connection, at=now, kind="silence.begun", subject=f"silence {made.id}",
            fields={"substances": list(made.substances), "places": list(made.places),
                    "regions": sorted({region_of(p, app.gazetteer) for p in made.places}) or ["US"],
                    "until": until.isoformat(), "until_week": week_of(until), "by": by.name, "role": str(by.role),
                    "why": made.why},
        )  # fmt: skip
        work.ask_for(connection, work.WATCH, until)
    return made


def end_silence(app: App, number: int, by: Person, now: datetime) -> Silence:
    """Let a silence end now; what it holds is decided at the next look. Raises ValueError when it is over."""
    with app.store.write() as connection:
        found = silences.get(connection, number)
        if found is None or found.ends_at <= now:
            raise ValueError(f"There is no silence {number} in force.")
        silences.end(connection, found, now)
        append(
            connection, at=now, kind="silence.ended", subject=f"silence {number}",
            fields={"by": by.name, "role": str(by.role)},
        )  # fmt: skip
        work.ask_for(connection, work.WATCH, now)
        return found
