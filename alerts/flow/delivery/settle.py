"""What carriers call back with: kept as it came, then the delivery moves forward, never back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.app import App
from alerts.config.error_codes import known_codes
from alerts.flow.addressing.drained import note_drained
from alerts.flow.delivery.hours_over import hours_over
from alerts.flow.delivery.refused import stop_channel
from alerts.flow.process.fault import fault
from alerts.model.delivery import MOVES, DeliveryState
from alerts.store import attempts, carriers, marks, partners
from alerts.store.engine import Connection
from notifiers.message import Scope
from notifiers.twilio_callbacks import StatusCallback
from notifiers.twilio_states import FAILED, REACHED

_WAITING = (DeliveryState.SENDING, DeliveryState.QUEUED)
_BEFORE = {to: tuple(state for state in DeliveryState if to in MOVES[state]) for to in DeliveryState}
_BEFORE[DeliveryState.FAILED] = tuple(s for s in _BEFORE[DeliveryState.FAILED] if s is not DeliveryState.QUEUED)
"""From where a callback may move a row. That an attempt failed says nothing of the next one, which is still to come."""


def settle(app: App, callback: StatusCallback, now: datetime) -> bool:
    """Take one status callback; False for one that is about no delivery of ours."""
    return settle_all(app, [(callback, now)])[0]


def settle_all(app: App, called: Sequence[tuple[StatusCallback, datetime]]) -> list[bool]:
    """Take status callbacks, each with its hour, in the order they came and in one transaction: a disk takes as long to
    keep one as to keep hundreds. False for each that is about no delivery of ours.

    Callbacks come late, twice, out of order and before the answer to the call itself. The same callback a second time
    changes nothing. One for a row that is still `sending` proves that the carrier has it; the row itself is moved by
    its worker or by reconciliation, unless the callback says how it ended.
    """
    ids = [callback.delivery_id for callback, _ in called]
    with app.store.write() as connection:
        rows = {row.id: row for row in marks.marks_of(connection, ids) if row.channel == "sms"}
        said = attempts.said_of(connection, list(rows))
        states = {row.id: row.state for row in rows.values()}
        kept: list[attempts.Callback] = []
        moves: dict[DeliveryState, dict[str, marks.Ended]] = {DeliveryState.DELIVERED: {}, DeliveryState.FAILED: {}}
        for callback, at in called:
            row = rows.get(callback.delivery_id)
            if row is None:
                continue
            code = "" if callback.code is None else str(callback.code)
            one = attempts.Callback(row.id, at, callback.sid, callback.state[:30], code[:20])
            kept.append(one)
            # A repeat, by the carrier or by somebody who listened in, says nothing new and moves nothing.
            if one.said in said:
                continue
            said.add(one.said)
            to = _meant(callback)
            if to is None:
                continue
            if to is DeliveryState.FAILED:
                _learn(app, connection, row, callback.code, at)
            if to is DeliveryState.FAILED and _hours(app, callback.code) and states[row.id] is DeliveryState.ACCEPTED:
                hours_over(connection, row.id, at)
                states[row.id] = DeliveryState.QUEUED
                continue
            if states[row.id] not in _BEFORE[to]:
                continue
            states[row.id] = to
            for other in moves.values():
                other.pop(row.id, None)
            problem = f"{code} {callback.state}".strip() if to is DeliveryState.FAILED else ""
            moves[to][row.id] = marks.Ended(row.id, callback.sid, at, problem)
        attempts.add_callbacks(connection, kept)
        for to, ended in moves.items():
            marks.end(connection, to, _BEFORE[to], list(ended.values()))
        fault("in-callback")
    fault("after-callback")
    through = {
        (row.alert, row.version) for row in rows.values() if row.state in _WAITING and states[row.id] != row.state
    }
    if through:
        note_drained(app, through, called[-1][1])
    return [one in rows for one in ids]


def _meant(callback: StatusCallback) -> DeliveryState | None:
    if callback.state in REACHED:
        return DeliveryState.DELIVERED
    return DeliveryState.FAILED if callback.state in FAILED else None


def _hours(app: App, code: int | None) -> bool:
    """Whether the carrier gave a message back only because of its own quiet hours."""
    return code is not None and known_codes(app.configuration).get(code) is Scope.HOURS


def _learn(app: App, connection: Connection, row: marks.Mark, code: int | None, now: datetime) -> None:
    if code is None:
        return
    known = known_codes(app.configuration)
    if code not in known:
        carriers.count_unknown(connection, "sms", str(code), "in a callback", now)
    rules = app.configuration.delivery
    scope = known.get(code, Scope(rules.default_code))
    if scope is Scope.RECIPIENT:
        partners.disable(connection, row.contact, row.channel, f"{code} ({now:%Y-%m-%d})")
    elif scope is Scope.ACCOUNT:
        # Filtered or suspended: carriers say so afterwards, and each further text would make it worse.
        until = now + timedelta(minutes=rules.circuit_minutes)
        stop_channel(connection, row.channel, str(code), "in a callback", now, until)
