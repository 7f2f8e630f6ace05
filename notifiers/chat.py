"""A message to a room of a chat system (Slack, Matrix, Signal, Teams and a hundred others), by the package Apprise."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any, Final

from notifiers.delivery_id import checked
from notifiers.message import DeliveryError, Message, Receipt, Scope, withdrawn

# A room that is gone does not come back. A refused token may be mended by staff, and is no fault of the room; but the
# message must not wait for that: its reader's next channel takes it.
SCOPES: Final[Mapping[int, Scope]] = {
    400: Scope.MESSAGE,
    401: Scope.MESSAGE,
    403: Scope.MESSAGE,
    404: Scope.RECIPIENT,
    410: Scope.RECIPIENT,
    413: Scope.MESSAGE,
    422: Scope.MESSAGE,
    429: Scope.TEMPORARY,
}
_STATUS = re.compile(r"\berror[ =:]+(\d{3})\b")


class MissingPackageError(Exception):
    """Apprise is not installed; the text says how to get it."""


class Chat:
    """rooms: name → Apprise URL (https://github.com/caronc/apprise/wiki). The URL holds the room's secrets, so only the
    name is ever an address: it stands in the outbox, on screens and in what this module says of a failure.

    Raises MissingPackageError; ValueError naming the room whose URL Apprise cannot read.
    """

    name = "chat"
    reconciles = False
    confirms = False

    def __init__(self, rooms: Mapping[str, str]) -> None:
        self._apprise = _package()
        # What Apprise logs for developers holds addresses and bodies; none of it may reach our log.
        self._words = _Words()
        logger = logging.getLogger("apprise")
        logger.handlers, logger.propagate = [self._words], False
        logger.setLevel(logging.WARNING)
        # Apprise's services keep the pace that theirs allow, and are not made for several threads.
        self._one_at_a_time = threading.Lock()
        self._rooms: dict[str, Any] = {}
        for room, url in rooms.items():
            service = self._apprise.Apprise.instantiate(url, suppress_exceptions=True)
            if service is None:
                raise ValueError(f"the room '{room}' has no address that Apprise can read; see its list of services")
            self._rooms[room] = service

    def send(self, message: Message) -> Receipt:
        """Posts subject and text; raises DeliveryError. A post that got no clear answer is ambiguous: it may be in the
        room, and a chat system cannot be asked."""
        delivery = checked(message.delivery_id)
        service = self._rooms.get(message.to)
        if service is None:
            raise DeliveryError(Scope.RECIPIENT, "room", f"there is no chat room '{message.to}' in the file of rooms")
        if not message.may_go():
            raise withdrawn()
        self._words.forget()
        text = self._apprise.NotifyFormat.TEXT
        try:
            with self._one_at_a_time:
                done = service.notify(body=message.text, title=message.subject, body_format=text)
        except Exception as failed:
            # Only its kind: the words of a library's exception often hold the address that it was calling.
            raise DeliveryError(Scope.AMBIGUOUS, "chat", f"room '{message.to}': {type(failed).__name__}") from None
        if done:
            return Receipt(self.name, delivery, "posted")
        status = self._words.status
        if status is None:
            raise DeliveryError(Scope.AMBIGUOUS, "chat", f"room '{message.to}' gave no clear answer")
        detail = f"the service of room '{message.to}' answered {status}"
        raise DeliveryError(SCOPES.get(status, Scope.AMBIGUOUS), str(status), detail)

    def find(self, message: Message, since: object, taken: Collection[str] = ()) -> Receipt | None:
        """Always None: a room cannot be asked."""
        return None


class _Words(logging.Handler):
    """Apprise says why a post failed only in its log: from there the HTTP status is taken, and nothing else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        # Several lines of one worker post at the same time; each hears of its own post only.
        self._here = threading.local()

    @property
    def status(self) -> int | None:
        return getattr(self._here, "status", None)

    def forget(self) -> None:
        self._here.status = None

    def emit(self, record: logging.LogRecord) -> None:
        found = _STATUS.search(record.getMessage())
        if found:
            self._here.status = int(found[1])


def _package() -> ModuleType:
    try:
        import apprise
    except ImportError as missing:
        raise MissingPackageError(
            "Chat rooms need the package apprise, which is not installed. "
            'Install it with: pip install "supplywatch[chat]"'
        ) from missing
    return apprise
