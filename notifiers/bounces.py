"""What a mail server tells us afterwards: delivery status notifications (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Final, cast

from notifiers.delivery_id import PATTERN
from notifiers.message import Scope
from notifiers.smtp_codes import STATUS, scope_of_status

# Of a notification only this much is read: nobody's bounce needs more, and the mailbox is open to the world.
LARGEST: Final = 1_000_000
_MESSAGE_ID: Final = re.compile(r"<([^<>@\s]+)@([^<>@\s]+)>")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient's news. delivery_id: ours, or "" when the notice bore neither envelope id nor our Message-ID.

    scope: RECIPIENT, MESSAGE or ACCOUNT for a failure, TEMPORARY for "delayed, still trying". status: "5.1.1" or "".
    """

    delivery_id: str
    recipient: str
    scope: Scope
    status: str
    detail: str


def parse(raw: bytes, domain: str) -> tuple[Bounce, ...]:
    """Bounces in one received mail; empty for a mail that is no delivery report, and for reports of success.

    domain: right side of our Message-IDs. A report can be forged: act on one only when its delivery id and its
    recipient belong together in our own books.
    """
    mail = message_from_bytes(raw[:LARGEST], policy=policy.default)
    if not isinstance(mail, EmailMessage) or mail.get_content_type() != "multipart/report":
        return ()
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if report is None or not isinstance(payload := report.get_payload(), list):
        return ()
    blocks = [block for block in payload if isinstance(block, Message)]
    if not blocks:
        return ()
    delivery_id = _envelope_id(blocks[0]) or _returned_id(mail.walk(), domain)
    return tuple(
        bounce for block in blocks if "Action" in block and (bounce := _bounce(block, delivery_id)) is not None
    )


def _bounce(block: Message, delivery_id: str) -> Bounce | None:
    action = str(block["Action"]).strip().lower()
    if action not in ("failed", "delayed"):
        return None
    found = STATUS.search(str(block.get("Status", "")))
    status = found[1] if found else ""
    diagnostic = " ".join(str(block.get("Diagnostic-Code", "")).split())
    recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "").rpartition(";")[2].strip()
    if action == "delayed":
        scope = Scope.TEMPORARY
    else:
        # "5.0.0" and worse: a mail server that gave up and cannot say why. The words may carry a better code.
        spoken = STATUS.search(diagnostic)
        scope = scope_of_status(status) or (scope_of_status(spoken[1]) if spoken else None) or Scope.MESSAGE
        # "failed" is final whatever the digits: a 4.x.x that failed has expired in the server's queue.
        scope = Scope.MESSAGE if scope is Scope.TEMPORARY and not status.startswith("5.2.2") else scope
    return Bounce(delivery_id, recipient, scope, status, diagnostic[:500] or action)


def _envelope_id(first: Message) -> str:
    given = str(first.get("Original-Envelope-Id", "")).strip()
    return given if PATTERN.fullmatch(given) else ""


def _returned_id(parts: Iterable[Message], domain: str) -> str:
    """Our delivery id from the Message-ID of the returned mail or its headers."""
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            returned = message_from_bytes(content if isinstance(content, bytes) else b"")
        elif part.get_content_type() == "message/rfc822" and isinstance(inner := part.get_payload(), list) and inner:
            returned = cast(Message, inner[0])
        else:
            continue
        for local, right in _MESSAGE_ID.findall(str(returned.get("Message-ID", ""))):
            if right.lower() == domain.lower() and PATTERN.fullmatch(local):
                return str(local)
    return ""
