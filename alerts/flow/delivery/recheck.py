"""Whether a message may still go out, now that it is its turn. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.flow.addressing.quiet_hours import not_before
from alerts.model.alert import AlertState
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.reason import ENDINGS
from alerts.store.standing import Standing

PREDECESSOR_PAUSE = timedelta(seconds=5)
"""An edition that waits for an earlier one is looked at again after so long."""


SIBLING_PAUSE = timedelta(seconds=5)
"""A second channel that waits for the first one's answer is looked at again after so long."""

ADDRESS_DEAD = "the address does not work"
ADDRESS_MOVED = "the contact has another address now"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a row instead of being sent. to: QUEUED puts it off until `due`; STANDBY takes it out of the line
    for as long as another channel holds; CANCELLED and FAILED end it."""

    to: DeliveryState
    why: str
    due: datetime | None = None


def recheck(delivery: Delivery, standing: Standing, now: datetime) -> Verdict | None:
    """None when the message may go; else what becomes of it, and why in words that staff read."""
    contact = standing.contact
    if contact is None or not contact.active:
        return Verdict(DeliveryState.CANCELLED, "the contact has left")
    if not standing.consent:
        return Verdict(DeliveryState.CANCELLED, "consent was taken back")
    if standing.disabled:
        return Verdict(DeliveryState.CANCELLED, ADDRESS_DEAD)
    if standing.address != delivery.address:
        return Verdict(DeliveryState.CANCELLED, ADDRESS_MOVED)
    if _overtaken(delivery, standing):
        return Verdict(DeliveryState.CANCELLED, "the alert ended before this went out")
    if standing.told_elsewhere:
        return Verdict(DeliveryState.STANDBY, "another channel of this person got through first")
    if now > delivery.valid_until:
        # Failed, not cancelled: a person must hear that somebody was not told in time.
        return Verdict(DeliveryState.FAILED, "it could not be sent while it was valid")
    due = not_before(contact, delivery.channel, delivery.level, now)
    if due > now:
        return Verdict(DeliveryState.QUEUED, "quiet hours", due)
    if standing.tried_elsewhere:
        return Verdict(DeliveryState.QUEUED, "another channel of this person is being tried", now + SIBLING_PAUSE)
    if standing.blocked:
        return Verdict(DeliveryState.QUEUED, "an earlier message of the same alert goes first", now + PREDECESSOR_PAUSE)
    return None


def _overtaken(delivery: Delivery, standing: Standing) -> bool:
    """True for a first or updated warning of an alert that has ended: saying it now would be wrong."""
    ended = standing.alert_state is AlertState.ENDED
    return ended and delivery.version < standing.newest and standing.reason not in ENDINGS
