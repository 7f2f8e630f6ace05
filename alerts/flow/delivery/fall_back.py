"""Start the next channel of people whom the one before does not reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.hour import hour, weekly_limits
from alerts.flow.addressing.merge_waiting import MERGED, merge_waiting
from alerts.flow.addressing.weekly_limit import WEEK
from alerts.flow.delivery.next_channel import LOST, next_channel
from alerts.model.delivery import DeliveryState
from alerts.model.fallback import Carriers, Close, Wake
from alerts.record.append import append
from alerts.store import alerts, drained, fatigue, notices, outbox, standby, standing
from alerts.store import carriers as lines
from alerts.store.engine import Connection

MOST = 500
"""People looked at in one transaction: the workers behind it wait for as long."""


def fall_back(app: App, now: datetime) -> int:
    """Decide for everybody who waits for it, and apply, an edition a transaction; returns how many were started.

    The messages were composed and approved with the edition; starting one only puts it into the line, where consent,
    quiet hours and validity are checked once more. Call it again until it returns 0.
    """
    with app.store.read() as connection:
        state = _carriers(app, connection, now)
        found = standby.troubled(
            connection, levels=state.levels, since=state.since, confirming=state.confirming, stopped=state.stopped,
            idle=state.idle, lost=LOST, merged=MERGED, most=MOST,
        )  # fmt: skip
    editions: dict[tuple[int, int], list[int]] = {}
    for alert, version, contact in found:
        editions.setdefault((alert, version), []).append(contact)
    return sum(_edition(app, alert, version, people, now) for (alert, version), people in editions.items())


def _edition(app: App, alert: int, version: int, contacts: Sequence[int], now: datetime) -> int:
    with app.store.write() as connection:
        state = _carriers(app, connection, now)
        people = standby.rows_of(connection, alert, version, contacts)
        ids = [row.id for rows in people.values() for row in rows]
        standings, tries = standing.of(connection, ids), standby.first_tries(connection, ids)
        failed = _merged_failed(connection, ids)
        intents = [
            intent
            for rows in people.values()
            for intent in next_channel(rows, standings, tries, failed, state, now)
        ]  # fmt: skip
        week = fatigue.texts_since(connection, now - WEEK) if intents else {}
        started: Counter[tuple[str, str, str]] = Counter()
        for intent in intents:
            if isinstance(intent, Close):
                outbox.move(connection, intent.delivery, DeliveryState.CANCELLED, problem=intent.why)
            elif _wake(app, connection, intent, standings[intent.delivery.id], week, now):
                started[(intent.instead_of, intent.delivery.channel, str(intent.because))] += 1
        if started:
            drained.reopen(connection, alert, version)
        known = alerts.get(connection, alert)
        for (first, second, because), many in sorted(started.items()):
            append(
                connection, at=now, kind="alert.fallback", subject=known.number if known else second,
                fields={"version": version, "from": first, "to": second, "because": because, "messages": many},
            )  # fmt: skip
    return sum(started.values())


def _wake(
    app: App,
    connection: Connection,
    intent: Wake,
    stands: standing.Standing,
    week: dict[int, list[datetime]],
    now: datetime,
) -> bool:
    row = intent.delivery
    assert stands.contact is not None
    if not standby.hold(connection, [row.id, *intent.given_up]):
        return False
    texts = week.get(row.contact, ())
    due, why = hour(stands.contact, row.channel, row.level, stands.reason, now, texts, weekly_limits(app))
    because = why or f"instead of {intent.instead_of}: {intent.because}"
    valid = max(row.valid_until, due + timedelta(hours=app.configuration.delivery.valid_hours))
    if not outbox.move(
        connection, row, DeliveryState.QUEUED, due_at=due, valid_until=valid, held_because=because, given_up_at=None
    ):
        return False
    standby.give_up(connection, intent.given_up, now)
    if row.channel == "sms" and due > now:
        merge_waiting(app, connection, row.contact, now)
    return True


def _carriers(app: App, connection: Connection, now: datetime) -> Carriers:
    rules = app.configuration.delivery
    since = now - timedelta(minutes=rules.fallback_minutes)
    stopped = frozenset(c.channel for c in lines.open_circuits(connection) if c.open_until > now)
    return Carriers(
        confirming=frozenset(channel for channel, one in app.notifiers.items() if one.confirms),
        stopped=stopped,
        idle=standby.idle(connection, frozenset(app.notifiers) - stopped, since),
        since=since,
        levels=frozenset(rules.fallback_levels),
    )


def _merged_failed(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    inside = notices.mergers_of(connection, ids)
    failed = set()
    for notice in set(inside.values()):
        rows = outbox.of_alert(connection, -notice)
        if rows and all(r.state is DeliveryState.FAILED for r in rows):
            failed.add(notice)
    return frozenset(one for one, notice in inside.items() if notice in failed)
