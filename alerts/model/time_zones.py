"""The time zones that there are."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """Names of the IANA list, such as America/Los_Angeles.

    Kept, because Python walks the machine's zone folders each time that it is asked: some 20 ms, for each row of an
    import of partners.
    """
    return frozenset(available_timezones())
