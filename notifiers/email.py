"""Mail by SMTP, over kept connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime
from email.utils import parseaddr
from types import TracebackType
from typing import Final, Self

from notifiers.delivery_id import checked
from notifiers.message import DeliveryError, Message, Receipt, Scope
from notifiers.mime import compose, message_id
from notifiers.smtp_connection import Connection, LostError, Server

# Servers tire of a conversation (Postfix: 100 mails); a fresh one costs less than a refusal.
MAILS_PER_CONNECTION: Final = 100


class SmtpEmail:
    """One mail server and the address we write from.

    sender: From address; bounces: envelope sender, where bounces go (sender when ""). domain: of our Message-IDs
    (sender's when ""). now: called for each message's Date, unless message.headers gives it.
    """

    name = "email"
    reconciles = False
    confirms = False

    def __init__(
        self,
        server: Server,
        *,
        sender: str,
        now: Callable[[], datetime],
        bounces: str = "",
        domain: str = "",
        mails_per_connection: int = MAILS_PER_CONNECTION,
    ) -> None:
        address = parseaddr(sender)[1]
        if address != sender or "@" not in sender:
            raise ValueError(f"sender {sender!r} is no bare email address")
        self._server = server
        self._sender = sender
        self._bounces = bounces or sender
        self._domain = domain or sender.rpartition("@")[2]
        self._now = now
        self._most = mails_per_connection
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    def send(self, message: Message) -> Receipt:
        """Hands one mail over; raises DeliveryError. A repeat bears the same Message-ID. Safe from several threads."""
        mail = compose(message, self._sender, self._domain, self._now())
        if not message.to.isascii():
            raise DeliveryError(Scope.RECIPIENT, "address", f"{message.to!r}: addresses beyond ASCII are not supported")
        body = mail.as_bytes()
        reply = self._deliver(message, body)
        return Receipt(self.name, message_id(message.delivery_id, self._domain), reply)

    def find(self, message: Message, since: datetime, taken: Collection[str] = ()) -> Receipt | None:
        """Always None: SMTP cannot be asked. A repeat is harmless where the mailbox drops a Message-ID it has."""
        return None

    def close(self) -> None:
        """Ends the kept conversations."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _deliver(self, message: Message, body: bytes) -> str:
        connection = self._kept()
        while connection is not None:
            try:
                return self._over(connection, message, body)
            except LostError:
                # Servers hang up on the idle. Nothing of this message had been said, so the next connection may say it.
                connection = self._kept()
        try:
            return self._over(Connection(self._server), message, body)
        except LostError as lost:
            raise DeliveryError(Scope.TEMPORARY, "broken-off", f"before the message had left: {lost}") from lost

    def _over(self, connection: Connection, message: Message, body: bytes) -> str:
        try:
            return connection.deliver(self._bounces, message.to, body, checked(message.delivery_id), message.may_go)
        finally:
            if connection.open and connection.used < self._most:
                with self._lock:
                    self._idle.append(connection)
            else:
                connection.close()

    def _kept(self) -> Connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None
