"""A mail server of our own: keeps what it takes, and misbehaves on demand.

In a test: `with SmtpPeer() as peer: …`; by hand: `python -m tests.peers.smtp_peer --port 4025`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import ssl
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from tests.peers.smtp_ledger import Mail, MailLedger
from tests.peers.smtp_mischief import MailMischief, MailOrder, MailOrders
from tests.peers.smtp_server import Conversation, authenticator


class _Controller(Controller):
    def __init__(self, peer: SmtpPeer, port: int, tls: ssl.SSLContext | None, implicit: bool) -> None:
        self._peer = peer
        self._starttls = None if implicit else tls
        super().__init__(None, hostname="127.0.0.1", port=port, ssl_context=tls if implicit else None)

    def _trigger_server(self) -> None:
        # The parent connects to the port it was asked for, which may be 0: any.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    def factory(self) -> Conversation:
        options: dict[str, Any] = {"hostname": "peer.localhost", "tls_context": self._starttls}
        if self._peer.user:
            # Over implicit TLS aiosmtpd does not notice that the line is encrypted.
            options |= {
                "authenticator": authenticator(self._peer),
                "auth_require_tls": self._starttls is not None,
            }
        return Conversation(self._peer, **options)


class SmtpPeer:
    """tls: server context for STARTTLS, or from the first byte with implicit_tls. user, password: a login it demands.

    ledger: a file that outlives the peer; ledger_raw=False leaves the mails' bytes out of it. dsn: offers RFC 3461.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        ledger: Path | None = None,
        ledger_raw: bool = True,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        user: str = "",
        password: str = "",
        dsn: bool = True,
    ) -> None:
        self.user = user
        self.password = password
        self.implicit_tls = implicit_tls
        self.dsn = dsn
        self.orders = MailOrders()
        self.conversations: set[Conversation] = set()
        self.ledger: MailLedger
        self._port = port
        self._ledger_path = ledger
        self._ledger_raw = ledger_raw
        self._tls = tls
        self._controller: _Controller
        self._read: set[int] = set()

    def start(self) -> Self:
        self.ledger = MailLedger(self._ledger_path, self._ledger_raw)
        self._controller = _Controller(self, self._port, self._tls, self.implicit_tls)
        self._controller.start()
        self._port = self._controller.port
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._controller.loop).result(5)
        self._controller.stop()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def host(self) -> str:
        return "127.0.0.1"

    @property
    def port(self) -> int:
        return self._port

    @property
    def messages(self) -> tuple[Mail, ...]:
        """Mails in the order taken."""
        return self.ledger.mails()

    def misbehave(
        self, kind: MailMischief | str, times: int | None = 1, to: str = "", reply: str = "", seconds: float = 30.0
    ) -> None:
        """Orders mischief for the next `times` chances (None: until `behave`), only for the recipient `to` if given."""
        self.orders.add(MailOrder(MailMischief(kind), times, to, reply, seconds))

    def behave(self) -> None:
        self.orders.clear()

    def hang_up(self) -> None:
        """Ends all conversations, as a server does with idle ones."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._controller.loop).result(5)

    def expect_mail(self, to: str, containing: str = "", timeout: float = 5.0) -> Mail:
        """The first mail to `to`, not expected before, with these words in its subject, text or HTML."""

        def fitting() -> int | None:
            words = containing.casefold()
            for index, mail in enumerate(self.messages):
                if index in self._read or to not in mail.recipients:
                    continue
                if any(words in part.casefold() for part in (mail.subject, mail.text, mail.html)):
                    return index + 1
            return None

        found: int | None = self.ledger.wait(fitting, timeout)
        if found is None:
            shown = [(mail.recipients, mail.subject) for mail in self.messages]
            raise AssertionError(f"{to} got no mail with {containing!r} in {timeout} s; taken: {shown}")
        self._read.add(found - 1)
        return self.messages[found - 1]

    def expect_no_mail(self, to: str, within: float = 0.3) -> None:
        def unread() -> list[str]:
            return [m.subject for i, m in enumerate(self.messages) if i not in self._read and to in m.recipients]

        if self.ledger.wait(unread, within):
            raise AssertionError(f"{to} was to get no mail but got {unread()}")

    async def _hang_up(self) -> None:
        for conversation in tuple(self.conversations):
            conversation.hang_up()
        while self.conversations:
            await asyncio.sleep(0.001)
        # One more turn, in which the cancelled conversations end.
        await asyncio.sleep(0.001)


def main() -> None:
    parser = argparse.ArgumentParser(description="A mail server of our own, until Ctrl-C.")
    parser.add_argument("--port", type=int, default=4025)
    parser.add_argument("--ledger", type=Path, help="file of what was taken, one JSON object a line")
    parser.add_argument("--no-raw", action="store_true", help="leave the mails' bytes out of the ledger file")
    chosen = parser.parse_args()
    # Ctrl-C ends it, also where a shell started it in the background, with Ctrl-C switched off.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with SmtpPeer(port=chosen.port, ledger=chosen.ledger, ledger_raw=not chosen.no_raw) as peer:
        print(f"smtp://{peer.host}:{peer.port}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
