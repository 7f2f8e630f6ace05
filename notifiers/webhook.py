"""A message as a signed JSON POST to a partner's own system (Standard Webhooks)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from notifiers.delivery_id import checked
from notifiers.loopback import loopback
from notifiers.message import DeliveryError, Message, Receipt, Scope, withdrawn
from notifiers.retry_after import seconds
from notifiers.standard_webhooks import key, sign

TYPE: Final = "message"
USER_AGENT: Final = "supplywatch-webhook/1"
# The scheme: 410 means "send no more"; a redirect is not followed, the partner must give the new address.
# 401, 403, 404 and the like come and go with a partner's deployments and are tried again.
SCOPES: Final[Mapping[int, Scope]] = {
    301: Scope.RECIPIENT,
    308: Scope.RECIPIENT,
    400: Scope.MESSAGE,
    410: Scope.RECIPIENT,
    413: Scope.MESSAGE,
    415: Scope.MESSAGE,
    422: Scope.MESSAGE,
}


class Webhook:
    """One shared secret, many endpoints (message.to). now: gives each attempt's timestamp, which is signed.

    before: the secret that this one takes the place of, while receivers change over: each post is signed with both.

    A repeat bears the same webhook-id, by which receivers drop it: even a time-out is TEMPORARY, never AMBIGUOUS.
    """

    name = "webhook"
    reconciles = False
    confirms = False

    def __init__(
        self, secret: str, *, now: Callable[[], datetime], timeout: float = 15.0, before: str = ""
    ) -> None:  # fmt: skip
        self._keys = (key(secret), *([key(before)] if before else []))
        self._now = now
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, headers={"User-Agent": USER_AGENT})

    def send(self, message: Message) -> Receipt:
        """Posts one message; raises DeliveryError. Only https, and http to this machine."""
        url = _endpoint(message.to)
        now = self._now()
        body = payload(message, now)
        webhook_id, timestamp = checked(message.delivery_id), int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(sign(one, webhook_id, timestamp, body) for one in self._keys),
        }
        if not message.may_go():
            raise withdrawn()
        try:
            # Streamed, so that an endless answer is never read.
            with self._client.stream("POST", url, content=body, headers=headers) as answer:
                status, retry_after = answer.status_code, answer.headers.get("Retry-After")
        except httpx.InvalidURL as wrong:
            raise DeliveryError(Scope.RECIPIENT, "url", f"{message.to!r}: {wrong}") from wrong
        except httpx.HTTPError as failed:
            raise DeliveryError(Scope.TEMPORARY, "connect", f"{type(failed).__name__}: {failed}"[:500]) from failed
        if 200 <= status < 300:
            return Receipt(self.name, webhook_id, str(status))
        detail = f"{urlsplit(url).hostname} answered {status}"
        raise DeliveryError(SCOPES.get(status, Scope.TEMPORARY), str(status), detail, seconds(retry_after, now))

    def find(self, message: Message, since: datetime, taken: Collection[str] = ()) -> Receipt | None:
        """Always None: an endpoint cannot be asked. A repeat is harmless."""
        return None

    def close(self) -> None:
        """Gives the kept connections back."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def payload(message: Message, now: datetime) -> bytes:
    """JSON: {"type": "message", "timestamp": ISO 8601, "data": {delivery_id, front, subject, text, html}}."""
    data = {
        "delivery_id": message.delivery_id,
        "front": message.front,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
    }
    document = {"type": TYPE, "timestamp": now.isoformat(), "data": data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _endpoint(to: str) -> str:
    try:
        parts = urlsplit(to)
        host = parts.hostname or ""
    except ValueError as wrong:
        raise DeliveryError(Scope.RECIPIENT, "url", f"{to!r}: {wrong}") from wrong
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and loopback(host))):
        raise DeliveryError(Scope.RECIPIENT, "url", f"{to!r} is no https address")
    return to
