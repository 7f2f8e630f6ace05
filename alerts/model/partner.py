"""Who hears of an alert, where, how, in which language and at what hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from alerts.model.level import Level


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation. front: the name that its people know and that every message to them begins with."""

    id: int
    name: str
    front: str


@dataclass(frozen=True, slots=True)
class Address:
    """One phone or inbox of a contact. consent: the last word in the consent log is "given". disabled: why it is
    dead. verified: its owner answered from it; before that it gets nothing but the question."""

    channel: str
    address: str
    consent: bool
    disabled: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """One person, phone or shared inbox.

    places: FIPS codes of the states and counties they want to hear of. substances: ids, "class:NAME" or "*".
    least: the lowest level they want. quiet_from, quiet_to: local hours in which only `wake` lets an act-now text
    through.
    weekly: most texts a week below act now; None for the programme's own limits. drills: takes part in exercises.
    digest: "daily", "weekly" or "".
    channels: the order in which their addresses are tried, the next one only when the one before fails; () for alerts
    to all addresses at once.
    """

    id: int
    partner: Partner
    label: str
    language: str
    time_zone: str
    places: tuple[str, ...]
    substances: tuple[str, ...]
    least: Level
    addresses: tuple[Address, ...]
    quiet_from: time = time(21, 0)
    quiet_to: time = time(8, 0)
    wake: bool = False
    active: bool = True
    weekly: int | None = None
    drills: bool = False
    digest: str = ""
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of the consent log: given or revoked, how, in which words, when."""

    contact: int
    channel: str
    given: bool
    how: str
    words: str
    at: datetime
