"""What messages to one contact may say: proof, consent, help, digests. One noun per kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from alerts.wording.place_name import PlaceName
from alerts.wording.staff import StaffContent


@dataclass(frozen=True, slots=True)
class Verification:
    """Proof that a phone or inbox is its owner's.

    code: what to type or send back. minutes: how long it holds. link: one-time URL for email, "" for texts.
    """

    kind: ClassVar[str] = "verification"
    front: str
    programme: str
    code: str
    minutes: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    """First message after verification.

    places: what the contact asked to hear of. substances: English display names; empty means all of them.
    weekly: most texts a week, None without a limit. contact: how to reach the programme.
    """

    kind: ClassVar[str] = "welcome"
    front: str
    programme: str
    places: tuple[PlaceName, ...]
    substances: tuple[str, ...] = ()
    weekly: int | None = None
    contact: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class StopConfirmation:
    """The one and last message after an opt-out. contact: how to reach the programme."""

    kind: ClassVar[str] = "stop_confirmation"
    front: str
    programme: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class StartConfirmation:
    """The answer to an opt-back-in."""

    kind: ClassVar[str] = "start_confirmation"
    front: str
    programme: str
    places: tuple[PlaceName, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """The answer to HELP. contact: phone or address of the programme. link: a page about the alerts."""

    kind: ClassVar[str] = "help"
    front: str
    programme: str
    contact: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A short answer to what somebody wrote. about: "emergency" (somebody may be dying), "join" (confirm it),
    "language" (it has been changed) or "report" (thank you). places: what they would hear of."""

    kind: ClassVar[str] = "answer"
    front: str
    programme: str
    about: str
    places: tuple[PlaceName, ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to WHY: what made this contact a receiver. how: the consent log's words; since: its date."""

    kind: ClassVar[str] = "why"
    front: str
    programme: str
    alert: str
    name: str
    places: tuple[PlaceName, ...]
    since: date
    how: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert in a list. name: English display name. kind: a key of KINDS. level: act_now, advisory, info."""

    alert: str
    name: str
    places: tuple[PlaceName, ...]
    kind: str
    level: str
    on: date
    link: str
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alerts that waited for quiet hours or the weekly limit, merged into one message; none of them is dropped."""

    kind: ClassVar[str] = "waiting"
    front: str
    programme: str
    lines: tuple[AlertLine, ...]
    link: str
    opt_out: bool = False
    simulated: bool = False
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class QuietSource:
    """A place or feed that was not heard of. since: its newest data; None when there never was any."""

    name: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Digest:
    """What changed, what ended, what was not heard from, between two days (both inclusive)."""

    kind: ClassVar[str] = "digest"
    front: str
    programme: str
    first: date
    last: date
    changed: tuple[AlertLine, ...]
    ended: tuple[AlertLine, ...]
    open: tuple[AlertLine, ...]
    quiet: tuple[QuietSource, ...]
    link: str
    held_back: int = 0
    unsubscribe: str = ""
    simulated: bool = False


PersonContent = (
    Verification
    | Welcome
    | StopConfirmation
    | StartConfirmation
    | Help
    | Answer
    | Why
    | Waiting
    | Digest
    | StaffContent
)
