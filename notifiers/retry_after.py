"""How long a carrier asks us to wait."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

# A broken clock on the other side must not put an alert off until next year.
LONGEST: Final = 24 * 3600.0


def seconds(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds from a Retry-After header (RFC 9110 §10.2.3), 0 to a day; None if absent or unreadable.

    A date is readable only with `now`.
    """
    if header is None:
        return None
    try:
        wait = float(header)
    except ValueError:
        if now is None:
            return None
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        wait = (until - now).total_seconds()
    return min(max(wait, 0.0), LONGEST) if math.isfinite(wait) else None
