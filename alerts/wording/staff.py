"""What messages to staff may say: alarms, reviews, the way in. One noun per kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from alerts.wording.place_name import PlaceName


@dataclass(frozen=True, slots=True)
class SignIn:
    """A one-time link to the console. minutes: how long it holds."""

    kind: ClassVar[str] = "sign_in"
    programme: str
    name: str
    link: str
    minutes: int


@dataclass(frozen=True, slots=True)
class LateFeed:
    """A feed that should have spoken. expected: how often it usually does, in days. newest: date of its newest data."""

    kind: ClassVar[str] = "late_feed"
    programme: str
    feed: str
    condition: str
    newest: date | None
    expected: int
    mend: str
    link: str


@dataclass(frozen=True, slots=True)
class FeedBack:
    """A feed that had its alarm speaks again. newest: date of its newest data, None if it gives none."""

    kind: ClassVar[str] = "feed_back"
    programme: str
    feed: str
    newest: date | None
    link: str


@dataclass(frozen=True, slots=True)
class FailedApproval:
    """A review whose deadline passed. deadline: in the programme's own time zone. asked: who is asked next, by role."""

    kind: ClassVar[str] = "failed_approval"
    programme: str
    alert: str
    name: str
    level: str
    deadline: datetime
    asked: str
    link: str


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Messages that a carrier refused for good. worst: the commonest reason in plain words."""

    kind: ClassVar[str] = "dead_letters"
    programme: str
    alert: str
    count: int
    worst: str
    link: str


@dataclass(frozen=True, slots=True)
class StoppedCarrier:
    """A carrier that refuses our account. channel: "sms", "email", "chat" or "webhook". code, detail: the carrier's own
    words. again: when one message tries again."""

    kind: ClassVar[str] = "stopped_carrier"
    programme: str
    channel: str
    code: str
    detail: str
    again: datetime
    link: str


@dataclass(frozen=True, slots=True)
class LookBackDue:
    """An alert that went out on one person's word, and that nobody else has looked at in time. by: who let it out."""

    kind: ClassVar[str] = "look_back_due"
    programme: str
    alert: str
    name: str
    level: str
    by: str
    since: datetime
    link: str


@dataclass(frozen=True, slots=True)
class CheckpointMail:
    """What the record came to on one day, for a reviewer to keep. note: the signed text, to be kept as it is."""

    kind: ClassVar[str] = "checkpoint"
    programme: str
    dated: date
    entries: int
    note: str


@dataclass(frozen=True, slots=True)
class UnreadMailbox:
    """A mailbox that cannot be read, so that nobody hears of mail that comes back. fault: "login", "certificate",
    "folder", "slow" or "broken". host: the mail server."""

    kind: ClassVar[str] = "unread_mailbox"
    programme: str
    since: datetime
    fault: str
    host: str
    link: str


@dataclass(frozen=True, slots=True)
class ReviewNeeded:
    """A version that waits for a second pair of eyes."""

    kind: ClassVar[str] = "review_needed"
    programme: str
    alert: str
    name: str
    level: str
    places: tuple[PlaceName, ...]
    deadline: datetime
    link: str


StaffContent = (
    SignIn
    | LateFeed
    | FeedBack
    | FailedApproval
    | DeadLetters
    | StoppedCarrier
    | UnreadMailbox
    | CheckpointMail
    | LookBackDue
    | ReviewNeeded
)
