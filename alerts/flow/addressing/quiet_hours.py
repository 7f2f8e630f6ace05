"""When somebody may be written to. Pure; works on local clock times, so that both changes of the clock come out
right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
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
    return _free(contact.time_zone, contact.quiet_from, contact.quiet_to, now)


@lru_cache(maxsize=1024)
def _free(time_zone: str, quiet_from: time, quiet_to: time, now: datetime) -> datetime:
    """Thousands share a zone and a night."""
    zone, night = ZoneInfo(time_zone), (quiet_from, quiet_to)
    local = now.astimezone(zone)
    if not _quiet(night, local):
        return now
    return min(m for m in _ends(night, local, zone) if m >= now).astimezone(now.tzinfo)


def _ends(night: tuple[time, time], local: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Moments near `local`, in UTC, at which a quiet time ends.

    Where the clock goes back, the end comes twice, and between the two it is quiet again. Where it goes forward over
    the end, fold=0 gives a moment after the gap and fold=1 one before it, when it is still quiet.
    """
    for days in range(4):
        for fold in (0, 1):
            day = local.date() + timedelta(days=days)
            end = datetime.combine(day, night[1], tzinfo=zone).replace(fold=fold).astimezone(UTC)
            if not _quiet(night, end.astimezone(zone)):
                yield end


def _quiet(night: tuple[time, time], local: datetime) -> bool:
    begins, ends = night
    clock = local.time()
    if begins < ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends
