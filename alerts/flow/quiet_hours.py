"""When somebody may be written to. Pure; works on local clock times, so that both changes of the clock come out
right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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
    return min(m for m in _ends(contact, local, zone) if m >= now).astimezone(now.tzinfo)


def _ends(contact: Contact, local: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Moments near `local`, in UTC, at which a quiet time ends.

    Where the clock goes back, the end comes twice, and between the two it is quiet again. Where it goes forward over
    the end, fold=0 gives a moment after the gap and fold=1 one before it, when it is still quiet.
    """
    for days in range(4):
        for fold in (0, 1):
            day = local.date() + timedelta(days=days)
            end = datetime.combine(day, contact.quiet_to, tzinfo=zone).replace(fold=fold).astimezone(UTC)
            if not _quiet(contact, end.astimezone(zone)):
                yield end


def _quiet(contact: Contact, local: datetime) -> bool:
    clock = local.time()
    if contact.quiet_from < contact.quiet_to:
        return contact.quiet_from <= clock < contact.quiet_to
    return clock >= contact.quiet_from or clock < contact.quiet_to
