"""Messages of an edition that are decided, to the letter, and not yet rows of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Words:
    """One text, as its rows carry it. letter: id of the letter that its words are kept in; then subject, text and html
    are "". segments: of a text; 0 for mail."""

    front: str
    kind: str
    language: str
    subject: str
    text: str
    html: str
    segments: int
    letter: str


class Line(NamedTuple):
    """One message. words, hour: places in the part's tables of texts and of hours. link: what goes into the letter's
    gap. why, fresh, turn: as of a slip."""

    contact: int
    channel: str
    address: str
    words: int
    link: str
    hour: int
    why: str
    fresh: bool
    turn: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the messages of one edition; all that one person gets are in the same part.

    level: of the edition. approved: the hash that it was approved under. at: when it was planned. valid_hours: how long
    a message may be tried after its hour.
    """

    alert: int
    version: int
    level: str
    approved: str
    at: datetime
    valid_hours: float
    texts: tuple[Words, ...]
    hours: tuple[datetime, ...]
    lines: tuple[Line, ...]
