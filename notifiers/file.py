"""Messages as files in a folder: for a first look without a carrier, and for proof of what would have gone out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from notifiers.delivery_id import checked
from notifiers.message import DeliveryError, Message, Receipt, Scope, withdrawn
from notifiers.mime import compose

# The address that stands in the From line of a file; nothing is ever sent from it (RFC 2606).
SENDER = "supplywatch@localhost.invalid"


class FileFolder:
    """One folder; a message is `<delivery id>.eml` (with subject or HTML) or `.txt`. Sending twice makes one file."""

    name = "file"
    reconciles = True
    confirms = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message) -> Receipt:
        """Writes the file whole or not at all; DeliveryError: TEMPORARY (disk full), ACCOUNT (folder not writable)."""
        there = self.find(message)
        if there is not None:
            return there
        path = self._path(message)
        if not message.may_go():
            raise withdrawn()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(path, _as_bytes(message))
        except (PermissionError, NotADirectoryError, FileExistsError) as refused:
            raise DeliveryError(Scope.ACCOUNT, "folder", f"{self._folder} cannot be written to: {refused}") from refused
        except OSError as failed:
            raise DeliveryError(Scope.TEMPORARY, "disk", f"{path.name} could not be written: {failed}") from failed
        return Receipt(self.name, path.name, "written")

    def find(self, message: Message, since: datetime | None = None, taken: Collection[str] = ()) -> Receipt | None:
        """Receipt of the file when it is there, whenever it was written."""
        path = self._path(message)
        return Receipt(self.name, path.name, "written") if path.is_file() else None

    def close(self) -> None:
        """Nothing is kept open."""

    def _path(self, message: Message) -> Path:
        return self._folder / f"{checked(message.delivery_id)}.{'eml' if message.subject or message.html else 'txt'}"


def _as_bytes(message: Message) -> bytes:
    if message.subject or message.html:
        to = message.to if "@" in message.to else f"{message.to}@localhost.invalid"
        shown = Message(
            message.delivery_id, to, message.text, message.subject, message.html, message.front,
            unsubscribe=message.unsubscribe, headers=message.headers,
        )  # fmt: skip
        return compose(shown, SENDER, "localhost.invalid", None).as_bytes()
    front = f"From: {message.front}\n" if message.front else ""
    return f"To: {message.to}\n{front}\n{message.text}\n".encode()


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
