"""A message as internet mail (RFC 5322, MIME)."""

from __future__ import annotations

import re
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from notifiers.delivery_id import checked
from notifiers.message import DeliveryError, Message, Scope

# Headers whose value is one long word. The standard library would fold it into encoded words, which no mail program
# takes for a link: the unsubscribe button would be gone and the text below it would be the only way out.
VERBATIM: Final = frozenset({"list-unsubscribe", "message-id", "in-reply-to", "references"})
# Headers that this file writes; a caller's `headers` may add others and may give the Date.
OURS: Final = frozenset(
    {"from", "to", "subject", "message-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"}
    | {"mime-version", "content-type", "content-transfer-encoding", "sender", "bcc", "cc"}
)
ADDRESSES: Final = frozenset({"from", "to", "reply-to"})
# No quoted-printable text can hold "=_": one boundary serves every mail, and a repeat is the same byte for byte.
BOUNDARY: Final = "=_alternative"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
LINE: Final = 76  # limit of quoted-printable (RFC 2045 §6.7)
LONGEST_LINE: Final = 998


class _Policy(EmailPolicy):
    """Headers are kept as the strings they are: parsing each into its grammar took two thirds of a mail's time."""

    def header_store_parse(self, name: str, value: object) -> tuple[str, str]:
        words = str(value)
        if "\r" in words or "\n" in words:
            raise ValueError(f"header {name} holds a line break")
        return name, words

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value

    def fold(self, name: str, value: str) -> str:
        if name.lower() in VERBATIM or (value.isascii() and len(name) + 2 + len(value) <= LINE):
            return f"{name}: {value}{self.linesep}"
        if value.isascii():
            return str(super().fold(name, value))
        # The standard library's own folding loses the space between two encoded words (Python 3.11).
        if name.lower() not in ADDRESSES:
            return f"{name}: {_encoded(value, name)}{self.linesep}"
        addresses: tuple[Address, ...] = self.header_factory(name, value).addresses
        words = ", ".join(f"{_encoded(a.display_name, name)} <{a.addr_spec}>" for a in addresses)
        return f"{name}: {words}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


def _encoded(words: str, name: str) -> str:
    """Words as RFC 2047 encoded words of at most 75 characters, one a line."""
    return Header(words, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


# 7bit, so that no server needs to know 8BITMIME.
POLICY: Final = _Policy(linesep="\r\n", max_line_length=LINE, cte_type="7bit")


def message_id(delivery_id: str, domain: str) -> str:
    """The Message-ID of a delivery, the same on every repeat, so that a mailbox can drop the second copy."""
    return f"<{checked(delivery_id)}@{domain}>"


def compose(message: Message, sender: str, domain: str, date: datetime | None) -> EmailMessage:
    """Multipart text and HTML with one-click unsubscribe (RFC 8058) and Auto-Submitted (RFC 3834).

    sender: our address; message.front is shown as its name. domain: right side of the Message-ID.
    date: sets Date unless message.headers has one. DeliveryError: RECIPIENT for an address that is none, MESSAGE for a
    header with a line break or one that is ours to write.
    """
    mail = EmailMessage(policy=POLICY)
    try:
        mail["From"] = Address(display_name=message.front, addr_spec=sender)
        mail["To"] = _recipient(message.to)
        mail["Subject"] = message.subject
        for name, value in message.headers.items():
            if name.lower() in OURS or _NAME.fullmatch(name) is None:
                raise ValueError(f"header {name!r} is not the caller's to set")
            if name.lower() in VERBATIM and not value.isascii():
                raise ValueError(f"header {name} must be ASCII")
            mail[name] = value
        if date is not None and "Date" not in mail:
            mail["Date"] = format_datetime(date)
        mail["Message-ID"] = message_id(message.delivery_id, domain)
        # Tells out-of-office robots to keep still.
        mail["Auto-Submitted"] = "auto-generated"
        if message.unsubscribe:
            _unsubscribe(mail, message.unsubscribe)
    except (ValueError, HeaderParseError, IndexError) as wrong:
        raise DeliveryError(Scope.MESSAGE, "header", f"not a mail header: {wrong}") from wrong
    mail.set_content(message.text, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        mail.set_boundary(BOUNDARY)
        for part in mail.iter_parts():
            del part["MIME-Version"]
    for name, value in message.headers.items():
        # Setting the content takes all Content-… headers away, and a screen reader needs the language.
        if name.lower().startswith("content-") and name not in mail:
            mail[name] = value
    return mail


def _recipient(to: str) -> Address:
    try:
        address = Address(addr_spec=to)
        if not address.username or not ("." in address.domain.strip(".") or address.domain == "localhost"):
            raise ValueError("no domain")
    except (ValueError, HeaderParseError, IndexError) as wrong:
        raise DeliveryError(Scope.RECIPIENT, "address", f"{to!r} is no email address") from wrong
    return address


def _unsubscribe(mail: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http", "mailto") or not url.isascii() or any(c in url for c in " <>\r\n,"):
        raise ValueError(f"unsubscribe link {url!r} is no URL")
    if len(url) > LONGEST_LINE - len("List-Unsubscribe: <>"):
        raise ValueError("unsubscribe link is longer than a mail header line may be")
    mail["List-Unsubscribe"] = f"<{url}>"
    # RFC 8058 asks for https; on loopback there is nobody to listen, and a demonstration has no certificate.
    if parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
