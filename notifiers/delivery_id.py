"""Our own id of a delivery, which travels in URLs, file names, Message-IDs and SMTP envelopes."""

from __future__ import annotations

import re
from typing import Final

from notifiers.message import DeliveryError, Scope

# What needs no escaping in any of the four: RFC 3986 unreserved without "~", RFC 3461 xtext, RFC 5322 dot-atom.
PATTERN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|$)){0,99}")


def checked(delivery_id: str) -> str:
    """The id itself, or DeliveryError(MESSAGE) when it could not travel unharmed."""
    if PATTERN.fullmatch(delivery_id) is None:
        raise DeliveryError(
            Scope.MESSAGE,
            "delivery-id",
            f"{delivery_id!r} is no delivery id: 1 to 100 letters, digits, '-', '_' or '.', a letter or digit first",
        )
    return delivery_id
