"""What becomes of a message that its carrier did not take, by what the refusal is about."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.config.error_codes import known_codes
from alerts.flow.delivery.backoff import backoff
from alerts.flow.delivery.hours_over import morning_after
from alerts.model.delivery import Delivery, DeliveryState
from alerts.record.append import append
from alerts.store import attempts, carriers, outbox, partners, standing
from alerts.store.engine import Connection
from notifiers.message import DeliveryError, Scope


def refused(app: App, connection: Connection, delivery: Delivery, error: DeliveryError, now: datetime) -> None:
    """Move one row that is `sending` on from its carrier's no, inside the caller's transaction."""
    rules = app.configuration.delivery
    problem = f"{error.code} {error.detail}".strip()
    attempts.end_attempt(connection, delivery.id, delivery.attempt, now, str(error.scope), error.code, error.detail)
    if _unknown(app, delivery, error.code):
        carriers.count_unknown(connection, "sms", error.code, error.detail, now)
    if error.scope is Scope.AMBIGUOUS:
        settled = now + timedelta(seconds=rules.settle_seconds)
        outbox.put_back(
            connection, delivery, due_at=settled, settled_at=settled, problem=problem,
            because=f"perhaps sent ({problem}); the carrier is asked before it is sent again",
        )  # fmt: skip
        return
    if error.scope is Scope.ACCOUNT:
        until = now + timedelta(minutes=rules.circuit_minutes)
        stop_channel(connection, delivery.channel, error.code, error.detail, now, until)
        outbox.move(
            connection, delivery, DeliveryState.QUEUED, due_at=until, problem=problem,
            held_because="the carrier refuses our account; it is tried again when the circuit closes",
        )  # fmt: skip
        return
    if error.scope in (Scope.RECIPIENT, Scope.MESSAGE):
        if error.scope is Scope.RECIPIENT:
            partners.disable(connection, delivery.contact, delivery.channel, f"{problem} ({now:%Y-%m-%d})")
        outbox.move(connection, delivery, DeliveryState.FAILED, problem=problem)
        return
    again = _again(app, connection, delivery, error, now)
    if again > delivery.valid_until:
        outbox.move(connection, delivery, DeliveryState.FAILED, problem=f"{problem}; it was tried while it was valid")
        return
    tried = f"{error.scope}: tried {delivery.attempt} times"
    troubled = "; this goes on for long" if delivery.attempt >= rules.attempts else ""
    outbox.move(
        connection, delivery, DeliveryState.QUEUED, due_at=again, problem=problem, held_because=tried + troubled
    )


def stop_channel(
    connection: Connection, channel: str, code: str, detail: str, now: datetime, until: datetime
) -> None:  # fmt: skip
    """Open the circuit of a channel; the record says so once."""
    if carriers.open_circuit(connection, channel, now=now, until=until, code=code, detail=detail):
        append(connection, at=now, kind="channel.stopped", subject=channel, fields={"code": code, "detail": detail})


def _unknown(app: App, delivery: Delivery, code: str) -> bool:
    """Whether this is one of Twilio's own codes (five digits; three are HTTP's) that no table has."""
    own = delivery.channel == "sms" and code.isdecimal() and len(code) == 5
    return own and int(code) not in known_codes(app.configuration)


def _again(app: App, connection: Connection, delivery: Delivery, error: DeliveryError, now: datetime) -> datetime:
    rules = app.configuration.delivery
    if error.scope is Scope.HOURS:
        stands = standing.of(connection, [delivery.id]).get(delivery.id)
        if stands is not None and stands.contact is not None:
            return morning_after(stands.contact, now)
    wait = backoff(delivery.id, delivery.attempt, rules.backoff_seconds, rules.backoff_most_seconds)
    return now + max(wait, timedelta(seconds=error.retry_after or 0))
