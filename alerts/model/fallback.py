"""Why one channel of a person is not relied on any more, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.model.delivery import Delivery


class Lapse(StrEnum):
    """Why another channel is started; words that the record, the screens and the tests share."""

    FAILED = "it failed"
    ADDRESS = "its address does not work"
    NO_RECEIPT = "nothing shows in time that it arrived"
    STOPPED = "its carrier refuses our account"
    IDLE = "nothing was sent there in time"


@dataclass(frozen=True, slots=True)
class Wake:
    """A channel that stood by is started. because: of the channel it takes over from. given_up: ids of the channels
    that are not relied on any more."""

    delivery: Delivery
    instead_of: str
    because: Lapse
    given_up: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """A channel that stood by cannot be used any more. why: in words that staff read."""

    delivery: Delivery
    why: str


@dataclass(frozen=True, slots=True)
class Carriers:
    """How the carriers stand. confirming: channels that say when a message has arrived; stopped: whose circuit is open;
    idle: on which nothing moves. since: what was tried before then and has not arrived is late. levels: of the messages
    that this matters to."""

    confirming: frozenset[str]
    stopped: frozenset[str]
    idle: frozenset[str]
    since: datetime
    levels: frozenset[str]
