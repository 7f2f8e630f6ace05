"""Which of a person's channels is written to, and which stand by. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from alerts.flow.addressing.audience import Recipient


def in_order(recipients: Sequence[Recipient], worked: Mapping[int, Sequence[str]]) -> tuple[Recipient, ...]:
    """Recipients in the order of contacts, each with its turn.

    Somebody who named no order gets it at all addresses at once. Else the first address that can be used is written to
    and the others stand by: the channels by which this alert has already come through (`worked`, the surest first),
    then the named ones, then the rest.
    """
    result: list[Recipient] = []
    for number, mine in groupby(recipients, key=lambda r: r.contact.id):
        own = list(mine)
        order = [*worked.get(number, ()), *own[0].contact.channels]
        if not own[0].contact.channels:
            result += own
            continue
        own.sort(key=lambda r: order.index(r.address.channel) if r.address.channel in order else len(order))
        result += [replace(one, turn=turn) for turn, one in enumerate(own)]
    return tuple(result)
