"""What a failed call to Twilio means for the message: refused, surely not taken, or perhaps taken."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping

from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError

from notifiers.message import DeliveryError, Scope
from notifiers.twilio_codes import scope_of

# Causes that are raised before the first byte of a request has left.
_NEVER_SENT = (NewConnectionError, ConnectTimeoutError, ProxyError, ssl.SSLCertVerificationError)


def failure(
    error: Exception, codes: Mapping[int, Scope], default: Scope, retry_after: float | None = None
) -> DeliveryError:
    """DeliveryError for an exception of the twilio client; anything not known to be harmless is ambiguous."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        code = int(error.code) if str(error.code).isdecimal() else None
        # Twilio's client gives the HTTP status as the code when the answer had no code.
        known = None if code == error.status else code
        # str() of these exceptions is coloured on a terminal; the bare words are not.
        words = str(getattr(error, "msg", "") or getattr(error, "detail", "") or getattr(error, "title", ""))
        return DeliveryError(
            scope_of(known, int(error.status), codes, default), str(code or error.status), words, retry_after
        )
    if isinstance(error, HTTPError):
        if any(isinstance(cause, _NEVER_SENT) for cause in _causes(error)):
            return DeliveryError(Scope.TEMPORARY, "connect", f"Twilio could not be reached: {_root(error)}")
        return DeliveryError(Scope.AMBIGUOUS, "no-answer", f"Twilio gave no answer: {_root(error)}")
    if isinstance(error, TwilioException):
        return DeliveryError(Scope.AMBIGUOUS, "client", str(error.args[0]) if error.args else "unknown")
    return DeliveryError(Scope.AMBIGUOUS, "unreadable", f"Twilio's answer could not be read: {error}")


def listing_failure(error: Exception, codes: Mapping[int, Scope]) -> DeliveryError:
    """DeliveryError for a failed list call. Nothing was sent: temporary, unless the account itself is refused."""
    status = 0
    if isinstance(error, TwilioException) and len(error.args) > 1:
        status = int(getattr(error.args[1], "status_code", 0))
    if status in (401, 403, 404):
        return DeliveryError(scope_of(None, status, codes), str(status), "Twilio refuses to list messages")
    return DeliveryError(Scope.TEMPORARY, str(status or "list"), f"Twilio cannot be asked: {_root(error)}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Every exception wrapped in this one: urllib3 keeps them in args and in `reason`."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]


def _root(error: Exception) -> str:
    return type(error).__name__ if isinstance(error, HTTPError) else str(error)[:200]
