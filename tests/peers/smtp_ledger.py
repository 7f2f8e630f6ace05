"""What the SMTP peer has taken: its own books, by which tests judge what was sent once, twice or never."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Mail:
    """One mail as it came over the wire. taken: Unix seconds. envelope_id: ENVID, "" without one."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    taken: float = field(default_factory=time.time)
    envelope_id: str = ""
    encrypted: bool = False
    user: str = ""

    @property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def message_id(self) -> str:
        return str(self.parsed["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.parsed["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


class MailLedger:
    """Mails in the order taken; with a path also on disk, one JSON object a line, before the server says 250.

    raw: whether the lines carry the mail's bytes (base64), not only its envelope and Message-ID.
    """

    def __init__(self, path: Path | None = None, raw: bool = True) -> None:
        self._mails: list[Mail] = []
        self._raw = raw
        self._file: int | None = None
        self.changed = threading.Condition()
        if path is not None:
            if path.exists():
                self._mails += [_mail(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def take(self, mail: Mail) -> None:
        with self.changed:
            if self._file is not None:
                os.write(self._file, (json.dumps(self._line(mail)) + "\n").encode())
            self._mails.append(mail)
            self.changed.notify_all()

    def mails(self) -> tuple[Mail, ...]:
        with self.changed:
            return tuple(self._mails)

    def wait(self, found: Callable[[], Any], timeout: float) -> Any:
        """The first true value of `found`, asked again at each change; its last value after `timeout` seconds."""
        with self.changed:
            self.changed.wait_for(lambda: bool(found()), timeout)
            return found()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _line(self, mail: Mail) -> dict[str, Any]:
        # Without the body, a mail with the same Message-ID and addresses still tells once from twice.
        kept = mail.raw if self._raw else b"Message-ID: " + mail.message_id.encode() + b"\r\n\r\n"
        return {
            "sender": mail.sender,
            "recipients": mail.recipients,
            "message_id": mail.message_id,
            "raw": base64.b64encode(kept).decode(),
            "taken": mail.taken,
            "envelope_id": mail.envelope_id,
            "encrypted": mail.encrypted,
            "user": mail.user,
        }


def _mail(line: dict[str, Any]) -> Mail:
    return Mail(
        line["sender"],
        tuple(line["recipients"]),
        base64.b64decode(line["raw"]),
        line["taken"],
        line["envelope_id"],
        line["encrypted"],
        line["user"],
    )
