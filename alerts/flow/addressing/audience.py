"""Who hears of an edition, by which channels, and why somebody does not. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerts.flow.scope.region import covers
from alerts.model.delivery import SENT_BY
from alerts.model.level import RANK, Level
from alerts.model.partner import Address, Contact
from detectors.words.places import Gazetteer


class LeftOut(StrEnum):
    """Why a contact or one of its addresses is not written to."""

    PLACE = "asked for other places"
    SUBSTANCE = "asked for other substances"
    LEVEL = "asked only for more urgent alerts"
    CONSENT = "has not given consent"
    DISABLED = "the address does not work"
    UNVERIFIED = "nobody has answered from this address yet"
    NO_CARRIER = "this channel is not set up"
    NO_DRILLS = "takes no part in exercises"
    NEVER_TOLD = "never got the alert"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of one contact that is written to. turn: from 0 in the contact's own order of channels, of which all
    but the first stand by; None when they are written to at all addresses."""

    contact: Contact
    address: Address
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Recipients in the order of contacts, and those left out: (contact, channel or "", why)."""

    recipients: tuple[Recipient, ...]
    left_out: tuple[tuple[int, str, LeftOut], ...]


def audience(
    *,
    substance: str,
    places: Sequence[str],
    level: Level,
    contacts: Sequence[Contact],
    wanted: Mapping[tuple[str, ...], frozenset[str]],
    gazetteer: Gazetteer,
    told: Collection[tuple[int, str]] | None,
    exercise: bool = False,
    channels: Collection[str] = SENT_BY,
) -> Audience:
    """Recipients of one edition.

    wanted: a contact's list of substances as written → ids it means. told: (contact, channel) pairs that got this
    alert's earlier editions. None for the first edition; for an end or correction exactly they hear of it, whatever
    their choice of places says by now; consent still counts. Who has an order of channels hears of it by any of
    them. exercise: only those who opted into drills. channels: that a carrier is set up for.
    """
    heard = {number for number, _ in told or ()}
    recipients: list[Recipient] = []
    left_out: list[tuple[int, str, LeftOut]] = []
    near: dict[tuple[str, ...], bool] = {}
    for contact in contacts:
        why = LeftOut.NO_DRILLS if exercise and not contact.drills else None
        if why is None and told is None:
            if contact.places not in near:
                near[contact.places] = any(covers(own, place, gazetteer) for own in contact.places for place in places)
            why = _unwanted(contact, substance, level, wanted[contact.substances], near=near[contact.places])
        if why is not None:
            left_out.append((contact.id, "", why))
            continue
        for address in contact.addresses:
            by_any = bool(contact.channels) and contact.id in heard
            if told is not None and not by_any and (contact.id, address.channel) not in told:
                left_out.append((contact.id, address.channel, LeftOut.NEVER_TOLD))
            elif address.channel not in channels:
                left_out.append((contact.id, address.channel, LeftOut.NO_CARRIER))
            elif address.disabled:
                left_out.append((contact.id, address.channel, LeftOut.DISABLED))
            elif not address.consent:
                left_out.append((contact.id, address.channel, LeftOut.CONSENT))
            elif not address.verified:
                left_out.append((contact.id, address.channel, LeftOut.UNVERIFIED))
            else:
                recipients.append(Recipient(contact, address))
    return Audience(tuple(recipients), tuple(left_out))


def _unwanted(contact: Contact, substance: str, level: Level, wanted: frozenset[str], *, near: bool) -> LeftOut | None:
    if RANK[level] > RANK[contact.least]:
        return LeftOut.LEVEL
    if substance not in wanted:
        return LeftOut.SUBSTANCE
    return None if near else LeftOut.PLACE
