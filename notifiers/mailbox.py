"""A mailbox read over IMAP (RFC 9051 and 3501): a bounded, polite reader of mail that comes back."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from notifiers.smtp_security import Security, tls_context

# Marks what was read. Not \Seen where the server lets us: a person who opens the mailbox must not hide mail from us.
KEYWORD: Final = "SupplywatchRead"
# A notice with its returned mail; what is longer is read so far.
LARGEST: Final = 256 * 1024


class Fault(StrEnum):
    LOGIN = "login"
    CERTIFICATE = "certificate"
    FOLDER = "folder"
    SLOW = "slow"
    BROKEN = "broken"


class MailboxError(Exception):
    """A mailbox that cannot be read; the text is a sentence and holds no secret. fault: which kind of trouble it is."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Mailbox:
    """host, port, security: as with a mail server. folder: the mailbox's name there. delete: remove a mail that was
    read; else it is marked. timeout: seconds for each answer. longest: seconds for one reading in all.
    ca_file: an own certificate authority beside the system's."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    delete: bool = False
    timeout: float = 20
    longest: float = 120
    ca_file: str = ""


def read_mailbox(box: Mailbox, keep: Callable[[bytes], object], most: int) -> int:
    """Give each unread mail to `keep`, oldest first, at most `most` of them; returns how many there were.

    A mail is marked, or removed, only after `keep` has returned: what breaks in between is read again, and `keep` must
    bear that. Raises MailboxError when the mailbox cannot be read; what `keep` raises goes through.
    """
    broken: Exception | None = None
    read = 0
    with _opened(box) as server:
        _, flags = server.select(_quoted(box.folder))
        if server.state != "SELECTED":
            raise MailboxError(
                Fault.FOLDER, f"The mailbox {box.folder} cannot be opened: {_said(flags)}. Look at mailbox.folder."
            )
        mark = KEYWORD if rb"\*" in b" ".join(x or b"" for x in server.response("PERMANENTFLAGS")[1]) else r"\Seen"
        unread = "UNSEEN" if mark == r"\Seen" else f"UNKEYWORD {mark}"
        numbers = (_asked(server.uid("SEARCH", f"UNDELETED {unread}"))[0] or b"").split()
        for uid in sorted(numbers, key=int)[:most]:
            number = uid.decode("ascii")
            mail = _literal(_asked(server.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST}>)")))
            try:
                if mail is not None:
                    keep(mail)
            except Exception as error:  # not the mailbox's fault, and not to be told as one
                broken = error
                break
            _asked(server.uid("STORE", number, "+FLAGS.SILENT", rf"({mark} \Deleted)" if box.delete else f"({mark})"))
            read += 1
        if box.delete and read:
            _asked(server.expunge())
    if broken is not None:
        raise broken
    return read


def try_mailbox(box: Mailbox) -> int:
    """Log in and look, without reading; how many mails lie there. Raises MailboxError."""
    with _opened(box) as server:
        _, data = server.select(_quoted(box.folder), readonly=True)
        if server.state != "SELECTED":
            raise MailboxError(
                Fault.FOLDER, f"The mailbox {box.folder} cannot be opened: {_said(data)}. Look at mailbox.folder."
            )
        return int(data[0] or b"0")


@contextmanager
def _opened(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    """A logged-in connection that ends at `longest` seconds, also when the server sends a byte now and then."""
    end: threading.Timer | None = None
    where = f"{box.host}:{box.port}"
    try:
        server = _connected(box)
        end = threading.Timer(box.longest, _cut, [server.sock])
        end.daemon = True
        end.start()
        try:
            if box.security is Security.STARTTLS:
                server.starttls(_context(box))
            try:
                server.login(box.user, box.password)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                raise MailboxError(
                    Fault.LOGIN,
                    f"{where} refuses the login of {box.user}: {_said([error])}. Look at its user and password.",
                ) from None
            yield server
            server.logout()
        finally:
            end.cancel()
            with suppress(OSError):  # after a farewell it is closed already
                server.shutdown()
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(
            Fault.CERTIFICATE, f"{where} shows a certificate that is not valid: {error.verify_message}."
        ) from None
    except (OSError, imaplib.IMAP4.error) as error:
        slow = isinstance(error, TimeoutError)
        problem = "it took too long" if slow else _said([error]) or "it ended the connection"
        fault = Fault.SLOW if slow else Fault.BROKEN
        raise MailboxError(fault, f"The mailbox at {where} cannot be read: {problem}.") from None


def _connected(box: Mailbox) -> imaplib.IMAP4:
    if box.security is Security.SSL:
        context = _context(box)
        assert context is not None
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=box.timeout)
    _context(box)  # refuses an open line to another machine
    return imaplib.IMAP4(box.host, box.port, timeout=box.timeout)


def _context(box: Mailbox) -> ssl.SSLContext | None:
    return tls_context(box.security, box.host, box.ca_file)


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        sock.shutdown(socket.SHUT_RDWR)


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _asked(answer: tuple[str, list[Any]]) -> list[Any]:
    """The data of an answer; raises MailboxError for a "NO"."""
    said, data = answer
    if said != "OK":
        raise MailboxError(Fault.BROKEN, f"The mail server says no: {_said(data)}.")
    return data


def _literal(data: list[Any]) -> bytes | None:
    """The mail in the answer to FETCH; None when it is gone meanwhile."""
    return next((bytes(piece[1]) for piece in data if isinstance(piece, tuple)), None)


def _said(data: object) -> str:
    """A server's own words, one short line."""
    pieces = data if isinstance(data, (list, tuple)) else [data]
    text = " ".join(p.decode("utf-8", "replace") if isinstance(p, bytes) else str(p) for p in pieces if p is not None)
    return re.sub(r"\s+", " ", re.sub(r"^b'|'$", "", text)).strip()[:120].rstrip(".")
