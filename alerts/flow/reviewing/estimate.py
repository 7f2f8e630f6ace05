"""What sending an edition costs and how long it takes, for whoever approves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.plan import Plan
from alerts.flow.addressing.slip import Slip
from alerts.flow.delivery.claim import rate_of
from alerts.flow.reviewing.drain_time import drain_time
from alerts.model.level import Level
from alerts.store import outbox
from alerts.store.engine import Connection


@dataclass(frozen=True, slots=True)
class Line:
    """One channel's way out. now: segments (of mails: mails) that may leave at once. ahead: those that go before them.

    rate: a second; 0 for no limit. drained: time until the last of them has left. later: messages whose hour comes
    later, and last_hour: when the last of these may leave, None when there are none.
    """

    channel: str
    messages: int
    now: int
    ahead: int
    rate: float
    drained: timedelta
    later: int
    last_hour: datetime | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """audience: contacts. segments: of all texts. price: of all of them, None where no price is configured.

    waiting: messages that do not go out at once, with why, soonest first.
    """

    audience: int
    segments: int
    price: float | None
    currency: str
    lines: tuple[Line, ...]
    waiting: tuple[Slip, ...]


def estimate(app: App, connection: Connection, planned: Plan, now: datetime) -> Estimate:
    """Reads only. What is due later than now is counted by its hour, not by the line."""
    sms = app.configuration.sms
    by_channel: dict[str, list[Slip]] = {}
    for slip in planned.first:
        by_channel.setdefault(slip.channel, []).append(slip)
    waiting = tuple(sorted((s for s in planned.first if s.due > now), key=lambda s: (s.due, s.contact)))
    level = planned.content.level
    return Estimate(
        audience=len({s.contact for s in planned.first}),
        segments=planned.segments,
        price=round(planned.segments * sms.price_per_segment, 2) if sms.price_per_segment else None,
        currency=sms.currency,
        lines=tuple(_line(app, connection, channel, rows, level, now) for channel, rows in by_channel.items()),
        waiting=waiting,
    )


def _line(
    app: App, connection: Connection, channel: str, rows: Sequence[Slip], level: Level, now: datetime
) -> Line:  # fmt: skip
    at_once = [s for s in rows if s.due <= now]
    later = [s.due for s in rows if s.due > now]
    rate = rate_of(app, channel)
    size = sum(s.said.segments if channel == "sms" else 1 for s in at_once)
    # Those who never heard from us go first among equals, so the last to leave has the larger rank.
    rank = max((outbox.rank(level, s.fresh) for s in at_once), default=0)
    ahead = outbox.segments_ahead(connection, channel, now, rank) if at_once else 0
    return Line(
        channel, len(rows), size, ahead, rate, drain_time(size, ahead, rate), len(later), max(later, default=None)
    )  # fmt: skip
