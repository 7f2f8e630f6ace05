"""One message on its way to one address: its states, and the only moves between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.model.level import Level

SENT_BY = ("sms", "email", "chat", "webhook")
"""Channels of the outbox, in the order in which they are listed: what wakes people first. A chat room and a partner's
own system get alerts; whatever is meant for one person does not go there."""

LAYER = {"sms": "sms", "email": "email", "chat": "email", "webhook": "email"}
"""Channel → the layer of words that it carries."""


class DeliveryState(StrEnum):
    """Documented one by one, because a person will ask "did they get it?"."""

    QUEUED = "queued"  # due at its hour; any worker may take it
    SENDING = "sending"  # committed before the carrier was called; if found after its lease, the carrier is asked
    ACCEPTED = "accepted"  # the carrier gave a receipt
    DELIVERED = "delivered"  # the carrier says that the phone or mailbox has it
    FAILED = "failed"  # the carrier said no for good, or its time ran out; a person must look (dead letter)
    STANDBY = "standby"  # the next channel of somebody with an order of channels; sent only when the one before fails
    CANCELLED = "cancelled"  # consent was taken back, or the alert was withdrawn before it went out


MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.QUEUED: frozenset({DeliveryState.SENDING, DeliveryState.CANCELLED, DeliveryState.FAILED,
                                     DeliveryState.ACCEPTED, DeliveryState.DELIVERED,
                                     DeliveryState.STANDBY}),
    DeliveryState.SENDING: frozenset({DeliveryState.QUEUED, DeliveryState.ACCEPTED, DeliveryState.FAILED,
                                      DeliveryState.DELIVERED, DeliveryState.CANCELLED, DeliveryState.STANDBY}),
    DeliveryState.ACCEPTED: frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.QUEUED}),
    DeliveryState.DELIVERED: frozenset(),
    DeliveryState.FAILED: frozenset({DeliveryState.QUEUED, DeliveryState.DELIVERED}),
    DeliveryState.STANDBY: frozenset({DeliveryState.QUEUED, DeliveryState.CANCELLED, DeliveryState.ACCEPTED,
                                      DeliveryState.DELIVERED}),
    DeliveryState.CANCELLED: frozenset(),
}  # fmt: skip
"""FAILED → QUEUED is a person's retry; FAILED → DELIVERED is a late callback that proves us wrong, and is welcome.
QUEUED → ACCEPTED and → DELIVERED likewise: the carrier was asked, did not have it yet, and has it after all.
ACCEPTED → QUEUED: the carrier gave it back because of its quiet hours; it goes out in the morning.
QUEUED → STANDBY: another channel got through first; → QUEUED again when that one fails after all."""


def relied_on(state: DeliveryState, given_up_at: datetime | None) -> bool:
    """Whether a channel is relied on: its carrier has the message and was not given up since it took it."""
    return state is DeliveryState.DELIVERED or (state is DeliveryState.ACCEPTED and given_up_at is None)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox.

    id: our own name for it, carried by every carrier and callback. kind: which template it was made from.
    text, subject, html: exactly what is sent. due_at: not before; valid_until: not after. attempt: how often it was
    tried. settled_at: of an interrupted row: from when on "the carrier does not list it" means that it has it not.
    care_of: who of the staff looks after it since it failed; dismissed_at: when they said that no more can be done.
    turn: place of this channel in the order that the contact wishes, from 0; None where all addresses get it at once.
    given_up_at: since when another channel was started because this one had failed or kept silent for too long; a
    receipt that comes after that takes it back.
    first_contact: nothing was ever sent to this address before; such messages go first among equals.
    letter, own_link: of words that many get: id of the letter they are kept in, and what goes into its gap.
    seal: binds address and words to their approval; a row without it is not sent.
    """

    id: str
    alert: int
    version: int
    contact: int
    channel: str
    address: str
    language: str
    kind: str
    level: Level
    state: DeliveryState
    front: str
    subject: str
    text: str
    html: str
    segments: int
    created_at: datetime
    due_at: datetime
    valid_until: datetime
    attempt: int = 0
    provider: str = ""
    provider_id: str = ""
    problem: str = ""
    held_because: str = ""
    sending_since: datetime | None = None
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    settled_at: datetime | None = None
    care_of: str = ""
    dismissed_at: datetime | None = None
    turn: int | None = None
    given_up_at: datetime | None = None
    first_contact: bool = False
    letter: str = ""
    own_link: str = ""
    seal: str = ""

    @property
    def holds(self) -> bool:
        """Whether this channel is relied on: its carrier has the message and was not given up since it took it."""
        return relied_on(self.state, self.given_up_at)
