"""When a carrier's quiet hours are over for somebody: the morning of the next day, where they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.model.delivery import DeliveryState
from alerts.model.partner import Contact
from alerts.store import drained, outbox, standing
from alerts.store.engine import Connection


def morning_after(contact: Contact, now: datetime) -> datetime:
    """When this contact's quiet time ends tomorrow."""
    zone = ZoneInfo(contact.time_zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, contact.quiet_to, tzinfo=zone).astimezone(now.tzinfo)


def hours_over(connection: Connection, delivery: str, now: datetime) -> None:
    """Put a message that the carrier took and then gave back into the line again, for the next morning; one that is
    not valid until then has failed."""
    found = outbox.get(connection, delivery)
    stands = standing.of(connection, [delivery]).get(delivery)
    if found is None or stands is None or stands.contact is None:
        return
    due = morning_after(stands.contact, now)
    if due > found.valid_until:
        outbox.move(connection, found, DeliveryState.FAILED, problem="the carrier's quiet hours outlast its validity")
        return
    because = "the carrier's quiet hours"
    if outbox.move(connection, found, DeliveryState.QUEUED, due_at=due, held_because=because, provider_id=""):
        drained.reopen(connection, found.alert, found.version)
