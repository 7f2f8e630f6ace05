"""An exercise: any alert run through the real pipe, marked in every layer, to those who opted into drills."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from alerts.app import App
from alerts.flow.addressing.address import address
from alerts.flow.reviewing.review import ReviewError
from alerts.model.alert import Alert, AlertState, VersionState
from alerts.model.delivery import DeliveryState
from alerts.model.reason import Reason
from alerts.model.staff import Person, Role
from alerts.privacy import rounded_share
from alerts.record.append import append
from alerts.store import alerts, outbox
from alerts.store.engine import Connection

LASTS = timedelta(days=1)
"""A drill ends by itself after so long, and is scored."""

TOOK = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED})


@dataclass(frozen=True, slots=True)
class Score:
    """How a drill went. asked: messages. reached: taken by a carrier. arrived: the carrier says the phone has it.

    minutes, slowest: from the start to the carrier's receipt, median and longest, None when nobody was reached. dead:
    (contact, channel, why) of addresses that failed.
    """

    asked: int
    reached: int
    arrived: int
    minutes: float | None
    slowest: float | None
    dead: tuple[tuple[int, str, str], ...]


def drill(app: App, number: str, by: Person, now: datetime) -> tuple[str, int]:
    """Run an alert as an exercise; (number of the exercise, messages). The alert itself is not touched.

    Raises ReviewError: not staff, or no alert of that number.
    """
    if by.role is not Role.STAFF:
        raise ReviewError("Only staff can run an exercise.")
    with app.store.write() as connection:
        model = alerts.by_number(connection, number)
        if model is None:
            raise ReviewError(f"There is no alert {number}. `supplywatch alerts list` shows them.")
        latest = alerts.versions(connection, model.id)[-1]
        first = alerts.versions(connection, model.id)[0]
        identity, name = alerts.next_number(connection, now.year)
        exercise = replace(
            model, id=identity, number=name, state=AlertState.OPEN, opened_at=now, updated_at=now, evidence_at=now,
            expires_at=now + LASTS, version=1, ended_at=None, ended_because="", exercise=True,
        )  # fmt: skip
        alerts.add(connection, exercise)
        alerts.add_version(
            connection,
            replace(
                latest, alert=identity, version=1, state=VersionState.APPROVED, reason=first.reason, change="",
                new_places=(), at=now, author=by.name, deadline=None, approved_by="", approved_at=None,
                texts_sha256="", because="", renamed="", break_glass="", looked_at_by="",
                expires_at=exercise.expires_at,
                sentence=f"An exercise, made from {number}.",
            ),
        )  # fmt: skip
        append(
            connection, at=now, kind="drill.begun", subject=name,
            fields={"by": by.name, "role": str(by.role), "model": number, "substance": exercise.substance,
                    "region": exercise.region, "level": str(exercise.level)},
        )  # fmt: skip
    return name, address(app, now)


def score(connection: Connection, exercise: Alert) -> Score:
    """As far as it has come."""
    rows = outbox.of_alert(connection, exercise.id)
    taken = [r for r in rows if r.state in TOOK]
    waits = [(r.accepted_at - exercise.opened_at).total_seconds() / 60 for r in taken if r.accepted_at is not None]
    return Score(
        asked=len(rows), reached=len(taken), arrived=sum(1 for r in rows if r.state is DeliveryState.DELIVERED),
        minutes=round(median(waits), 1) if waits else None, slowest=round(max(waits), 1) if waits else None,
        dead=tuple((r.contact, r.channel, r.problem) for r in rows if r.state is DeliveryState.FAILED),
    )  # fmt: skip


def end_drills(app: App, now: datetime) -> list[tuple[str, Score]]:
    """End the exercises whose time is over, with their score in the record. Nobody is written to again: each message
    said when it ends."""
    ended = []
    with app.store.write() as connection:
        for exercise in alerts.exercises(connection):
            if exercise.expires_at > now:
                continue
            result = score(connection, exercise)
            over = replace(exercise, state=AlertState.ENDED, ended_at=now, ended_because="the exercise is over")
            alerts.change(connection, exercise.state, over, Reason.EXPIRED)
            append(
                connection, at=now, kind="drill.ended", subject=exercise.number,
                fields={"asked": result.asked, "reached": result.reached, "arrived": result.arrived,
                        "minutes": result.minutes, "slowest": result.slowest, "dead": len(result.dead),
                        "reached_share": rounded_share(result.reached, result.asked)},
            )  # fmt: skip
            ended.append((exercise.number, result))
    return ended
