"""When somebody may be written to. Pure; works on local clock times, so that both changes of the clock come out
right."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.model.level import Level
from alerts.model.partner import Contact


def not_before(contact: Contact, channel: str, level: Level, now: datetime) -> datetime:
    """The earliest moment, `now` or later, at which this contact may get a message of this level by this channel.

    Emails wait for nobody's sleep. A text that acts on life at risk goes out at any hour to those who asked to be
    woken.
    """
    if channel != "sms" or (contact.wake and level is Level.ACT_NOW) or contact.quiet_from == contact.quiet_to:
        return now
    zone = ZoneInfo(contact.time_zone)
    local = now.astimezone(zone)
    if not _quiet(contact, local):
        return now
    day = local.date()
    if local.time() >= contact.quiet_to:
        day += timedelta(days=1)
    # fold=0 and a gap: a local time that does not exist that day becomes the first moment after the gap.
    return datetime.combine(day, contact.quiet_to, tzinfo=zone).astimezone(now.tzinfo)


def _quiet(contact: Contact, local: datetime) -> bool:
    clock = local.time()
    if contact.quiet_from < contact.quiet_to:
        return contact.quiet_from <= clock < contact.quiet_to
    return clock >= contact.quiet_from or clock < contact.quiet_to
