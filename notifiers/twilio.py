"""Texts by Twilio's Messages resource (twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError

from notifiers.delivery_id import checked
from notifiers.last_moment import asking
from notifiers.message import DeliveryError, Message, Receipt, Scope
from notifiers.plain import plain
from notifiers.retry_after import seconds
from notifiers.twilio_callbacks import callback_url
from notifiers.twilio_codes import CODES, DEFAULT
from notifiers.twilio_failure import failure, listing_failure
from notifiers.twilio_transport import TwilioTransport

# Our clock may be an hour wrong, and is then still not to send twice; Twilio's is right.
CLOCK_SKEW: Final = timedelta(minutes=90)
PAGE: Final = 1000
# The list is newest first, but a text that waits has no sending date to stand by; after so many old ones in a row no
# young one follows.
OLD_ENOUGH: Final = 50
API: Final = "https://api.twilio.com"


class TwilioSms:
    """One Twilio account and its sender: a Messaging Service ("MG…") or a number of ours, E.164.

    timeout: seconds for connecting and for each read; Twilio's own client would wait for ever.
    codes, default: whom an error code is about. base_url: for a peer in place of api.twilio.com.
    """

    name = "twilio"
    reconciles = True
    confirms = True

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        messaging_service_sid: str = "",
        sender: str = "",
        timeout: float = 10.0,
        base_url: str = "",
        codes: Mapping[int, Scope] = CODES,
        default: Scope = DEFAULT,
    ) -> None:
        if not (messaging_service_sid or sender):
            raise ValueError("Twilio needs a messaging_service_sid or a sender number to send from")
        if timeout <= 0:
            raise ValueError(f"Twilio's timeout is {timeout}; it must be a positive number of seconds")
        self._answer = threading.local()
        self._http = TwilioTransport(timeout, base_url or API, self._remember)
        self._client: Any = Client(account_sid, auth_token, http_client=self._http)
        if base_url:
            self._client.api.base_url = base_url.rstrip("/")
        self._messaging_service_sid = messaging_service_sid
        self._sender = sender
        self.codes = codes
        self.default = default

    def send(self, message: Message) -> Receipt:
        """Hands one text over; raises DeliveryError. Twilio has no idempotency key: after AMBIGUOUS, `find` first."""
        fields = {"to": message.to, "body": message.text}
        if message.status_callback:
            fields["status_callback"] = callback_url(message.status_callback, checked(message.delivery_id))
        if self._messaging_service_sid:
            fields["messaging_service_sid"] = self._messaging_service_sid
        if self._sender:
            fields["from_"] = self._sender
        self._answer.retry_after = None
        try:
            with asking(message.may_go):
                created = self._client.messages.create(**fields)
        except (TwilioException, HTTPError, ValueError) as error:
            raise failure(error, self.codes, self.default, self._answer.retry_after) from error
        if not created.sid:
            raise DeliveryError(Scope.AMBIGUOUS, "unreadable", "Twilio's answer bears no message id")
        return self._receipt(created)

    def find(self, message: Message, since: datetime, taken: Collection[str] = ()) -> Receipt | None:
        """The text that an interrupted send left at Twilio: same number, same words, made after `since`; else None.

        taken: ids of texts that belong to other deliveries, for two deliveries of the same words to one number.
        Asks by number alone: Twilio's own date filter looks at the time of *sending*, and would hide the very text that
        still waits in its queue. The receipt's state may be "failed": taken by Twilio is not arrived.
        """
        oldest = since - CLOCK_SKEW
        old = 0
        try:
            for candidate in self._client.messages.stream(to=message.to, page_size=PAGE):
                if candidate.date_created is None or candidate.date_created < oldest:
                    old += 1
                    if old > OLD_ENOUGH:
                        return None
                    continue
                old = 0
                if (
                    candidate.direction != "inbound"
                    and candidate.sid not in taken
                    and _same_words(candidate.body or "", message.text)
                ):
                    return self._receipt(candidate)
        except (TwilioException, HTTPError, ValueError) as error:
            raise listing_failure(error, self.codes) from error
        return None

    def close(self) -> None:
        """Gives the kept connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _remember(self, _status: int, headers: Mapping[str, str]) -> None:
        self._answer.retry_after = seconds(headers.get("Retry-After"))

    def _receipt(self, resource: Any) -> Receipt:
        # "0" from a Messaging Service means "not counted yet".
        segments = int(resource.num_segments) if str(resource.num_segments or "").isdecimal() else 0
        return Receipt(self.name, str(resource.sid), str(resource.status), segments or None)


def _same_words(carried: str, ours: str) -> bool:
    """Whether the carrier's copy is our text: Smart Encoding replaces typography, trial accounts prefix a line."""
    carried, ours = (" ".join(plain(text, strip_accents=True).split()) for text in (carried, ours))
    return carried == ours or (carried.startswith("Sent from your Twilio trial account") and carried.endswith(ours))
