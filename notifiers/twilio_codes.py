"""Which Twilio error is about whom. Codes: Twilio's error dictionary (twilio.com/docs/api/errors)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from notifiers.message import Scope

CODES: Final[Mapping[int, Scope]] = {
    21211: Scope.RECIPIENT,  # not a phone number
    21214: Scope.RECIPIENT,  # number cannot be reached
    21610: Scope.RECIPIENT,  # has sent STOP
    21614: Scope.RECIPIENT,  # not a mobile number
    21635: Scope.RECIPIENT,  # landline
    30004: Scope.RECIPIENT,  # blocked by the handset or its carrier
    30005: Scope.RECIPIENT,  # unknown handset
    30006: Scope.RECIPIENT,  # landline or unreachable carrier
    21602: Scope.MESSAGE,  # no body
    21617: Scope.MESSAGE,  # over 1,600 characters
    30007: Scope.ACCOUNT,  # filtered: the next one will be too, and each makes the sender's name worse
    21606: Scope.ACCOUNT,  # sender is not ours or cannot send texts
    21408: Scope.ACCOUNT,  # region not enabled
    30002: Scope.ACCOUNT,  # suspended
    30034: Scope.ACCOUNT,  # unregistered number (A2P 10DLC)
    20003: Scope.ACCOUNT,  # wrong credentials
    20429: Scope.TEMPORARY,  # too many requests: never processed
    21611: Scope.TEMPORARY,  # sender's queue is full
    30001: Scope.TEMPORARY,  # queue overflow
    30003: Scope.TEMPORARY,  # handset off or out of coverage
    30008: Scope.TEMPORARY,  # unknown to the carrier
    30500: Scope.TEMPORARY,  # internal at Twilio
    30610: Scope.HOURS,  # recipient's quiet hours
}

# A refusal was surely not taken, so trying again is safe until the alert ends; a lost alert would not be.
DEFAULT: Final = Scope.TEMPORARY

# Statuses that tell by themselves, whatever code comes with them or none.
_BY_STATUS: Final[Mapping[int, Scope]] = {
    401: Scope.ACCOUNT,
    403: Scope.ACCOUNT,
    404: Scope.ACCOUNT,  # on a create, the account or the path is wrong
    429: Scope.TEMPORARY,
}


def scope_of(
    code: int | None, status: int = 400, codes: Mapping[int, Scope] = CODES, default: Scope = DEFAULT
) -> Scope:
    """Scope of a refusal by Twilio's error code and the HTTP status (leave 400 for a code that came in a callback).

    A 5xx is always ambiguous: it may have been said after the message was taken.
    """
    if status >= 500:
        return Scope.AMBIGUOUS
    if code is not None and code in codes:
        return codes[code]
    return _BY_STATUS.get(status, default)
