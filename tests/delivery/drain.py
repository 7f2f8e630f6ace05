"""A sender that carries one segment a second, for hours of simulated time."""

from __future__ import annotations

import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from alerts.flow.delivery.claim import rate_of
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.reviewing.drain_time import drain_time
from alerts.model.delivery import Delivery
from alerts.model.level import Level
from alerts.store import outbox
from tests.delivery.ground import MORNING, Ground, add, add_contacts, row, states
from tests.peers.twilio_peer import TwilioPeer

EVERY = timedelta(seconds=20)
"""How often the bell rings here; a second, as in earnest, would make the same texts go out in the same order."""


def drain(span: timedelta, seed: int = 3) -> tuple[int, bool, float, float]:
    """(texts sent, whether more urgent ones always went first, seconds estimated, seconds taken).

    Half-way through an act-now alert comes in and must overtake all that still waits.
    """
    draw = random.Random(seed)
    total = int(span.total_seconds())
    with tempfile.TemporaryDirectory(prefix="supplywatch-drain-") as folder, TwilioPeer() as carrier:
        app = Ground(f"sqlite:///{Path(folder)}/drain.db", carrier.url, 9).app(rate=1)
        with app.store.write() as connection:
            add_contacts(connection, 200)
        waiting, segments, number = [], 0, 0
        while segments < total:
            size = draw.choice((1, 2, 3))
            level = draw.choice((Level.ADVISORY, Level.ADVISORY, Level.INFO))
            first = draw.random() < 0.2
            number += 1
            segments += size
            waiting.append(
                row(number, number % 200 + 1, "sms", alert=8_000_000 + number, level=level, segments=size, first=first)
            )
        add(app, waiting)
        estimate = drain_time(segments, 0, rate_of(app, "sms")).total_seconds()
        now, urgent_sent = MORNING, False
        while states(app).get("queued"):
            dispatch(app, "sms", now)
            now += EVERY
            if not urgent_sent and now - MORNING > span / 2:
                urgent_sent = True
                urgent = [
                    row(500_000 + n, n, "sms", now, alert=9_000_000 + n, level=Level.ACT_NOW, segments=2)
                    for n in range(1, 51)
                ]
                add(app, urgent)
                estimate += drain_time(100, 0, rate_of(app, "sms")).total_seconds()
        with app.store.read() as connection:
            sent = outbox.latest(connection, 1_000_000)
        app.close()
        took = (now - MORNING).total_seconds()
        return len(carrier.messages), _ordered(sent), estimate, took


def _ordered(sent: list[Delivery]) -> bool:
    """Whether nobody went out while somebody more urgent, or of the same level and new to us, was already waiting."""
    gone = sorted((d.sending_since or MORNING, outbox.rank(d.level, d.first_contact), d.created_at) for d in sent)
    latest: dict[int, tuple[datetime, datetime]] = {}
    for at, rank, created in reversed(gone):
        # Of those who left later than this one, none of a smaller rank may have been there when it left.
        if any(smaller < rank and then > at and made <= at for smaller, (then, made) in latest.items()):
            return False
        known = latest.get(rank)
        latest[rank] = (at, created) if known is None else (max(known[0], at), min(known[1], created))
    return True
