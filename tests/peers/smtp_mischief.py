"""What a mail server may do to us, on demand."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum


class MailMischief(StrEnum):
    REFUSE_SENDER = "refuse-sender"  # at MAIL, with `reply`
    REFUSE_RECIPIENT = "refuse-recipient"  # at RCPT, with `reply`
    REFUSE_DATA = "refuse-data"  # after the message, with `reply`
    STALL_BEFORE = "stall-before"  # no answer to RCPT, nothing taken
    STALL_AFTER = "stall-after"  # taken, and no answer
    HANG_UP_BEFORE = "hang-up-before"
    HANG_UP_AFTER = "hang-up-after"
    SLOW = "slow"  # taken, answered after `seconds`


AT_SENDER = frozenset({MailMischief.REFUSE_SENDER})
AT_RECIPIENT = frozenset({MailMischief.REFUSE_RECIPIENT, MailMischief.STALL_BEFORE, MailMischief.HANG_UP_BEFORE})
AT_DATA = frozenset(MailMischief) - AT_SENDER - AT_RECIPIENT
REPLIES = {
    MailMischief.REFUSE_SENDER: "550 5.1.8 sender domain does not exist",
    MailMischief.REFUSE_RECIPIENT: "550 5.1.1 no such user",
    MailMischief.REFUSE_DATA: "554 5.6.0 content refused",
}


@dataclass
class MailOrder:
    """times: how often still, None for ever. to: only this recipient. reply: words said. seconds: for slow ones."""

    kind: MailMischief
    times: int | None = 1
    to: str = ""
    reply: str = ""
    seconds: float = 30.0


class MailOrders:
    """Mischief waiting for its moment, first come first served."""

    def __init__(self) -> None:
        self._orders: list[MailOrder] = []
        self._lock = threading.Lock()

    def add(self, order: MailOrder) -> None:
        with self._lock:
            self._orders.append(order)

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def next(self, kinds: frozenset[MailMischief], recipients: tuple[str, ...]) -> MailOrder | None:
        """The order that is met at this point of the conversation, used up by one."""
        with self._lock:
            for order in self._orders:
                if order.kind in kinds and (not order.to or order.to in recipients):
                    if order.times is not None:
                        order.times -= 1
                        if order.times <= 0:
                            self._orders.remove(order)
                    return order
        return None
