"""What a carrier may do to us, on demand."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum


class Mischief(StrEnum):
    TOO_MANY = "429"  # refused, with Retry-After
    ERROR_BEFORE = "500-before"  # 500, and not taken
    ERROR_AFTER = "500-after"  # taken, and 500 all the same
    STALL_BEFORE = "stall-before"  # not taken, and no answer
    STALL_AFTER = "stall-after"  # taken, and no answer
    HANG_UP_BEFORE = "hang-up-before"
    HANG_UP_AFTER = "hang-up-after"
    GARBAGE_AFTER = "garbage-after"  # taken, and an answer that is no JSON
    SLOW = "slow"  # taken, answered after `seconds`
    REFUSE = "refuse"  # refused with `code`
    UNDELIVERED = "undelivered"  # taken, later "undelivered" with `code`
    QUEUE = "queue"  # taken, never sent on: no date_sent, no callback
    CALLBACK_TWICE = "callback-twice"
    CALLBACK_EARLY = "callback-early"  # before the answer to the POST
    CALLBACK_REVERSED = "callback-reversed"
    CALLBACK_LATE = "callback-late"  # after `seconds`
    CALLBACK_NONE = "callback-none"
    CALLBACK_PER_SEGMENT = "callback-per-segment"
    LIST_ERROR = "list-500"  # the list call fails; the only one that a POST does not meet


@dataclass
class Order:
    """times: how often still, None for ever. to: only to this number. seconds: for slow ones. code: of errors."""

    kind: Mischief
    times: int | None = 1
    to: str = ""
    seconds: float = 30.0
    code: int = 30003


class Orders:
    """Mischief waiting for its moment, first come first served."""

    def __init__(self) -> None:
        self._orders: list[Order] = []
        self._lock = threading.Lock()

    def add(self, order: Order) -> None:
        with self._lock:
            self._orders.append(order)

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def next(self, to: str = "", listing: bool = False) -> Order | None:
        """The order that the next request meets, used up by one."""
        with self._lock:
            for order in self._orders:
                if (order.kind is Mischief.LIST_ERROR) == listing and order.to in ("", to):
                    if order.times is not None:
                        order.times -= 1
                        if order.times <= 0:
                            self._orders.remove(order)
                    return order
        return None
