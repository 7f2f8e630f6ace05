"""What is handed to a carrier, what the carrier gives back, and how it says no."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

WITHDRAWN: Final = "withdrawn"
"""Code of a DeliveryError for a message whose `may_go` said no: it was surely not taken."""


def always() -> bool:
    """The `may_go` of a message that nobody takes back."""
    return True


@dataclass(frozen=True, slots=True)
class Message:
    """One text or email to one address. The bytes here are what was approved; a notifier changes nothing in them.

    delivery_id: our own id of this delivery; carriers carry it back to us (callback URL, Message-ID).
    to: E.164 phone number, email address, URL, or a name for the file notifier.
    subject, html: "" where the channel has none. status_callback, unsubscribe: absolute URLs or "".
    front: the partner's own name that the message comes under. headers: further headers for email.
    may_go: asked at the last moment at which nothing is with the carrier yet; False ends the call with a DeliveryError
    of code WITHDRAWN. A process that was paused for an hour asks it when it wakes.
    """

    delivery_id: str
    to: str
    text: str
    subject: str = ""
    html: str = ""
    front: str = ""
    status_callback: str = ""
    unsubscribe: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    may_go: Callable[[], bool] = field(default=always, compare=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The carrier's word that it has taken the message.

    provider: notifier's name. provider_id: the carrier's own id (Twilio SID, our Message-ID for email).
    state: the carrier's word ("queued", "accepted", "250 OK"). segments: None where the carrier does not count.
    """

    provider: str
    provider_id: str
    state: str
    segments: int | None = None


class Scope(StrEnum):
    """Who or what a refusal is about; the outbox reacts by scope, not by number."""

    RECIPIENT = "recipient"  # this address will never work: disable it, tell staff
    MESSAGE = "message"  # this message will never pass
    ACCOUNT = "account"  # nothing will pass until staff mend the account: open the circuit
    TEMPORARY = "temporary"  # surely not taken: safe to try again
    AMBIGUOUS = "ambiguous"  # perhaps taken: ask the carrier before trying again
    HOURS = "hours"  # the carrier's quiet hours: reschedule


class DeliveryError(Exception):
    """A carrier did not take a message, or may not have. `permanent` is True for recipient, message and account."""

    def __init__(self, scope: Scope, code: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"{scope}: {code} {detail}".strip())
        self.scope = scope
        self.code = code
        self.detail = detail
        self.retry_after = retry_after

    @property
    def permanent(self) -> bool:
        return self.scope in (Scope.RECIPIENT, Scope.MESSAGE, Scope.ACCOUNT)


def withdrawn() -> DeliveryError:
    """What a notifier raises when a message may not go any more."""
    return DeliveryError(Scope.TEMPORARY, WITHDRAWN, "it was taken back before anything was said to the carrier")


class Notifier(Protocol):
    """One channel. `send` returns a receipt or raises DeliveryError; `find` asks whether an interrupted send got
    through.

    reconciles: True when "nothing found" may be trusted as "surely not taken" once the carrier has settled.
    confirms: True when the carrier says afterwards that a message has arrived; where it never does, its receipt is all
    that can be waited for.
    taken: the carrier's ids of other deliveries to the same address, for two deliveries of the same words.
    """

    name: str
    reconciles: bool
    confirms: bool

    def send(self, message: Message) -> Receipt: ...

    def find(self, message: Message, since: datetime, taken: Collection[str] = ()) -> Receipt | None: ...
