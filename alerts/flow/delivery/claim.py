"""Taking messages to send: chosen, checked again, paid for and marked as `sending`, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.seal import intact
from alerts.flow.delivery.budget import budget
from alerts.flow.delivery.recheck import Verdict, recheck
from alerts.flow.process.fault import fault
from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import carriers, outbox, standby, standing
from alerts.store.engine import Connection
from alerts.store.stopwatch import Stopwatch


@dataclass(frozen=True, slots=True)
class Claimed:
    """sending: rows that are ours to send now. put_aside: rows that were looked at and must not go now.

    watch: until it has run out no other worker looks at them. mark: see `standing.mark`, when they were checked.
    """

    sending: tuple[Delivery, ...]
    put_aside: tuple[Delivery, ...]
    watch: Stopwatch
    mark: tuple[int, int]

    @property
    def seen(self) -> int:
        return len(self.sending) + len(self.put_aside)


def claim(app: App, channel: str, now: datetime, most: int) -> Claimed:
    """Claim up to `most` due messages of one channel, the most urgent first."""
    lease = timedelta(seconds=app.configuration.clock.lease_seconds)
    # Only in the first half of the lease is anything said to a carrier, so that the answer comes within it.
    watch = Stopwatch(lease.total_seconds() / 2)
    fault("before-claim")
    with app.store.write() as connection:
        mark = standing.mark(connection)
        broken = carriers.circuit(connection, channel)
        if broken is not None:
            # Later than any circuit is opened for: the clock was set back since.
            longest = 2 * timedelta(minutes=app.configuration.delivery.circuit_minutes)
            if now < broken.open_until <= now + longest:
                return Claimed((), (), watch, mark)
            most = 1
        found = standby.ours(connection, outbox.due(connection, channel, now, most))
        if not found:
            return Claimed((), (), watch, mark)
        stands = standing.of(connection, [d.id for d in found])
        verdicts = {d.id: recheck(d, stands[d.id], now) or _altered(app, d, stands[d.id]) for d in found}
        right = [d for d in found if verdicts[d.id] is None]
        for delivery in found:
            verdict = verdicts[delivery.id]
            if verdict is not None:
                set_aside(connection, delivery, verdict)
        put_aside = tuple(d for d in found if verdicts[d.id] is not None)
        sending = outbox.begin(
            connection, _affordable(app, connection, channel, right, now), owner=app.store.owner, now=now, lease=lease
        )
        fault("in-claim")
    fault("after-claim")
    return Claimed(tuple(sending), put_aside, watch, mark)


ALTERED = "its words or its address are not those that were approved"


def _altered(app: App, delivery: Delivery, stands: standing.Standing) -> Verdict | None:
    """Failed, not cancelled: whatever changed it, somebody was not told, and a person must hear of that."""
    return None if intact(app.key, stands.approved, delivery) else Verdict(DeliveryState.FAILED, ALTERED)


def set_aside(connection: Connection, delivery: Delivery, verdict: Verdict) -> None:
    """Do to a row what the check says."""
    if verdict.to is DeliveryState.STANDBY:
        outbox.move(connection, delivery, verdict.to, held_because=verdict.why)
    elif verdict.to is not DeliveryState.QUEUED:
        outbox.move(connection, delivery, verdict.to, problem=verdict.why)
    elif delivery.state is DeliveryState.QUEUED:
        assert verdict.due is not None
        outbox.put_back(connection, delivery, due_at=verdict.due, because=verdict.why)
    else:
        outbox.move(connection, delivery, DeliveryState.QUEUED, due_at=verdict.due, held_because=verdict.why)


def rate_of(app: App, channel: str) -> float:
    """Segments (of mails: mails) that a channel's sender carries in a second; 0 when nothing limits it."""
    if channel == "sms":
        sms = app.configuration.sms
        return sms.segments_per_second if sms.notifier == "twilio" else 0.0
    return app.configuration.email.mails_per_second if channel == "email" else 0.0


def _affordable(
    app: App, connection: Connection, channel: str, right: list[Delivery], now: datetime
) -> list[Delivery]:  # fmt: skip
    rate = rate_of(app, channel)
    if not rate or not right:
        return right
    sizes = [d.segments if channel == "sms" else 1 for d in right]
    number, until = budget(sizes, rate, carriers.free_at(connection, channel, now), now)
    if number:
        carriers.spend(connection, channel, until)
    return right[:number]
