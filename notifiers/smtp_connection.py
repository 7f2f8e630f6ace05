"""One conversation with a mail server, which knows how far it got."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from notifiers.message import DeliveryError, Scope, always, withdrawn
from notifiers.smtp_codes import Stage, scope_of_reply
from notifiers.smtp_security import Security, tls_context


@dataclass(frozen=True, slots=True)
class Server:
    """host, port: the mail server. timeout: seconds for connecting and for each reply. ca_file: see tls_context."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = ""
    timeout: float = 30.0
    ca_file: str = ""
    local_hostname: str | None = None


class LostError(Exception):
    """The conversation broke before this message's MAIL was answered: on a kept connection, open a new one."""


class Connection:
    """An open, greeted, encrypted and logged-in conversation. `used` counts messages that went over it."""

    def __init__(self, server: Server) -> None:
        """DeliveryError: TEMPORARY when the server cannot be reached, ACCOUNT if it refuses us or its TLS is wrong."""
        self.used = 0
        context = tls_context(server.security, server.host, server.ca_file)
        self._smtp: smtplib.SMTP | None = None
        try:
            if server.security is Security.SSL:
                self._smtp = smtplib.SMTP_SSL(
                    server.host, server.port, server.local_hostname, timeout=server.timeout, context=context
                )
            else:
                self._smtp = smtplib.SMTP(server.host, server.port, server.local_hostname, timeout=server.timeout)
            self._greet(self._smtp, server, context)
        except smtplib.SMTPResponseException as refusal:
            self.abort()
            raise refused(refusal.smtp_code, refusal.smtp_error, Stage.LOGIN) from refusal
        except smtplib.SMTPNotSupportedError as missing:
            self.abort()
            raise DeliveryError(Scope.ACCOUNT, "unsupported", f"{server.host}: {missing}") from missing
        except ssl.SSLCertVerificationError as unproven:
            self.abort()
            detail = f"{server.host} does not prove who it is: {unproven.verify_message}"
            raise DeliveryError(Scope.ACCOUNT, "tls", detail) from unproven
        except (OSError, smtplib.SMTPException) as unreachable:
            self.abort()
            raise DeliveryError(
                Scope.TEMPORARY, "connect", f"{server.host}:{server.port}: {unreachable}"
            ) from unreachable

    @staticmethod
    def _greet(smtp: smtplib.SMTP, server: Server, context: ssl.SSLContext | None) -> None:
        smtp.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        if server.username:
            smtp.login(server.username, server.password)
        if smtp.sock is not None:
            # The end of a message goes out by itself (see `deliver`); it must not wait for the ack of what came before.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def deliver(
        self, sender: str, to: str, body: bytes, envelope_id: str, may_go: Callable[[], bool] = always
    ) -> str:  # fmt: skip
        """Hands over one mail; the server's last reply ("250 …"). envelope_id: comes back in a bounce (RFC 3461 ENVID).

        Raises DeliveryError: by reply code; TEMPORARY when the way broke before the final dot had left us, AMBIGUOUS
        when it broke after: the server may have taken the mail. Raises LostError when MAIL itself found the way broken.
        may_go: asked before the final dot, without which a server takes nothing.
        """
        smtp = self._open()
        dsn = smtp.has_extn("dsn")
        options = [f"size={len(body)}"] if smtp.has_extn("size") else []
        options += ["RET=HDRS", f"ENVID={envelope_id}"] if dsn else []
        try:
            reply = smtp.mail(sender, options)
        except (OSError, smtplib.SMTPServerDisconnected) as broken:
            self.abort()
            raise LostError(str(broken)) from broken
        self.used += 1
        if reply[0] == 421:
            self.abort()
            raise LostError(_words(reply[1]))
        self._require(reply, Stage.SENDER)
        try:
            self._require(smtp.rcpt(to, ["NOTIFY=FAILURE"] if dsn else []), Stage.RECIPIENT)
            smtp.putcmd("data")
            self._require(smtp.getreply(), Stage.DATA, good=(354,))
            smtp.send(_stuffed(body))
        except (OSError, smtplib.SMTPServerDisconnected) as broken:
            self.abort()
            raise DeliveryError(Scope.TEMPORARY, "broken-off", f"before the message had left: {broken}") from broken
        if not may_go():
            self.abort()
            raise withdrawn()
        try:
            smtp.send(b".\r\n")
            reply = smtp.getreply()
        except (OSError, smtplib.SMTPServerDisconnected) as broken:
            self.abort()
            raise DeliveryError(Scope.AMBIGUOUS, "no-answer", f"after the message had left: {broken}") from broken
        self._require(reply, Stage.DATA)
        return f"{reply[0]} {_words(reply[1])}"

    @property
    def open(self) -> bool:
        return self._smtp is not None and self._smtp.sock is not None

    def close(self) -> None:
        """Says goodbye where anybody still listens."""
        if self._smtp is not None and self._smtp.sock is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                pass
        self.abort()

    def abort(self) -> None:
        """Hangs up."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise LostError("closed")
        return self._smtp

    def _require(self, reply: tuple[int, bytes], stage: Stage, good: tuple[int, ...] = (250, 251, 252)) -> None:
        """Nothing for a good reply; else resets the conversation for the next message and raises by the code."""
        if reply[0] in good:
            return
        try:
            if reply[0] == 421 or self._open().rset()[0] != 250:
                self.abort()
        except (OSError, smtplib.SMTPException):
            self.abort()
        raise refused(reply[0], reply[1], stage)


def refused(code: int, words: bytes | str, stage: Stage) -> DeliveryError:
    """DeliveryError for a reply that is not a yes."""
    text = _words(words)
    # smtplib gives -1 for an answer that is no SMTP at all.
    scope = scope_of_reply(code, text, stage) if code >= 400 else Scope.TEMPORARY
    return DeliveryError(scope, str(code), text)


def _words(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:500]


def _stuffed(body: bytes) -> bytes:
    """Body with CRLF ends and doubled leading dots (RFC 5321 §4.5.2), ready for the final dot."""
    lines = body.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join(b"." + line + b"\r\n" if line.startswith(b".") else line + b"\r\n" for line in lines)
