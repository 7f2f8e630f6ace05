"""Whether the next channel of one person must be started for one edition. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.flow.delivery.recheck import ADDRESS_DEAD, ADDRESS_MOVED, recheck
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.fallback import Carriers, Close, Lapse, Wake
from alerts.store.standing import Standing

LOST = (ADDRESS_DEAD, ADDRESS_MOVED)
"""Why a row was cancelled although its reader still wants it. Whoever took consent back, or was told something newer,
is not written to by another way instead."""


def next_channel(
    rows: Sequence[Delivery],
    standings: Mapping[str, Standing],
    first_tries: Mapping[str, datetime],
    merged_failed: frozenset[str],
    carriers: Carriers,
    now: datetime,
) -> list[Wake | Close]:
    """At most one channel to start, and those that stood by in vain.

    rows: of one contact and edition, in the order of channels. merged_failed: rows that went out inside a text for
    several alerts, which failed. Nothing is started while any channel that is relied on may still come through.
    """
    waiting = [r for r in rows if r.state is DeliveryState.STANDBY]
    relied_on = [r for r in rows if r.state is not DeliveryState.STANDBY and (r.given_up_at is None or r.holds)]
    lapses = [(r, _lapse(r, first_tries.get(r.id), r.id in merged_failed, carriers)) for r in relied_on]
    why = lapses[-1][1] if lapses else None
    if why is None or any(lapse is None for _, lapse in lapses):
        return []
    intents: list[Wake | Close] = []
    for row in waiting:
        if row.channel in carriers.stopped:
            continue
        verdict = recheck(row, standings[row.id], now)
        if verdict is not None and verdict.to is DeliveryState.CANCELLED:
            intents.append(Close(row, verdict.why))
            continue
        intents.append(Wake(row, lapses[-1][0].channel, why, tuple(r.id for r in relied_on)))
        break
    return intents


def _lapse(row: Delivery, first_try: datetime | None, merged_failed: bool, carriers: Carriers) -> Lapse | None:
    """Why a channel is not to be relied on any more; None while it is."""
    if row.state is DeliveryState.FAILED or merged_failed:
        return Lapse.FAILED
    if row.state is DeliveryState.CANCELLED:
        return Lapse.ADDRESS if row.problem in LOST else None
    if row.state is DeliveryState.DELIVERED or str(row.level) not in carriers.levels:
        return None
    if row.state is DeliveryState.ACCEPTED:
        late = row.accepted_at is not None and row.accepted_at <= carriers.since
        return Lapse.NO_RECEIPT if late and row.channel in carriers.confirming else None
    if row.state is DeliveryState.QUEUED and row.channel in carriers.stopped:
        return Lapse.STOPPED
    if first_try is not None:
        return Lapse.NO_RECEIPT if first_try <= carriers.since else None
    idle = row.channel in carriers.idle and row.due_at <= carriers.since
    return Lapse.IDLE if idle else None
